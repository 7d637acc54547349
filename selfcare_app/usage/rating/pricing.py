"""Prices records that come without a charge while they are taken in, and takes the money from the accounts, once."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.catalogue import prices
from selfcare_app.catalogue.price_list import PriceList
from selfcare_app.db import micros, moment
from selfcare_app.kit.actor import System
from selfcare_app.kit.bulk import Written, one_at_a_time
from selfcare_app.usage import load
from selfcare_app.usage.codes import FORWARDED, NOT_CHARGED
from selfcare_app.usage.load import Records
from selfcare_app.usage.rating import books, columns, giving
from selfcare_app.usage.rating.arriving import fresh
from selfcare_app.usage.rating.columns import Uses
from selfcare_app.usage.rating.compiled import compiled
from selfcare_app.usage.rating.given import OWN_PERIOD
from selfcare_app.usage.rating.given_columns import GivenBy
from selfcare_app.usage.rating.lines import PricedLine, priced_lines
from selfcare_app.usage.rating.part import Part

Integers = npt.NDArray[np.int64]


def records(session: Session, actor: System, *, records: Records, now: datetime) -> Written:
    """Adds records that are not there yet; those among them without a charge are priced and charged.

    A record is priced by the version of its own time's prices of the plan that the line was on then, and counts in the
    month of its own time. What comes with a charge was charged by the operator's billing and moves nothing; where
    there are no prices for a line nothing is charged either. The whole is one transaction with the records themselves,
    so that importing again never charges again.
    """
    unpriced = records.charge_units == NOT_CHARGED
    charges = np.where(unpriced, 0, records.charge_units)
    lists = prices.lists(session)
    if lists:
        one_at_a_time(session)
        rows = fresh(session, records, unpriced)
        lines = priced_lines(session, np.unique(records.line_no[rows]).tolist())
        parts = []
        used, given = books.used(session, lines), _given(session, records, rows, lines)
        for part in _parts(session, records, rows, lines, lists, used, given):
            charges[part.rows] = part.rated.units
            parts.append(part)
        books.enter(session, actor, parts=parts, records=records, lines=lines, used=used, given=given, now=now)
    return load.records(session, actor, records=replace(records, charge_units=charges))


def _given(session: Session, records: Records, rows: Integers, lines: Mapping[int, PricedLine]) -> GivenBy:
    """What services have given the lines since the earliest of the records."""
    if not len(rows):
        return {}
    earliest = moment(int(records.started_at[rows].min())).astimezone(operators.of(session).zone)
    return giving.of_lines(session, lines, since=earliest.date())


def _parts(
    session: Session,
    records: Records,
    rows: Integers,
    lines: Mapping[int, PricedLine],
    lists: Mapping[str, PriceList],
    used: dict[tuple[int, int, str], int],
    given: GivenBy,
) -> Iterator[Part]:
    """Prices the records plan by plan; what they take of packages is added to `used` as it goes on."""
    zone = operators.of(session).zone
    for plan, some in _by_plan(records, rows, lines):
        if plan not in lists:
            continue
        uses = uses_of(records, some, zone)
        ready = compiled(lists[plan])
        rated = columns.rate(uses, ready, used, given)
        for n, code in enumerate(ready.codes):
            taken = np.add.reduceat(rated.drawn[n], uses.starts) if len(uses) else rated.drawn[n]
            months = zip(uses.line[uses.starts].tolist(), uses.month[uses.starts].tolist(), taken.tolist(), strict=True)
            for line, month, quantity in months:
                if quantity:
                    used[line, month, code] = used.get((line, month, code), 0) + quantity
        for bought in rated.given:
            key = bought.line, OWN_PERIOD, bought.given.key
            used[key] = used.get(key, 0) + int(bought.quantity.sum())
        yield Part(plan, some, uses, ready, rated)


def _by_plan(records: Records, rows: Integers, lines: Mapping[int, PricedLine]) -> Iterator[tuple[str, Integers]]:
    """The rows by the plan of their time; of one line those on an earlier plan come before those on a later one."""
    numbers = records.line_no[rows]
    which, present = np.unique(numbers, return_inverse=True)
    turns = max((len(lines[int(line)].held) for line in which if int(line) in lines), default=0)
    turn = np.zeros(len(rows), np.int64)
    for line in (int(line) for line in which):
        if line in lines and len(lines[line].held) > 1:
            mine = np.flatnonzero(numbers == line)
            ends = [micros(held.until) for held in lines[line].held if held.until is not None]
            turn[mine] = np.searchsorted(np.array(ends, np.int64), records.started_at[rows][mine], side="right")
    for n in range(turns):
        plans = [_nth(lines.get(int(line)), n) for line in which]
        for plan in sorted(set(plans) - {""}):
            whose = np.array([each == plan for each in plans], bool)
            chosen = rows[whose[present] & (turn == n)]
            if len(chosen):
                yield plan, chosen


def _nth(line: PricedLine | None, n: int) -> str:
    return line.held[n].plan if line is not None and n < len(line.held) else ""


def uses_of(records: Records, rows: Integers, zone: ZoneInfo) -> Uses:
    """The records at these places, which are in the order of line and time, as the engine wants them."""
    return Uses(
        line=records.line_no[rows],
        at=records.started_at[rows],
        kind=records.kind[rows],
        direction=records.direction[rows],
        zone=records.zone[rows],
        seconds=records.duration_seconds[rows],
        octets=records.bytes_in[rows] + records.bytes_out[rows],
        forwarded=records.service[rows] == FORWARDED,
        time_zone=zone,
    )
