"""A line's part of the journal as a file that can be checked without us: a chain of digests and a signature."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app.db import keys_of, micros
from selfcare_app.journal import rules
from selfcare_app.journal.check import Finding
from selfcare_app.journal.record import record
from selfcare_app.journal.tables import JournalDetail, JournalEntry
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.sealing import is_signed

FORM = "selfcare-journal-1"


def make(session: Session, actor: Subscriber, *, now: datetime) -> dict[str, Any]:
    """All entries of the own line, oldest first; that they were taken out is itself the last. Raises kit.OwnOnly."""
    actor.require_own()
    record(session, actor, line_id=actor.line_id, action="journal_downloaded", now=now)
    entries = _entries(session, actor.line_id)
    last, made_at, keys = entries[-1], micros(now), keys_of(session)
    text = rules.export_text(str(actor.line_id), made_at, last["seq"], last["hash"])
    return {
        "form": FORM,
        "line_id": str(actor.line_id),
        "made_at": made_at,
        "entries": entries,
        "public_key": keys.public_key(rules.ANCHOR_KEY),
        "signature": keys.sign(rules.ANCHOR_KEY, text),
    }


def check(document: Mapping[str, Any], public_key: str, earlier: Mapping[str, Any] | None = None) -> list[Finding]:
    """What does not fit in an exported file: nothing, if it is as it was made and goes on from the `earlier` one."""
    try:
        return _check(document, public_key, earlier)
    except (KeyError, TypeError, AttributeError, ValueError, IndexError):
        return [Finding("malformed", 0, 0)]


def _check(document: Mapping[str, Any], public_key: str, earlier: Mapping[str, Any] | None) -> list[Finding]:
    line_id, before, found = document["line_id"], "", list[Finding]()
    for place, entry in enumerate(document["entries"], 1):
        seq, entry_id = entry["seq"], entry["id"]
        if seq != place:
            found.append(Finding("missing", 0, place, entry_id))
        if rules.line_hash(line_id, entry, before) != entry["hash"]:
            found.append(Finding("changed", 0, seq, entry_id))
        if entry["details"] and rules.details_digest(entry["salt"], entry["details"]) != entry["details_digest"]:
            found.append(Finding("details", 0, seq, entry_id))
        before = entry["hash"]
    last = document["entries"][-1]
    text = rules.export_text(line_id, document["made_at"], last["seq"], last["hash"])
    if not is_signed(public_key, document["signature"], text):
        found.append(Finding("signature", 0, last["seq"], last["id"]))
    if earlier is not None:
        found += _diverged(document, earlier)
    return found


def _diverged(document: Mapping[str, Any], earlier: Mapping[str, Any]) -> list[Finding]:
    """Entries of the earlier file that are others, or are not there, in the later one."""
    later = {entry["seq"]: entry["hash"] for entry in document["entries"]}
    return [
        Finding("rewritten", 0, entry["seq"], entry["id"])
        for entry in earlier["entries"]
        if later.get(entry["seq"]) != entry["hash"]
    ]


def _entries(session: Session, line_id: UUID) -> list[dict[str, Any]]:
    query = (
        select(JournalEntry, JournalDetail)
        .join(JournalDetail, col(JournalDetail.entry_id) == JournalEntry.id, isouter=True)
        .where(JournalEntry.line_id == line_id)
        .order_by(col(JournalEntry.line_seq))
    )
    return [_entry(row, more) for row, more in session.exec(query).all()]


def _entry(row: JournalEntry, more: JournalDetail | None) -> dict[str, Any]:
    return {
        "seq": row.line_seq,
        "id": str(row.id),
        "at": micros(row.at),
        "actor": row.actor,
        "actor_id": row.actor_id,
        "actor_name": row.actor_name,
        "role": row.role,
        "action": row.action,
        "outcome": row.outcome,
        "details_digest": row.details_digest,
        "details": more.details if more else {},
        "salt": more.salt if more else "",
        "hash": row.line_hash,
    }
