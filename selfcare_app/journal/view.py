"""Who looked at me: the subscriber's own view of his part of the journal."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app.journal.tables import JournalDetail, JournalEntry
from selfcare_app.journal.views import EntryView
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.page import Page
from selfcare_app.subscribers.tables import Line

PAGE = 30
OWN = ("subscriber", "handset", "visitor")
"""Kinds of actor that are the owner: signed in, on the handset, or on the way in with a code from the handset."""


def mine(session: Session, actor: Subscriber, *, others: bool = False, cursor: str = "") -> Page[EntryView]:
    """Entries of the own line, the newest first; with `others` those alone that are not by the owner.

    `cursor` is that of the page before. Raises kit.OwnOnly.
    """
    actor.require_own()
    query = select(JournalEntry).where(JournalEntry.line_id == actor.line_id)
    if others:
        query = query.where(col(JournalEntry.actor).not_in(OWN))
    if cursor.isdigit():
        query = query.where(JournalEntry.line_seq < int(cursor[:18]))
    rows = session.exec(query.order_by(col(JournalEntry.line_seq).desc()).limit(PAGE + 1)).all()
    shown = rows[:PAGE]
    more = str(shown[-1].line_seq) if len(rows) > PAGE else None
    return Page(_views(session, shown), more)


def _views(session: Session, rows: Sequence[JournalEntry]) -> tuple[EntryView, ...]:
    people = _people(session, rows)
    ids = [row.id for row in rows]
    kept = select(JournalDetail.entry_id, JournalDetail.details).where(col(JournalDetail.entry_id).in_(ids))
    details: dict[UUID, Mapping[str, Any]] = dict(session.exec(kept).all())
    return tuple(
        EntryView(
            id=row.id,
            seq=row.line_seq,
            at=row.at,
            actor=row.actor,
            role=row.role,
            action=row.action,
            outcome=row.outcome,
            name=people.get(row.actor_id, (row.actor_name, ""))[0],
            number=people.get(row.actor_id, ("", ""))[1],
            details=dict(details.get(row.id, {})),
            by_owner=row.actor in OWN,
        )
        for row in rows
    )


def _people(session: Session, rows: Sequence[JournalEntry]) -> dict[str, tuple[str, str]]:
    """Name and number of the delegates among those who acted."""
    ids = {UUID(row.actor_id) for row in rows if row.actor == "delegate" and row.actor_id}
    query = select(Line.id, Line.user_name, Line.msisdn).where(col(Line.id).in_(ids))
    return {str(line_id): (name, msisdn or "") for line_id, name, msisdn in session.exec(query).all()} if ids else {}
