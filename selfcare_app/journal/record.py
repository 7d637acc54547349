"""Writes the journal, in the transaction of what is recorded."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from selfcare_app.db import keys_of, micros
from selfcare_app.journal import rules
from selfcare_app.journal.tables import JournalDetail, JournalEntry, JournalHead
from selfcare_app.kit.actor import Actor, Handset, Staff, Subscriber, System
from selfcare_app.kit.ids import new_id

INTERFACES = frozenset({"inbound", "import", "intake", "interface"})
"""Jobs through which another system of the operator speaks."""


def record(
    session: Session,
    actor: Actor,
    *,
    line_id: UUID | None,
    action: str,
    now: datetime,
    outcome: str = "done",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Adds what `actor` did to the line's data to its chain; `details` are plain values and never a secret.

    What a job did to all lines at once is one entry with the line None: it says how many, and stands in no line's
    chain. Whoever writes to the same stream waits until this transaction ends.
    """
    session.flush()
    stream = rules.stream_of(line_id, 1 if session.get_bind().dialect.name == "sqlite" else rules.STREAMS)
    head = _locked(session, stream)
    line_seq, line_link = _last_of_line(session, line_id)
    kind, who, name, role, web_session = _who(actor)
    salt = secrets.token_hex(16) if details else ""
    entry_id, seq = new_id(), head.seq + 1
    said = {
        "seq": line_seq + 1,
        "id": str(entry_id),
        "at": micros(now),
        "actor": kind,
        "actor_id": who,
        "actor_name": name,
        "role": role,
        "action": action,
        "outcome": outcome,
        "details_digest": rules.details_digest(salt, details) if details else "",
    }
    link = rules.line_hash(str(line_id or ""), said, line_link)
    text = rules.entry_text(stream, seq, str(line_id or ""), said, str(web_session or ""), link)
    hashed = keys_of(session).mac(rules.KEY, text, head.hash)
    columns = {name: said[name] for name in rules.LINE_FIELDS if name not in ("seq", "id", "at")}
    place = {"stream": stream, "seq": seq, "line_seq": line_seq + 1, "line_hash": link}
    links = {"prev_hash": head.hash, "hash": hashed}
    session.execute(
        insert(JournalEntry).values(
            id=entry_id, at=now, line_id=line_id, session_id=web_session, **columns, **place, **links
        )
    )
    if details:
        session.execute(insert(JournalDetail).values(entry_id=entry_id, salt=salt, details=dict(details)))
    session.execute(update(JournalHead).where(col(JournalHead.stream) == stream).values(seq=seq, hash=hashed))


def _locked(session: Session, stream: int) -> JournalHead:
    """The stream's head as it is now, ours until the transaction ends; made with the first entry."""
    query = select(JournalHead).where(JournalHead.stream == stream).with_for_update()
    found = session.exec(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        _make(session, stream)
        found = session.exec(query.execution_options(populate_existing=True)).one()
    return found


def _make(session: Session, stream: int) -> None:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(dialect.insert(JournalHead).values(stream=stream, seq=0, hash="").on_conflict_do_nothing())


def _last_of_line(session: Session, line_id: UUID | None) -> tuple[int, str]:
    if line_id is None:
        return -1, ""
    query = select(JournalEntry.line_seq, JournalEntry.line_hash).where(JournalEntry.line_id == line_id)
    return session.exec(query.order_by(col(JournalEntry.line_seq).desc()).limit(1)).one_or_none() or (0, "")


def _who(actor: Actor) -> tuple[str, str, str, str, UUID | None]:
    """Kind, id, name, role and session of who acts."""
    if isinstance(actor, Staff):
        return "staff", str(actor.staff_id), actor.login, "", actor.session_id
    if isinstance(actor, Subscriber):
        if actor.acting:
            return "delegate", str(actor.acting.line_id), "", actor.acting.role, actor.session_id
        return "subscriber", str(actor.line_id), "", "", actor.session_id
    if isinstance(actor, Handset):
        return "handset", str(actor.line_id), "", "", None
    if isinstance(actor, System):
        return "interface" if actor.job in INTERFACES else "system", "", actor.job, "", None
    return "visitor", "", "", "", None
