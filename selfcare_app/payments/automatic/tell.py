"""What the subscriber is told of automatic top-up, by SMS, and what is written into the journal."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Actor
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.money import Money
from selfcare_app.messaging import outbox
from selfcare_app.payments.automatic.tables import AutomaticCharge, AutomaticTopUp
from selfcare_app.payments.automatic.views import Sums
from selfcare_app.subscribers.tables import Line

_STOPPED = {"automatic.month_spent": "month_spent", "automatic.sim_changed": "sim_changed"}


def by_sms(session: Session, *, line_id: UUID, about: str, args: dict[str, Any], dedup_key: str, now: datetime) -> None:
    """An SMS to the line's handset in its language; nothing where it has no number."""
    line = session.get_one(Line, line_id)
    if line.msisdn:
        outbox.enqueue(
            session,
            recipient=line.msisdn,
            language=line.language or operators.of(session).default_language,
            key=f"automatic.sms.{about}",
            args=args,
            dedup_key=f"automatic:{dedup_key}",
            now=now,
        )


def of_charge(session: Session, row: AutomaticCharge, about: str, *, now: datetime, **args: Any) -> None:
    """What became of a charge; told once for the charge."""
    amount = money(session, row.amount_minor, row.currency)
    key = f"{row.id}:{about}"
    by_sms(session, line_id=row.line_id, about=about, args={"amount": amount, **args}, dedup_key=key, now=now)


def stopped(session: Session, row: AutomaticCharge, refused: Refused, *, now: datetime) -> None:
    """That the account fell below and the card is not charged, why, and until when where that is known."""
    about = _STOPPED.get(refused.code, "stopped")
    args = {name: value for name, value in refused.params.items() if name in ("most", "until", "again")}
    key = f"{row.id}:{refused.code}:{now.timestamp():.0f}"
    by_sms(session, line_id=row.line_id, about=about, args=args, dedup_key=key, now=now)


def written(session: Session, actor: Actor, *, row: AutomaticTopUp, action: str, now: datetime, why: str = "") -> None:
    """A line of the journal about what was chosen; never the card's token."""
    details = {
        "threshold": money(session, row.threshold_minor, row.currency).text,
        "amount": money(session, row.amount_minor, row.currency).text,
        "month": money(session, row.month_minor, row.currency).text,
        "currency": row.currency,
        **({"reason": why} if why else {}),
    }
    record(session, actor, line_id=row.line_id, action=action, details=details, now=now)


def money(session: Session, minor: int, currency: str) -> Money:
    """An amount of the operator's."""
    return Money(minor, currency, operators.of(session).currency_scale)


def sums(session: Session, row: AutomaticTopUp) -> Sums:
    """What was chosen."""
    each = (row.threshold_minor, row.amount_minor, row.month_minor)
    return Sums(*(money(session, minor, row.currency) for minor in each))
