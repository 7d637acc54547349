"""One line's records priced on many tariffs at once: a row of the arrays is a tariff, a column a record.

The decisions are those of `columns`; what differs by tariff only stands in tables, so that thirty of them cost little
more than one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from selfcare_app.kit.money import RATE_SCALE
from selfcare_app.usage.codes import Kind
from selfcare_app.usage.rating.columns import Uses
from selfcare_app.usage.rating.compiled import PLACES, Compiled

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Drawn = tuple[Flags, int]
"""Which rules of a list draw from a package, and what it gives."""
KINDS = len(Kind) + 1
_EXACT = 2**53
_CELLS = 32_768
"""So many charges are worked out at once: what fits into the processor's own memory is several times faster."""


@dataclass(frozen=True)
class Round:
    """One package of each tariff: which rules draw from it, what the tariffs give, and at which places any does."""

    draws: Flags
    amounts: Integers
    reach: Flags


@dataclass(frozen=True)
class Tariffs:
    """Lists of one moment each, stacked: `rules[tariff, place]` is the place of a rule among those of all tariffs.

    Rule 0 is none; `sort[rule]` is the place of its step in `steps`. `priced` are the places for which any of them has
    a rule. `rounds` are in the order in which they are drawn, those of one unit together: packages of another are for
    other records, so that their order does not matter; `money` are those of money. `timed` are the tariffs whose
    prices depend on the time, by their place, with what their rules are counted from.
    """

    rules: Integers
    steps: Integers
    sort: Integers
    rate: Integers
    rounds: tuple[tuple[Round, ...], ...]
    money: tuple[Round, ...]
    priced: Flags
    timed: tuple[tuple[int, int, Compiled], ...]


@lru_cache(maxsize=64)
def stacked(lists: tuple[Compiled, ...]) -> Tariffs:
    """The lists as tables; each has been cut to one moment by Compiled.only."""
    begins = np.cumsum([0, *(len(each.step) - 1 for each in lists)]).tolist()
    rules = np.array([_shifted(each.rules[0, 0], begin) for each, begin in zip(lists, begins, strict=False)], np.int64)
    steps, sort = np.unique(np.concatenate([[0], *(each.step[1:] for each in lists)]), return_inverse=True)
    drawn: dict[str, list[list[Drawn]]] = {}
    for row, each in enumerate(lists):
        for n, unit in enumerate(each.units):
            of_unit = drawn.setdefault(unit, [[] for _ in lists])
            of_unit[row].append((each.draws[:, n], int(each.amounts[0, n])))
    money: list[list[Drawn]] = [
        [(each.pays[:, n], int(amount)) for n, amount in enumerate(each.sums)] for each in lists
    ]
    return Tariffs(
        rules=rules,
        steps=steps,
        sort=sort,
        rate=np.concatenate([[0], *(each.rate[1:] for each in lists)]),
        rounds=tuple(_rounds(lists, begins, of_unit) for of_unit in drawn.values()),
        money=_rounds(lists, begins, money),
        priced=np.any([each.rules.any(axis=(0, 1)) for each in lists], axis=0),
        timed=tuple((n, begins[n], each) for n, each in enumerate(lists) if each.has_times),
    )


def _rounds(lists: Sequence[Compiled], begins: Sequence[int], drawn: Sequence[Sequence[Drawn]]) -> tuple[Round, ...]:
    """Round by round what is drawn from: of each list its n-th in the n-th round."""
    found = []
    for n in range(max(map(len, drawn))):
        draws, amounts = np.zeros(begins[-1] + 1, bool), np.zeros(len(lists), np.int64)
        reach = np.zeros(PLACES, bool)
        for row, each in enumerate(lists):
            if n < len(drawn[row]):
                mine, amounts[row] = drawn[row][n]
                draws[begins[row] + 1 : begins[row] + len(each.step)] = mine[1:]
                reach |= mine[each.rules[0]].any(axis=0)
        found.append(Round(draws, amounts, reach))
    return tuple(found)


