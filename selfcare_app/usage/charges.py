"""What usage has cost: this month and the one before, and the last days with charges, without naming any number."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, func, select

from selfcare_app import operators
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.money import Money, Rate
from selfcare_app.usage import detailing, selection, statements
from selfcare_app.usage.codes import Direction, Kind
from selfcare_app.usage.rating.rating_tables import UsageSum
from selfcare_app.usage.selection import Selection
from selfcare_app.usage.views import DayCharge, MonthCharges, Period

billed: list[Callable[[Session, UUID, date], int | None]] = []
"""Who knows what a line was charged for a closed month: (session, line id, its first day) -> minor units, or None."""

_DAY = timedelta(days=1)
_RECENT_DAYS = 31


def months(session: Session, actor: Subscriber, *, now: datetime) -> tuple[MonthCharges, MonthCharges]:
    """What usage cost in the current month up to now and in the one before it.

    Sums tell nothing of whom one spoke with, so no fresh proof is asked for.
    """
    today = _today(session, now)
    first = today.replace(day=1)
    before = (first - _DAY).replace(day=1)
    return _month(session, actor, first, today + _DAY), _month(session, actor, before, first)


def previous(session: Session, actor: Subscriber, *, now: datetime) -> MonthCharges:
    """What the month before cost: all that was charged for it once it is closed, until then its usage alone.

    What the operator's own billing charged for usage stands in no bill made here and is added to it.
    """
    _, month = months(session, actor, now=now)
    minor = next((found for ask in billed if (found := ask(session, actor.line_id, month.first)) is not None), None)
    if minor is None:
        return month
    rated = select(func.coalesce(func.sum(UsageSum.units), 0)).where(
        UsageSum.line_no == selection.line_of(session, actor).no,
        UsageSum.month == month.first.year * 12 + month.first.month - 1,
    )
    all_units = detailing.added(session, _everything(session, actor, month.first, month.until))
    elsewhere = sum(part[3] for part in all_units.values()) - int(session.exec(rated).one())
    charge = Money(minor, month.charge.currency, month.charge.scale) + _money(session, elsewhere)
    return replace(month, charge=charge, billed=True)


def recent(session: Session, actor: Subscriber, *, limit: int = 5, now: datetime) -> tuple[DayCharge, ...]:
    """The last charges of the past month, newest first: one for each day and kind that cost anything."""
    tomorrow = _today(session, now) + _DAY
    parts = detailing.added(session, _everything(session, actor, tomorrow - timedelta(days=_RECENT_DAYS), tomorrow))
    charged = [(day, kind, part) for (day, kind), part in parts.items() if part[3]]
    charged.sort(key=lambda found: (-found[0].toordinal(), found[1]))
    return tuple(DayCharge(day, kind, part[0], _money(session, part[3])) for day, kind, part in charged[:limit])


def _month(session: Session, actor: Subscriber, first: date, until: date) -> MonthCharges:
    parts = detailing.added(session, _everything(session, actor, first, until))
    return MonthCharges(first, until, _money(session, sum(part[3] for part in parts.values())))


def _everything(session: Session, actor: Subscriber, first: date, until: date) -> Selection:
    line = selection.line_of(session, actor)
    return Selection(
        period=Period("", first, until),
        zone=operators.of(session).zone,
        values={"line_no": line.no, **statements.chosen(tuple(Direction), tuple(Kind))},
        by_number=False,
    )


def _today(session: Session, now: datetime) -> date:
    return now.astimezone(operators.of(session).zone).date()


def _money(session: Session, units: int) -> Money:
    profile = operators.of(session)
    return Rate(units, profile.currency, profile.currency_scale).rounded()
