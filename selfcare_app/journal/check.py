"""Finds what was tampered with: reads every stream from its first entry on and names the places that don't fit."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from selfcare_app.db import micros
from selfcare_app.journal import rules
from selfcare_app.journal.tables import JournalDetail, JournalEntry, JournalHead
from selfcare_app.kit.sealing import Keyring, is_signed

_AT_ONCE = 10_000
_COLUMNS = (
    JournalEntry.stream,
    JournalEntry.seq,
    JournalEntry.line_id,
    JournalEntry.line_seq,
    JournalEntry.id,
    JournalEntry.at,
    JournalEntry.actor,
    JournalEntry.actor_id,
    JournalEntry.actor_name,
    JournalEntry.role,
    JournalEntry.action,
    JournalEntry.outcome,
    JournalEntry.details_digest,
    JournalEntry.session_id,
    JournalEntry.line_hash,
    JournalEntry.prev_hash,
    JournalEntry.hash,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not fit, and where: changed, missing, unlinked, cut, anchor, details, signature."""

    kind: str
    stream: int
    seq: int
    entry_id: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """How many entries were read in how many streams, and what was found."""

    entries: int
    streams: int
    findings: tuple[Finding, ...]


def check(session: Session, keys: Keyring, *, anchors: Iterable[str] = ()) -> Report:
    """Reads the whole journal; `anchors` are the lines of the anchors' file."""
    heads = {row.stream: row for row in session.exec(select(JournalHead)).all()}
    anchored, findings = _anchored(keys, anchors)
    entries, last = 0, dict[int, tuple[int, str]]()
    query = select(*_COLUMNS).order_by(col(JournalEntry.stream), col(JournalEntry.seq))  # type: ignore[call-overload]
    for row in session.execute(query.execution_options(yield_per=_AT_ONCE)):
        entries += 1
        stream, seq, entry_id, hashed = row[0], row[1], str(row[4]), row[16]
        before, link = last.get(stream, (0, ""))
        if seq != before + 1:
            findings.append(Finding("missing", stream, before + 1))
        elif row[15] != link:
            findings.append(Finding("unlinked", stream, seq, entry_id))
        if not _holds(keys, row):
            findings.append(Finding("changed", stream, seq, entry_id))
        if anchored.get((stream, seq), hashed) != hashed:
            findings.append(Finding("anchor", stream, seq, entry_id))
        last[stream] = seq, hashed
    findings += _cut(last, heads, anchored)
    findings += _details(session)
    return Report(entries, len(last), tuple(sorted(findings, key=lambda found: (found.stream, found.seq))))


def _holds(keys: Keyring, row: Sequence[Any]) -> bool:
    said = dict(zip(rules.LINE_FIELDS, (row[3], str(row[4]), micros(row[5]), *row[6:13]), strict=True))
    text = rules.entry_text(row[0], row[1], str(row[2] or ""), said, str(row[13] or ""), row[14])
    return keys.same(rules.KEY, row[16], text, row[15])


def _cut(
    last: dict[int, tuple[int, str]], heads: dict[int, JournalHead], anchored: dict[tuple[int, int], str]
) -> Iterator[Finding]:
    """Streams that end before their head or before what was anchored."""
    ends = {stream: head.seq for stream, head in heads.items()}
    for stream, seq in anchored:
        ends[stream] = max(ends.get(stream, 0), seq)
    for stream, end in ends.items():
        there, hashed = last.get(stream, (0, ""))
        if there < end:
            yield Finding("cut", stream, there + 1)
        elif stream not in heads or (heads[stream].seq, heads[stream].hash) != (there, hashed):
            yield Finding("unlinked", stream, there)


def _anchored(keys: Keyring, lines: Iterable[str]) -> tuple[dict[tuple[int, int], str], list[Finding]]:
    found: dict[tuple[int, int], str] = {}
    wrong: list[Finding] = []
    public = keys.public_keys(rules.ANCHOR_KEY)
    for number, line in enumerate(filter(str.strip, lines), 1):
        try:
            anchor = json.loads(line)
            text = rules.anchor_text(anchor["at"], anchor["heads"])
            fits = any(is_signed(key, anchor["signature"], text) for key in public)
        except (ValueError, KeyError, TypeError):
            fits = False
        if fits:
            found.update({(stream, seq): hashed for stream, seq, hashed in anchor["heads"]})
        else:
            wrong.append(Finding("signature", -1, number))
    return found, wrong


def _details(session: Session) -> Iterator[Finding]:
    """Details that are not those the entry was written with; erased ones are no finding."""
    query = select(
        JournalEntry.stream,
        JournalEntry.seq,
        JournalEntry.id,
        JournalEntry.details_digest,
        JournalDetail.salt,
        JournalDetail.details,
    ).join(JournalDetail, col(JournalDetail.entry_id) == JournalEntry.id)  # type: ignore[call-overload]
    for stream, seq, entry_id, digest, salt, details in session.execute(query.execution_options(yield_per=_AT_ONCE)):
        if rules.details_digest(salt, details) != digest:
            yield Finding("details", stream, seq, str(entry_id))
