"""The number pool in memory: one byte for every possible number, so that a mask is a set of slices and no search."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from selfcare_app.numbers.mask import ANY_DIGIT, Mask

Numbers = npt.NDArray[np.int64]
Cells = npt.NDArray[np.uint8]

MOST_DIGITS = 7
"""A prefix with more digits behind it than this would take more than 10 MB."""
TAKEN = 0
_FIRST_BITE, _LARGEST_BITE = 2_000, 200_000
_SHORT_CLASS = 200_000
_SPARSE = 20_000
_GOLDEN = 0.618_033_988_749_895


@dataclass(frozen=True, slots=True)
class Plan:
    """Which numbers there can be: the prefixes with their country code, and the digits of a whole number."""

    prefixes: tuple[str, ...]
    length: int

    @property
    def is_dense(self) -> bool:
        """Whether the plane can hold it."""
        return max(self.length - len(prefix) for prefix in self.prefixes) <= MOST_DIGITS

    def patterns(self, mask: Mask) -> dict[str, tuple[str, ...]]:
        """The fewest patterns of the mask behind each prefix."""
        return mask.patterns(self.prefixes, self.length)


@dataclass(frozen=True, slots=True)
class _Block:
    """The cells of one prefix: `cells[d1, d2, …]` is the number prefix d1 d2 …"""

    first: int
    offset: int
    digits: int
    cells: Cells

    @property
    def last(self) -> int:
        return self.first + self.cells.size - 1


class Plane:
    """Which numbers are free, by category code (index + 1; 0 is taken). Reads need no lock: a cell is one byte."""

    def __init__(self, plan: Plan, categories: int) -> None:
        self.plan = plan
        prefixes = sorted(plan.prefixes)
        sizes = [10 ** (plan.length - len(prefix)) for prefix in prefixes]
        self.cells: Cells = np.zeros(sum(sizes), np.uint8)
        self._offsets = np.cumsum([0, *sizes])
        self._firsts = np.array([int(p) * size for p, size in zip(prefixes, sizes, strict=True)], np.int64)
        self._blocks = {prefix: self._block(index, prefix) for index, prefix in enumerate(prefixes)}
        self._classes: dict[int, Numbers] = {}
        self.free = np.zeros(categories + 1, np.int64)
        self._step = _coprime(int(self.cells.size * _GOLDEN), self.cells.size)
        self._back = pow(self._step, -1, self.cells.size) if self.cells.size > 1 else 0
        self._writing = threading.Lock()

    def _block(self, index: int, prefix: str) -> _Block:
        start, end = int(self._offsets[index]), int(self._offsets[index + 1])
        digits = self.plan.length - len(prefix)
        return _Block(int(self._firsts[index]), start, digits, self.cells[start:end].reshape((10,) * digits))

    # What changes it

    def fill(self, chunks: Iterable[tuple[Numbers, Numbers, npt.NDArray[np.bool_]]]) -> None:
        """Takes the pool in: chunks of numbers, category codes, and whether each is free."""
        lists: dict[int, list[Numbers]] = {code: [] for code in range(1, len(self.free))}
        for numbers, codes, free in chunks:
            index, known = self._indices(numbers)
            offered = known & free
            self.cells[index[offered]] = codes[offered]
            for code in list(lists):
                lists[code].append(numbers[known & (codes == code)])
                if sum(part.size for part in lists[code]) > _SHORT_CLASS:
                    del lists[code]
        self._classes = {code: np.sort(np.concatenate(parts)) for code, parts in lists.items() if parts}
        self.free[:] = np.bincount(self.cells, minlength=len(self.free))

    def put(self, number: int, code: int) -> None:
        """One number became free (its category's code) or taken (0); a number outside the plan is passed over."""
        index, known = self._indices(np.array([number], np.int64))
        if not known[0]:
            return
        with self._writing:
            at = int(index[0])
            self.free[self.cells[at]] -= 1
            self.free[code] += 1
            self.cells[at] = code

    def count(self, code: int | None) -> int:
        """How many numbers are free, all or of one category."""
        return int(self.free[1:].sum() if code is None else self.free[code])

    def _indices(self, numbers: Numbers) -> tuple[Numbers, npt.NDArray[np.bool_]]:
        which = np.searchsorted(self._firsts, numbers, "right") - 1
        behind = numbers - self._firsts[which]
        size = (self._offsets[1:] - self._offsets[:-1])[which]
        known = (which >= 0) & (behind < size)
        return np.where(known, behind + self._offsets[which], 0), known

    def _numbers(self, indices: Numbers) -> Numbers:
        which = np.searchsorted(self._offsets, indices, "right") - 1
        numbers: Numbers = indices - self._offsets[which] + self._firsts[which]
        return numbers

    def _is(self, cells: Cells, code: int | None) -> npt.NDArray[np.bool_]:
        free: npt.NDArray[np.bool_] = cells != TAKEN if code is None else cells == code
        return free

    # By mask, ascending

    def ascending(self, mask: Mask, code: int | None, after: int, limit: int) -> list[int]:
        """The first `limit` free numbers above `after` that match, optionally of one category."""
        patterns = self.plan.patterns(mask)
        if code is not None and self._is_short(code, patterns):
            return self._out_of_class(patterns, code, after, limit)
        found: list[int] = []
        for prefix in sorted(patterns):
            block = self._blocks[prefix]
            if block.last > after and len(found) < limit:
                found += _Walk(self, block, patterns[prefix], code).first(after, limit - len(found))
        return found

    def _is_short(self, code: int, patterns: dict[str, tuple[str, ...]]) -> bool:
        candidates = sum(10 ** p.count(ANY_DIGIT) for behind in patterns.values() for p in behind)
        return code in self._classes and self._classes[code].size < candidates

    def _out_of_class(self, patterns: dict[str, tuple[str, ...]], code: int, after: int, limit: int) -> list[int]:
        members = self._classes[code]
        members = members[np.searchsorted(members, after, "right") :]
        found: list[int] = []
        for prefix in sorted(patterns):
            block = self._blocks[prefix]
            low, high = np.searchsorted(members, [block.first, block.last + 1])
            behind = members[low:high] - block.first
            behind = behind[self._is(self.cells[behind + block.offset], code)]
            hits = behind[_look_alike(behind, block.digits, patterns[prefix])]
            found += (hits[: limit - len(found)] + block.first).tolist()
        return found

    # Varied, in an order that the seed decides

    def varied(self, code: int | None, seed: int, after: int, limit: int) -> list[tuple[int, int]]:
        """Free numbers from all over the pool as (place, number), places above `after` (-1 for the start).

        The order steps through the whole pool by the golden section from a start that `seed` names and comes round
        once: neighbours are far apart, nothing comes twice, and the same seed goes on where it was.
        """
        size = self.cells.size
        if self.count(code) * _SPARSE < size * limit:
            return self._varied_of_few(code, seed % size, after, limit)
        found: list[tuple[int, int]] = []
        place, bite = after + 1, _FIRST_BITE
        while place < size and len(found) < limit:
            places = np.arange(place, min(place + bite, size), dtype=np.int64)
            indices = (places * self._step + seed) % size
            hit = self._is(self.cells[indices], code)
            found += zip(places[hit].tolist(), self._numbers(indices[hit]).tolist(), strict=True)
            place, bite = place + bite, min(bite * 4, _LARGEST_BITE)
        return found[:limit]

    def _varied_of_few(self, code: int | None, seed: int, after: int, limit: int) -> list[tuple[int, int]]:
        if code in self._classes:
            indices, _ = self._indices(self._classes[code])
            indices = indices[self.cells[indices] == code]
        else:
            indices = np.flatnonzero(self._is(self.cells, code))
        places = (indices - seed) % self.cells.size * self._back % self.cells.size
        order = np.argsort(places)
        order = order[np.searchsorted(places[order], after, "right") :][:limit]
        return list(zip(places[order].tolist(), self._numbers(indices[order]).tolist(), strict=True))


class _Walk:
    """Goes through one prefix in ascending bites, each small enough that an early end costs little."""

    def __init__(self, plane: Plane, block: _Block, patterns: Sequence[str], code: int | None) -> None:
        self.block, self.patterns, self.code = block, patterns, code
        self._is = plane._is
        self._bite = _FIRST_BITE

    def first(self, after: int, limit: int) -> list[int]:
        """The first numbers above `after`."""
        found: list[int] = []
        leads = [""]
        while leads and len(found) < limit:
            lead = leads.pop()
            if self._end(lead) <= after:
                continue
            patterns = [p for p in self.patterns if _begins(p, lead)]
            if sum(10 ** p.count(ANY_DIGIT, len(lead)) for p in patterns) > self._bite:
                leads.extend(lead + digit for digit in "9876543210")
            elif patterns:
                found += self._hits(patterns, lead, after, limit - len(found))
        return found

    def _end(self, lead: str) -> int:
        return (
            self.block.first + (int(lead or "0") + 1) * 10 ** (self.block.digits - len(lead)) - 1
            if lead
            else self.block.last
        )

    def _hits(self, patterns: Sequence[str], lead: str, after: int, limit: int) -> list[int]:
        self._bite = min(self._bite * 3, _LARGEST_BITE)
        parts = [self._slice(lead + pattern[len(lead) :]) for pattern in patterns]
        hits = parts[0] if len(parts) == 1 else np.unique(np.concatenate(parts))
        hits = hits + self.block.first
        following: list[int] = hits[np.searchsorted(hits, after, "right") :][:limit].tolist()
        return following

    def _slice(self, pattern: str) -> Numbers:
        index: tuple[Any, ...] = tuple(slice(None) if sign == ANY_DIGIT else int(sign) for sign in pattern)
        flat = np.flatnonzero(self._is(self.block.cells[index], self.code))
        base = int(pattern.replace(ANY_DIGIT, "0") or "0")
        if ANY_DIGIT not in pattern.lstrip("0123456789").lstrip(ANY_DIGIT):
            # Free digits that stand together count on by one step.
            together: Numbers = flat * 10 ** (len(pattern) - len(pattern.rstrip("0123456789"))) + base
            return together
        values = np.full(flat.shape, base, np.int64)
        for power in (power for power, sign in enumerate(reversed(pattern)) if sign == ANY_DIGIT):
            flat, digit = np.divmod(flat, 10)
            values += digit * 10**power
        return values


def _begins(pattern: str, lead: str) -> bool:
    return all(sign in (ANY_DIGIT, digit) for sign, digit in zip(pattern, lead, strict=False))


def _look_alike(behind: Numbers, digits: int, patterns: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Which of the numbers behind a prefix match one of the patterns."""
    columns = {}
    alike = np.zeros(behind.size, bool)
    for pattern in patterns:
        this = np.ones(behind.size, bool)
        for place, sign in enumerate(pattern):
            if sign != ANY_DIGIT:
                if place not in columns:
                    columns[place] = behind // 10 ** (digits - 1 - place) % 10
                this &= columns[place] == int(sign)
        alike |= this
    return alike


def _coprime(wanted: int, size: int) -> int:
    """The first number from `wanted` up that shares no factor with `size`, so that its steps reach every cell."""
    while np.gcd(wanted, size) != 1:
        wanted += 1
    return wanted
