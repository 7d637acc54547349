"""Reads what services have given lines, and writes down what records have used of it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select, update
from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.catalogue import prices
from selfcare_app.kit.bulk import chunks
from selfcare_app.usage.load import ALLOWANCE
from selfcare_app.usage.rating.given import OWN_PERIOD, Given, exact, in_order, shown
from selfcare_app.usage.rating.lines import PricedLine

Used = Mapping[tuple[int, int, str], int]


def of_lines(session: Session, lines: Mapping[int, PricedLine], *, since: date) -> dict[int, tuple[Given, ...]]:
    """What services have given these lines for days from `since` on, by their numbers, in the order of drawing."""
    known = {version.id: version for some in prices.service_packages(session).values() for version in some}
    if not known:
        return {}
    zone, numbers = operators.of(session).zone, {line.id: no for no, line in lines.items()}
    found: dict[int, list[Given]] = {}
    row = ALLOWANCE.c
    columns = (row.id, row.line_id, row.package_id, row.total, row.period_from, row.period_until, row.begins_at)
    for some in chunks(numbers):
        query = select(*columns).where(row.line_id.in_(some), row.package_id.is_not(None), row.period_until > since)
        for key, line, package_id, total, first, until, begins in session.execute(query):
            package = known.get(package_id)
            if package is None:
                continue
            given = Given(
                key=key.hex,
                package=package,
                amount=exact(package.unit, total),
                since=begins or _midnight(first, zone),
                until=_midnight(until, zone),
            )
            found.setdefault(numbers[line], []).append(given)
    return {no: in_order(given) for no, given in found.items()}


def show_used(
    session: Session, given: Mapping[int, Sequence[Given]], used: Used, touched: set[tuple[int, str]], now: datetime
) -> None:
    """Shows what is used of what these lines (by number and key) were given."""
    rows: list[dict[str, Any]] = [
        {"of": UUID(each.key), "value": shown(each.package.unit, used[no, OWN_PERIOD, each.key]), "now": now}
        for no, of_line in given.items()
        for each in of_line
        if (no, each.key) in touched
    ]
    if rows:
        mine = update(ALLOWANCE).where(ALLOWANCE.c.id == bindparam("of"))
        session.connection().execute(mine.values(used=bindparam("value"), as_of=bindparam("now")), rows)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
