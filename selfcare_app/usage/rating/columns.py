"""Prices whole columns of records at once: the decisions of `engine`, made by array arithmetic, to the same unit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from selfcare_app.db import micros, moment
from selfcare_app.usage import rules
from selfcare_app.usage.codes import Kind
from selfcare_app.usage.rating.compiled import DAY_MINUTES, SHAPE, WEEK_MINUTES, Compiled
from selfcare_app.usage.rating.given_columns import GivenBy, Taken, draw

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
UsedBy = Mapping[tuple[int, int, str], int]
"""What of a package is used, by line, month (engine.Month) and package code."""

_MINUTE = 60_000_000
_MONDAY = 3 * DAY_MINUTES
"""1970 began on a Thursday."""


@dataclass(frozen=True)
class Uses:
    """Records by column in the order of line, time and key; `at` in microseconds of UTC since 1970."""

    line: Integers
    at: Integers
    kind: Integers
    direction: Integers
    zone: Integers
    seconds: Integers
    octets: Integers
    forwarded: Flags
    time_zone: ZoneInfo

    def __len__(self) -> int:
        return len(self.at)

    @cached_property
    def place(self) -> Integers:
        """The place of each use in the tables of a compiled list."""
        return ((self.kind * SHAPE[1] + self.direction) * SHAPE[2] + self.zone) * SHAPE[3] + self.forwarded

    @cached_property
    def quantity(self) -> Integers:
        """What is paid for: seconds, bytes or one message."""
        return np.where(
            self.kind == Kind.CALL, self.seconds, np.where(self.kind == Kind.DATA, self.octets, np.int64(1))
        )

    @cached_property
    def month(self) -> Integers:
        """The local month of each, counted from the year 0."""
        first, begins = _months(
            _day(self.at.min(), self.time_zone), _day(self.at.max(), self.time_zone), self.time_zone
        )
        if len(begins) == 1:
            return np.full(len(self), first, np.int64)
        return first + np.searchsorted(begins, self.at, side="right").astype(np.int64) - 1

    @cached_property
    def minute_of_week(self) -> Integers:
        """The local minute of the week, from Monday midnight."""
        days = (_day(self.at.min(), self.time_zone), _day(self.at.max(), self.time_zone) + timedelta(days=1))
        cuts = rules.stretches(*days, self.time_zone)
        since = np.array([micros(cut.since) for cut in cuts], np.int64)
        offsets = np.array([_offset(cut) for cut in cuts], np.int64)
        local = self.at + offsets[np.searchsorted(since, self.at, side="right") - 1]
        return (local // _MINUTE + _MONDAY) % WEEK_MINUTES

    @cached_property
    def starts(self) -> Integers:
        """Where each month of each line begins."""
        new = (self.line[1:] != self.line[:-1]) | (self.month[1:] != self.month[:-1])
        return np.concatenate(([0], np.flatnonzero(new) + 1)).astype(np.int64)

    @cached_property
    def section(self) -> Integers:
        """Which of the `starts` each record belongs to."""
        lengths = np.diff(np.append(self.starts, len(self)))
        return np.repeat(np.arange(len(self.starts)), lengths)


@dataclass(frozen=True)
class Rated:
    """The outcome by record: place of the rule in `Compiled.prices`, billed quantity, paid steps, charge.

    `drawn[n]` is what each record took of the plan's n-th package, `given` what they took of services' packages, of
    those of money too.
    """

    rule: Integers
    billed: Integers
    paid: Integers
    units: Integers
    drawn: tuple[Integers, ...]
    given: tuple[Taken, ...] = ()


def rate(uses: Uses, prices: Compiled, used: UsedBy | None = None, given: GivenBy | None = None) -> Rated:
    """Prices all uses of lines that are on one plan; each month of a line draws from that month's packages.

    `used` is what was drawn before the first of them, `given` what services have given the lines.
    """
    if not len(uses):
        nothing = np.zeros(0, np.int64)
        return Rated(nothing, nothing, nothing, nothing, tuple(nothing for _ in prices.codes))
    epoch = np.searchsorted(prices.since, uses.at, side="right") - 1 if len(prices.since) > 1 else None
    rule = _rules(uses, prices, epoch)
    step = prices.step[rule]
    billed = np.where(rule > 0, -(-uses.quantity // step) * step, 0)
    costs = prices.rate[rule] > 0
    bought: list[Taken] = []
    rest, drawn = billed, []
    if given:
        rest = billed.copy()
        bought += draw(uses, rest, costs, given, used, money=False)
    for n in range(len(prices.codes)):
        taken = _drawn(uses, prices, n, epoch, np.where(prices.draws[rule, n], rest, 0), used)
        rest = rest - taken
        drawn.append(taken)
    paid = -(-rest // step)
    units = paid * prices.rate[rule]
    if given:
        bought += draw(uses, units, costs, given, used, money=True)
    return Rated(rule, billed, paid, units, tuple(drawn), tuple(bought))


def _rules(uses: Uses, prices: Compiled, epoch: Integers | None) -> Integers:
    if epoch is None or (epoch[0] == epoch).all():
        only = prices.rules[0 if epoch is None else int(epoch[0])]
        found: Integers = (
            only[prices.times[uses.minute_of_week], uses.place] if prices.has_times else only[0][uses.place]
        )
        return found
    times = prices.times[uses.minute_of_week] if prices.has_times else 0
    chosen: Integers = prices.rules[epoch, times, uses.place]
    return chosen


def _drawn(
    uses: Uses, prices: Compiled, n: int, epoch: Integers | None, wanted: Integers, used: UsedBy | None
) -> Integers:
    """What each record takes of the n-th package: all it wants until nothing is left in its month."""
    before = _before(uses, prices.codes[n], used)
    amounts = prices.amounts[:, n]
    if epoch is None:
        return _taken(uses, wanted, np.maximum(int(amounts[0]) - before, 0))
    some = np.unique(epoch)
    if (amounts[some] == amounts[some[0]]).all():
        return _taken(uses, wanted, np.maximum(int(amounts[some[0]]) - before, 0))
    # Another amount from some moment on: what was taken until then counts against the new one.
    total = np.zeros(len(uses), np.int64)
    for one in some.tolist():
        taken = _taken(uses, np.where(epoch == one, wanted, 0), np.maximum(int(amounts[one]) - before, 0))
        before = before + np.add.reduceat(taken, uses.starts)
        total += taken
    return total


def _taken(uses: Uses, wanted: Integers, left: Integers) -> Integers:
    """In record order within each month of a line: what was wanted before, and how much of `left` that leaves."""
    until = np.cumsum(wanted)
    earlier = until - wanted
    earlier -= earlier[uses.starts][uses.section]
    return np.clip(left[uses.section] - earlier, 0, wanted)


def _before(uses: Uses, code: str, used: UsedBy | None) -> Integers:
    if not used:
        return np.zeros(len(uses.starts), np.int64)
    months = zip(uses.line[uses.starts].tolist(), uses.month[uses.starts].tolist(), strict=True)
    return np.array([used.get((line, month, code), 0) for line, month in months], np.int64)


def _day(at: np.int64, zone: ZoneInfo) -> date:
    return moment(int(at)).astimezone(zone).date()


def _offset(cut: rules.Stretch) -> int:
    """Microseconds that local time is ahead of UTC."""
    local: int = (cut.first_day - date(1970, 1, 1)).days * 86_400_000_000
    return local - micros(cut.midnight)


@lru_cache(maxsize=64)
def _months(first: date, last: date, zone: ZoneInfo) -> tuple[int, Integers]:
    """The number of the first month, and when each month from it to the last one begins."""
    number = first.year * 12 + first.month - 1
    count = last.year * 12 + last.month - number
    return number, np.array([micros(_begin(number + n, zone)) for n in range(count)], np.int64)


def _begin(month: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(date(month // 12, month % 12 + 1, 1), time(), zone)
