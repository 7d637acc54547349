"""Drafts: answers of an unfinished journey, kept with the session and annulled with it."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, update
from sqlmodel import Session, col, select

from selfcare_app.kit.actor import Subscriber, System
from selfcare_app.kit.errors import Fault, NotFound, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.orders.journey import Answers, Journey
from selfcare_app.orders.rules import DraftState
from selfcare_app.orders.tables import Draft
from selfcare_app.orders.views import DraftView

KEPT = timedelta(hours=24)
"""How long answers stay after they were last changed: longer than any session, and no longer than they may."""


class NoDraft(NotFound):
    """The session has no such draft; it may have been annulled with another session. ISSA-024."""

    code = "orders.no_draft"


class DraftClosed(Refused):
    """The draft has become an order; its answers can't be changed."""

    code = "orders.draft_closed"


class NotAnswered(Refused):
    """Some fields of a step were not answered as they should be: `faults` by field name."""

    code = "orders.not_answered"

    def __init__(self, **params: Any) -> None:
        self.faults: dict[str, Fault] = params.pop("faults", {})
        super().__init__(**params)


def begin(session: Session, actor: Subscriber, *, kind: str, answers: Answers, now: datetime) -> DraftView:
    """A new draft with what is answered already."""
    draft = Draft(
        id=new_id(),
        session_id=actor.session_id,
        line_id=actor.line_id,
        kind=kind,
        answers={slug: dict(given) for slug, given in answers.items()},
        created_at=now,
        changed_at=now,
    )
    session.add(draft)
    session.flush()
    return view(draft)


def unfinished(session: Session, actor: Subscriber, *, kind: str) -> tuple[DraftView, ...]:
    """The session's open drafts of a kind, the newest first."""
    query = (
        select(Draft)
        .where(*_own(actor), Draft.kind == kind, Draft.state == DraftState.OPEN)
        .order_by(col(Draft.created_at).desc())
    )
    return tuple(view(draft) for draft in session.exec(query).all())


def read(session: Session, actor: Subscriber, *, draft_id: UUID) -> DraftView:
    """The session's draft, open or finished. Raises NoDraft."""
    return view(row(session, actor, draft_id=draft_id))


def answer(
    session: Session,
    actor: Subscriber,
    *,
    journey: Journey,
    draft_id: UUID,
    slug: str,
    typed: Mapping[str, Any],
    now: datetime,
) -> DraftView:
    """Keeps the answers of one step; later answers that no longer apply are dropped.

    Raises NoDraft, DraftClosed, journey.StepNotYet, NotAnswered(faults).
    """
    draft = row(session, actor, draft_id=draft_id)
    if draft.state != DraftState.OPEN or draft.kind != journey.kind:
        raise DraftClosed()
    journey.require(slug, draft.answers)
    given, faults = {}, {}
    for question in journey.by_slug[slug].form:
        try:
            given[question.name] = question.answer(typed, draft.answers)
        except Refused as refused:
            faults[question.name] = refused
    if faults:
        raise NotAnswered(faults=faults)
    draft.answers = journey.kept({**draft.answers, slug: given})
    draft.changed_at = now
    session.flush()
    return view(draft)


def row(session: Session, actor: Subscriber, *, draft_id: UUID) -> Draft:
    """The row itself, for acts that end the draft. Raises NoDraft; an annulled draft is none."""
    query = select(Draft).where(*_own(actor), Draft.id == draft_id, Draft.state != DraftState.ANNULLED)
    draft = session.exec(query).one_or_none()
    if draft is None:
        raise NoDraft()
    return draft


def annul(session: Session, session_ids: Collection[UUID], now: datetime) -> None:
    """What ended sessions left unfinished is void. ISSA-024."""
    session.connection().execute(
        update(Draft)
        .where(col(Draft.session_id).in_(session_ids), col(Draft.state) == DraftState.OPEN)
        .values(state=DraftState.ANNULLED, changed_at=now)
    )


def forget_old(session: Session, actor: System, *, now: datetime) -> int:
    """Deletes answers that no session can come back to; what was confirmed is an order. Gives how many."""
    old = delete(Draft).where(col(Draft.changed_at) <= now - KEPT)
    return session.connection().execute(old).rowcount


def forget_of(session: Session, session_ids: Select[UUID]) -> None:
    """Deletes what sessions that are about to be forgotten left."""
    session.connection().execute(delete(Draft).where(col(Draft.session_id).in_(session_ids)))


def view(draft: Draft) -> DraftView:
    """The row as it leaves the area."""
    return DraftView(draft.id, draft.kind, draft.answers, draft.state == DraftState.OPEN)


def _own(actor: Subscriber) -> tuple[Any, ...]:
    return (Draft.session_id == actor.session_id, Draft.line_id == actor.line_id)