def minor(uses: Uses, lists: Sequence[Compiled], first: int, months: int) -> Integers:
    """Minor units by tariff and month from the month `first` on: the units of each kind added up and rounded once."""
    tariffs = stacked(tuple(lists))
    some = np.flatnonzero(tariffs.priced[uses.place])
    if not len(some):
        return np.zeros((len(lists), months), np.int64)
    month = uses.month[some] - first
    counted = month * KINDS + uses.kind[some]
    at_once = max(1, _CELLS // len(some))
    part = _Part(uses, tariffs, some, month)
    sums = np.concatenate(
        [_sums(part.units(start, start + at_once), counted, months * KINDS) for start in range(0, len(lists), at_once)]
    )
    # As kit.money.Rate rounds; a charge is never below zero.
    rounded: Integers = ((sums + RATE_SCALE // 2) // RATE_SCALE).reshape(len(lists), months, KINDS).sum(axis=2)
    return rounded


def _sums(units: Integers, place: Integers, places: int) -> Integers:
    """Units added up by tariff and place."""
    where = (np.arange(len(units))[:, None] * places + place).ravel()
    if int(units.max()) * len(place) < _EXACT:
        sums = np.bincount(where, weights=units.ravel(), minlength=len(units) * places).astype(np.int64)
    else:
        sums = np.zeros(len(units) * places, np.int64)
        np.add.at(sums, where, units.ravel())
    return sums.reshape(len(units), places)


class _Part:
    """The records that cost something on any tariff, and what does not depend on which one."""

    def __init__(self, uses: Uses, tariffs: Tariffs, some: Integers, month: Integers) -> None:
        self._tariffs, self._month, self._place = tariffs, month, uses.place[some]
        self._minute = uses.minute_of_week[some] if tariffs.timed else None
        quantity = uses.quantity[some]
        # A step is the same on many tariffs: how many have been begun is divided once for each length.
        begun = [-(-quantity // step) if step else np.zeros_like(quantity) for step in tariffs.steps.tolist()]
        self._begun, self._columns = np.array(begun), np.arange(len(some))

    def units(self, start: int, stop: int) -> Integers:
        """Charges on the tariffs from `start` before `stop`: a row a tariff."""
        tariffs = self._tariffs
        rule = np.take(tariffs.rules[start:stop], self._place, axis=1)
        for row, begin, timed in tariffs.timed:
            if start <= row < stop:
                rule[row - start] = _shifted(timed.rules[0][timed.times[self._minute], self._place], begin)
        paid: Integers = self._begun[tariffs.sort[rule], self._columns]
        for rounds in tariffs.rounds:
            columns = np.flatnonzero(np.any([each.reach for each in rounds], axis=0)[self._place])
            if len(columns):
                own = np.take(rule, columns, axis=1)
                step = np.maximum(tariffs.steps[tariffs.sort[own]], 1)
                rest = np.take(paid, columns, axis=1) * step
                for each in rounds:
                    _draw(rest, own, each, self._month[columns], slice(start, stop))
                paid[:, columns] = -(-rest // step)
        units = paid * tariffs.rate[rule]
        for each in tariffs.money:
            _draw(units, rule, each, self._month, slice(start, stop))
        return units


def _draw(rest: Integers, rule: Integers, each: Round, month: Integers, tariffs: slice) -> None:
    """Lessens `rest` by what a package of each tariff gives, month by month in the order of records."""
    amounts = each.amounts[tariffs]
    rows = np.flatnonzero(amounts)
    if not len(rows):
        return
    some = slice(None) if len(rows) == len(amounts) else rows
    wanted = np.where(each.draws[rule[some]], rest[some], 0)
    until = np.cumsum(wanted, axis=1)
    starts = np.flatnonzero(np.diff(month, prepend=-1))
    earlier = until - wanted
    earlier -= np.repeat(earlier[:, starts], np.diff(np.append(starts, len(month))), axis=1)
    rest[some] -= np.minimum(np.maximum(amounts[rows, None] - earlier, 0), wanted)


def _shifted(rules: Integers, begin: int) -> Integers:
    return np.where(rules > 0, rules + begin, 0)
