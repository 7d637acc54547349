"""What services have given lines, drawn by whole columns of records: the same decisions as the engine's."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from selfcare_app.catalogue.price_list import ServicePackageVersion
from selfcare_app.db import micros
from selfcare_app.usage.rating.compiled import PLACES, SHAPE
from selfcare_app.usage.rating.given import OWN_PERIOD, Given

if TYPE_CHECKING:
    from selfcare_app.usage.rating.columns import UsedBy, Uses

Integers = npt.NDArray[np.int64]
GivenBy = Mapping[int, Sequence[Given]]
"""What lines are given, by their numbers, in the order in which it is drawn."""


@dataclass(frozen=True)
class Taken:
    """What the records of a line from the place `start` on took of a package."""

    line: int
    given: Given
    start: int
    quantity: Integers


def draw(
    uses: "Uses", wanted: Integers, costs: npt.NDArray[np.bool_], given: GivenBy, used: "UsedBy | None", *, money: bool
) -> Iterator[Taken]:
    """Lessens `wanted` by what packages of that sort give, record after record, and tells what each took.

    Only records that cost something are covered.
    """
    lines, starts = np.unique(uses.line, return_index=True)
    ends = np.append(starts[1:], len(uses))
    for line, start, end in zip(lines.tolist(), starts.tolist(), ends.tolist(), strict=True):
        for each in given.get(line, ()):
            if each.is_money == money:
                mine = slice(start, end)
                left = each.amount - (used or {}).get((line, OWN_PERIOD, each.key), 0)
                taken = _taken(uses, mine, np.where(costs[mine], wanted[mine], 0), each, left)
                if taken.any():
                    wanted[mine] -= taken
                    yield Taken(line, each, start, taken)


def _taken(uses: "Uses", mine: slice, wanted: Integers, given: Given, left: int) -> Integers:
    at = uses.at[mine]
    holds = (at >= micros(given.since)) & (at < micros(given.until)) & covered(given.package)[uses.place[mine]]
    asked = np.where(holds, wanted, 0)
    taken: Integers = np.clip(left - (np.cumsum(asked) - asked), 0, asked)
    return taken


@lru_cache(maxsize=1024)
def covered(package: ServicePackageVersion) -> npt.NDArray[np.bool_]:
    """Which places the package is for."""
    places = zip(*np.unravel_index(np.arange(PLACES), SHAPE), strict=True)
    return np.array(
        [package.covers(int(kind), int(way), int(zone), forwarded=bool(sent)) for kind, way, zone, sent in places], bool
    )
