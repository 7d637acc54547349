"""The charges of a month by kind: usage and fees with VAT, what came in, and the records behind each kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import literal_column
from sqlmodel import Session, col, func, select

from selfcare_app import operators
from selfcare_app.access import quota
from selfcare_app.catalogue import charges as fees
from selfcare_app.catalogue.charge_tables import FeeCharge
from selfcare_app.catalogue.charges import FeeCharged
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.money import RATE_SCALE, Money, Rate
from selfcare_app.ledger import opening
from selfcare_app.ledger.tables import LedgerAccount, Operation, Transfer
from selfcare_app.operators import Profile
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage import categories, rules, selection
from selfcare_app.usage.codes import FORWARDED, Direction, Kind, Zone
from selfcare_app.usage.selection import LineKept, NoSuchPeriod
from selfcare_app.usage.tables import UsageRecord
from selfcare_app.usage.views import Period
from selfcare_app.usage.views_monthly import KindCharge, MonthBill

_SCOPE = "expenses.current"
_DAY = timedelta(days=1)
_PERCENT = 100


class OrderedLately(Refused):
    """A report of the current month was ordered already; a newer one may be ordered from `again`."""

    code = "charges.ordered_lately"


class NotOrdered(Refused):
    """The current month is shown once its report is ordered."""

    code = "charges.not_ordered"


@dataclass(slots=True)
class _Part:
    count: int = 0
    seconds: int = 0
    octets: int = 0
    units: int = 0


def months(session: Session, actor: Subscriber, *, now: datetime) -> tuple[Period, ...]:
    """The current month and so many before it as the operator shows, newest first (ISSA-075, ADM-026, IH-017).

    Raises selection.NoSuchLine.
    """
    return _months(session, actor, selection.line_of(session, actor), now)


def order(session: Session, actor: Subscriber, *, now: datetime) -> None:
    """Orders the report of the current month as it is now, where the operator has it ordered (IH-015, IH-016).

    Raises OrderedLately.
    """
    seconds = _order_interval(session)
    subject = str(actor.line_id)
    if seconds is None:
        return
    if quota.take(session, scope=_SCOPE, subject=subject, limit=1, seconds=seconds, now=now) is None:
        raise OrderedLately(again=quota.resets_at(session, scope=_SCOPE, subject=subject, now=now) or now)


def read(session: Session, actor: Subscriber, *, month: str = "", now: datetime) -> MonthBill:
    """The charges of a month by its code; the current one for "". Sums name nobody, so that no proof is asked for.

    Raises selection.NoSuchLine, NoSuchPeriod, NotOrdered.
    """
    line = selection.line_of(session, actor)
    period = period_of(_months(session, actor, line, now), month)
    until, order_from = _reach(session, actor, period, now)
    parts = _usage(session, line, period, until)
    charged = fees.read(session, actor, first=period.first, until=period.until, now=now)
    return _bill(session, actor, period, parts, charged, until, order_from)


def period_of(offered: Sequence[Period], code: str) -> Period:
    """The month of that code, the newest for "". Raises NoSuchPeriod."""
    found = next((period for period in offered if code in (period.code, "")), None)
    if found is None:
        raise NoSuchPeriod()
    return found


def reach(session: Session, actor: Subscriber, *, month: str, now: datetime) -> tuple[Period, datetime]:
    """The month of that code and the moment up to which its records are counted. Raises what `read` does."""
    period = period_of(months(session, actor, now=now), month)
    return period, _reach(session, actor, period, now)[0]


def midnight(session: Session, day: date) -> datetime:
    """Where a day of the operator's time zone begins."""
    return datetime.combine(day, time(), operators.of(session).zone).astimezone(UTC)


def _months(session: Session, actor: Subscriber, line: LineKept, now: datetime) -> tuple[Period, ...]:
    profile = operators.of(session)
    return rules.months(
        months_back=_months_back(profile, actor),
        shows_today=True,
        activated_on=line.activated_on,
        today=now.astimezone(profile.zone).date(),
    )


def _months_back(profile: Profile, actor: Subscriber) -> int:
    if profile.expense_history:
        return profile.expense_history.months_back
    if profile.bills is None:
        return profile.call_detail.months_back
    looked_after = profile.bills.delegate_charges_months_back
    return looked_after if actor.acting and looked_after is not None else profile.bills.months_back


def _order_interval(session: Session) -> int | None:
    profile = operators.of(session)
    return profile.call_detail.order_interval_seconds if profile.expense_history else None


def _reach(session: Session, actor: Subscriber, period: Period, now: datetime) -> tuple[datetime, datetime | None]:
    """Up to when records are counted, and from when a newer report may be ordered. Raises NotOrdered."""
    seconds = _order_interval(session)
    if not period.current:
        return midnight(session, period.until), None
    if seconds is None:
        return now, None
    again = quota.resets_at(session, scope=_SCOPE, subject=str(actor.line_id), now=now)
    if again is None:
        raise NotOrdered()
    return again - timedelta(seconds=seconds), again


