"""Reads what fees depend on: plans, services and pauses of lines by days, versions of prices, what was charged."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.catalogue.charge_rules import Days, Percents
from selfcare_app.catalogue.charge_tables import FeeCharge
from selfcare_app.catalogue.tables import Service, TariffPlan
from selfcare_app.operators import Profile
from selfcare_app.orders.fees.rules import (
    FULLY,
    PLAN,
    SERVICE,
    Every,
    Facts,
    Pausing,
    Price,
    PriceOf,
    Stay,
    charged_until,
)
from selfcare_app.subscribers.tables import Line, LinePause, LinePlan, LineService

_MICROSECOND = timedelta(microseconds=1)
Span = tuple[int, int]
"""Lines by their compact numbers, both ends included."""


class Prices:
    """All versions of plans and services, as one transaction sees them."""

    def __init__(self, session: Session) -> None:
        zone = operators.of(session).zone
        self._versions: dict[tuple[str, str], list[tuple[date, date | None, Price]]] = {}
        kinds: tuple[tuple[str, type[TariffPlan] | type[Service]], ...] = ((PLAN, TariffPlan), (SERVICE, Service))
        for item, version in kinds:
            query = select(version).order_by(col(version.code), col(version.valid_from))
            rows: Sequence[Any] = session.exec(query).all()
            for row in rows:
                price = Price(row.id, row.name, row.fee_minor, Every(row.fee_period), dict(row.package))
                until = None if row.valid_until is None else first_day_after(row.valid_until, zone)
                since = row.valid_from.astimezone(zone).date()
                self._versions.setdefault((item, row.code), []).append((since, until, price))
        self._found: dict[tuple[str, str, date], Price | None] = {}

    def __call__(self, item: str, code: str, day: date) -> Price | None:
        """The version in force on a day: of two that meet on it the later."""
        key = (item, code, day)
        if key not in self._found:
            versions = self._versions.get((item, code), [])
            fitting = [price for since, until, price in versions if since <= day and (until is None or day < until)]
            self._found[key] = fitting[-1] if fitting else None
        return self._found[key]

    def codes(self, item: str, every: Every) -> list[str]:
        """The codes that any version takes a fee for so often."""
        return sorted(
            {
                code
                for (of_item, code), versions in self._versions.items()
                if of_item == item and any(price.every == every for _, _, price in versions)
            }
        )


def first_day_after(until: datetime, zone: ZoneInfo) -> date:
    """The first local day on which nothing is left of what ended at a moment."""
    return (until - _MICROSECOND).astimezone(zone).date() + timedelta(days=1)


def begins(day: date, zone: ZoneInfo) -> datetime:
    """The moment when a local day begins."""
    return datetime.combine(day, time.min, zone)


def pausing(profile: Profile) -> Pausing:
    """What of fees the operator charges in Пауза."""
    rule = profile.pause
    if rule is None:
        return FULLY
    first = rule.first_day_in_full
    return Pausing(Percents(rule.plan_fee_percent, first), Percents(rule.add_on_fee_percent, first))


def of_line(session: Session, line: Line, price_of: PriceOf, *, since: date) -> Facts:
    """One line's facts for periods from `since` on."""
    return of_lines(session, [line], price_of, since=since)[line.id]


def of_lines(session: Session, lines: Sequence[Line], price_of: PriceOf, *, since: date) -> dict[UUID, Facts]:
    """The facts of lines that stand next to each other by `no`, for periods from the local day `since` on."""
    if not lines:
        return {}
    zone = operators.of(session).zone
    start, span = begins(since, zone), (lines[0].no, lines[-1].no)
    stays = _plans(session, lines, span, start, zone)
    for row in _rows(session, LineService, span, _services_from(start)):
        until = row.disconnected_at
        if row.line_id in stays and row.undone_at is None:
            day = row.connected_at.astimezone(zone).date()
            end = None if until is None else service_end(row.service, until, zone, price_of)
            stays[row.line_id].append(Stay(SERVICE, row.service, Days(day, end)))
    pauses = _pauses(session, span, start, zone)
    return {
        line.id: Facts(
            line.id,
            line.no,
            tuple(stays[line.id]),
            _with_imported(line, pauses.get(line.id, [])),
            line.fee_discount_percent,
            line.fee_discount_until,
        )
        for line in lines
    }


def charged(
    session: Session, span: Span, since: date, until: date
) -> dict[UUID, dict[tuple[str, str, date, date], int]]:
    """What lines were charged for exactly this period: line -> (item, code, since, until) -> minor units."""
    query = (
        select(FeeCharge.line_id, FeeCharge.item, FeeCharge.code, FeeCharge.amount_minor)
        .join(Line, col(Line.id) == FeeCharge.line_id)
        .where(col(Line.no).between(*span), FeeCharge.period_from == since, FeeCharge.period_until == until)
    )
    sums: dict[UUID, dict[tuple[str, str, date, date], int]] = {}
    for line_id, item, code, minor in session.exec(query).all():
        of_line = sums.setdefault(line_id, {})
        key = (item, code, since, until)
        of_line[key] = of_line.get(key, 0) + minor
    return sums


def _plans(
    session: Session, lines: Sequence[Line], span: Span, start: datetime, zone: ZoneInfo
) -> dict[UUID, list[Stay]]:
    had: dict[UUID, list[Stay]] = {line.id: [] for line in lines}
    present: dict[UUID, date] = {}
    for row in _rows(session, LinePlan, span, col(LinePlan.valid_until) > start):
        if row.line_id not in had:
            continue
        until = row.valid_until.astimezone(zone).date()
        since = None if row.valid_from is None else row.valid_from.astimezone(zone).date()
        had[row.line_id].append(Stay(PLAN, row.tariff_plan, Days(since, until)))
        present[row.line_id] = max(until, present.get(row.line_id, until))
    for line in lines:
        had[line.id].append(Stay(PLAN, line.tariff_plan, Days(present.get(line.id), None)))
    return had


def _services_from(start: datetime) -> Any:
    # A month's fee is charged to its end, whenever in it the service was disconnected.
    return col(LineService.disconnected_at).is_(None) | (col(LineService.disconnected_at) > start)


def service_end(code: str, until: datetime, zone: ZoneInfo, price_of: PriceOf) -> date:
    """Until when the fee of a service is charged that is disconnected at a moment: what was begun is not given back."""
    last = first_day_after(until, zone) - timedelta(days=1)
    price = price_of(SERVICE, code, last)
    return charged_until(price.every if price else Every.DAY, last)


def _pauses(session: Session, span: Span, start: datetime, zone: ZoneInfo) -> dict[UUID, list[Days]]:
    found: dict[UUID, list[Days]] = {}
    resumed = col(LinePause.resumed_at)
    for row in _rows(session, LinePause, span, resumed.is_(None) | (resumed > start)):
        until = None if row.resumed_at is None else row.resumed_at.astimezone(zone).date()
        found.setdefault(row.line_id, []).append(Days(row.paused_at.astimezone(zone).date(), until))
    return found


def _with_imported(line: Line, pauses: list[Days]) -> tuple[Days, ...]:
    """A line that came paused from the operator's export has been so for longer than is known here."""
    unknown = line.state == "paused" and all(days.until is not None for days in pauses)
    return (*pauses, Days(None, None)) if unknown else tuple(pauses)


def _rows(session: Session, table: Any, span: Span, where: Any) -> Sequence[Any]:
    query = select(table).join(Line, col(Line.id) == table.line_id).where(col(Line.no).between(*span), where)
    return session.exec(query).all()
