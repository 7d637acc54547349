"""Topping up another's account: the month's sum, counted exactly however many pay at once (AS-063)."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.access import quota
from selfcare_app.kit.money import Money
from selfcare_app.payments import rules_top_up

_NO_LIMIT = 2**31 - 1


def count(session: Session, *, line_id: UUID, amount: Money, now: datetime) -> None:
    """Counts what the line puts on another's account. Raises rules_top_up.MonthSpent: nothing is counted then."""
    profile = operators.of(session)
    limit = profile.top_up.other_max_per_month_minor
    if limit is None:
        return
    until = rules_top_up.month_end(now, profile.zone)
    taken = quota.take_until(
        session,
        scope=rules_top_up.SCOPE,
        subject=str(line_id),
        limit=limit,
        until=until,
        now=now,
        units=amount.minor,
    )
    if taken is None:
        raise rules_top_up.MonthSpent(most=Money(limit, amount.currency, amount.scale), again=until)


def uncount(session: Session, *, line_id: UUID, amount: Money, counted_at: datetime, now: datetime) -> None:
    """Takes back what came to nothing, as long as the month that it was counted in goes on."""
    zone = operators.of(session).zone
    if rules_top_up.month_end(counted_at, zone) > now:
        quota.give_back(session, scope=rules_top_up.SCOPE, subject=str(line_id), units=amount.minor, now=now)


def count_anyway(session: Session, *, line_id: UUID, amount: Money, now: datetime) -> None:
    """Counts what was paid after all when it had been taken back: the money is there, whatever the month has left."""
    profile = operators.of(session)
    if profile.top_up.other_max_per_month_minor is not None:
        quota.take_until(
            session,
            scope=rules_top_up.SCOPE,
            subject=str(line_id),
            limit=_NO_LIMIT,
            until=rules_top_up.month_end(now, profile.zone),
            now=now,
            units=amount.minor,
        )
