"""The service agreement: where the operator asks for it, plans and services are open only to who has accepted it."""

from datetime import datetime

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import Refused
from selfcare_app.orders.order import lock_line
from selfcare_app.subscribers.tables import Line


class NotAgreed(Refused):
    """The box of the agreement is not ticked. AS-058."""

    code = "change.not_agreed"


def is_missing(session: Session, line: Line) -> bool:
    """Whether the line has to accept the agreement first."""
    return operators.of(session).tariff_change.needs_agreement and line.agreed_at is None


def accept(session: Session, actor: Subscriber, *, agreed: bool, now: datetime) -> None:
    """Keeps that the agreement was accepted, once. AS-058. Raises NotAgreed, kit.NotAllowed."""
    actor.require_change()
    if not agreed:
        raise NotAgreed()
    line = lock_line(session, actor.line_id)
    if line.agreed_at is not None:
        return
    line.agreed_at = now
    session.flush()
    if not actor.acting:
        record(session, actor, line_id=line.id, action="accepted_agreement", now=now)