def _usage(session: Session, line: LineKept, period: Period, until: datetime) -> dict[str, _Part]:
    listed = categories.of_operator(operators.of(session))
    forwarded = (col(UsageRecord.service) == FORWARDED).label("forwarded")
    query = (
        select(  # type: ignore[call-overload]
            UsageRecord.kind,
            UsageRecord.direction,
            UsageRecord.zone,
            forwarded,
            func.count(),
            func.sum(UsageRecord.duration_seconds),
            func.sum(col(UsageRecord.bytes_in) + col(UsageRecord.bytes_out)),
            func.sum(UsageRecord.charge_units),
        )
        .where(
            UsageRecord.line_no == line.no,
            col(UsageRecord.started_at) >= midnight(session, period.first),
            col(UsageRecord.started_at) < until,
        )
        .group_by(col(UsageRecord.kind), col(UsageRecord.direction), col(UsageRecord.zone), literal_column("forwarded"))
    )
    found: dict[str, _Part] = {}
    for kind, way, zone, sent_on, *sums in session.exec(query).all():
        place = Kind(kind), Direction(way), Zone(zone), bool(sent_on)
        part = found.setdefault(categories.of_usage(place, line_kind=line.kind, listed=listed), _Part())
        count, seconds, octets, units = map(int, sums)
        part.count, part.seconds = part.count + count, part.seconds + seconds
        part.octets, part.units = part.octets + octets, part.units + units
    return found


def _bill(
    session: Session,
    actor: Subscriber,
    period: Period,
    parts: dict[str, _Part],
    charged: Sequence[FeeCharged],
    until: datetime,
    order_from: datetime | None,
) -> MonthBill:
    profile = operators.of(session)
    listed = categories.of_operator(profile)
    used = _rounded(profile, parts)
    by_fee: dict[str, list[FeeCharged]] = {}
    for fee in charged:
        by_fee.setdefault(categories.of_fee(fee.item, listed=listed), []).append(fee)
    usage, taken = _money(profile, sum(used.values())), _money(profile, sum(fee.amount.minor for fee in charged))
    kinds = [
        _kind(profile, name, parts.get(name, _Part()), used.get(name, 0), by_fee.get(name, []))
        for name in listed
        if name in parts or name in by_fee
    ]
    return MonthBill(
        period=period,
        kinds=tuple(kind for kind in kinds if kind.amount.minor or kind.fees),
        usage=usage,
        fees=taken,
        total=usage + taken,
        vat=_money(profile, _vat(usage.minor, profile.charging.vat_percent) + sum(fee.vat.minor for fee in charged)),
        received=_received(session, actor, period),
        until=until,
        order_from=order_from,
    )


def _kind(profile: Profile, name: str, part: _Part, minor: int, charged: Sequence[FeeCharged]) -> KindCharge:
    amount = minor + sum(fee.amount.minor for fee in charged)
    return KindCharge(
        name, part.count + len(charged), part.seconds, part.octets, _money(profile, amount), tuple(charged)
    )


def _rounded(profile: Profile, parts: dict[str, _Part]) -> dict[str, int]:
    """Minor units by kind, which add up to the whole rounded once."""
    # In the order of the list, so that what is equal is shared out in the same way every time.
    names = [name for name in categories.of_operator(profile) if name in parts]
    units = [parts[name].units for name in names]
    total = Rate(sum(units), profile.currency, profile.currency_scale).rounded().minor
    return dict(zip(names, categories.shared_out(units, total, RATE_SCALE), strict=True))


def _vat(minor: int, percent: int) -> int:
    """The part of an amount that is tax, half units up."""
    whole = _PERCENT + percent
    return (2 * minor * percent + whole) // (2 * whole)


def _received(session: Session, actor: Subscriber, period: Period) -> Money:
    """What came to the account that pays for the line; neither opening balances nor money given back."""
    fee_operations = select(FeeCharge.operation_id).where(FeeCharge.line_id == actor.line_id)
    query: Any = (
        select(func.sum(Transfer.amount_minor))
        .join(LedgerAccount, col(LedgerAccount.id) == col(Transfer.credit_id))
        .join(Line, col(Line.account_id) == LedgerAccount.account_id)
        .join(Operation, col(Operation.id) == Transfer.operation_id)
        .where(
            Line.id == actor.line_id,
            col(Operation.kind).not_in((opening.KIND, "reversal")),
            col(Transfer.operation_id).not_in(fee_operations),
            col(Transfer.created_at) >= midnight(session, period.first),
            col(Transfer.created_at) < midnight(session, period.until),
        )
    )
    return _money(operators.of(session), int(session.exec(query).one() or 0))


def _money(profile: Profile, minor: int) -> Money:
    return Money(minor, profile.currency, profile.currency_scale)
