"""A price list made ready for whole columns of records: every question about a rule is one look into a table."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from selfcare_app.catalogue.price_list import PackageVersion, PriceList, PriceVersion, in_force
from selfcare_app.db import micros
from selfcare_app.usage.codes import Direction, Kind, Zone

Integers = npt.NDArray[np.int64]
DAY_MINUTES, WEEK_MINUTES = 1_440, 10_080
SHAPE = (len(Kind) + 1, len(Direction) + 1, len(Zone), 2)
"""Kinds, directions, zones, forwarded or not: every use has one place among so many."""
PLACES = SHAPE[0] * SHAPE[1] * SHAPE[2] * SHAPE[3]
_LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, eq=False)
class Compiled:
    """`rules[epoch, times, place]` is the place of a rule in `prices`, 0 for none; epochs begin at the moments `since`.

    `times[minute of the week]` tells apart the minutes at which different rules hold. `amounts[epoch, n]` is what the
    package `codes[n]` gives a month in `units[n]`, `draws[rule, n]` whether the rule draws from it. The n-th package of
    money pays `sums[n]` ten-thousandths of a minor unit a month, for the rules that `pays[rule, n]` tells; plans have
    none.
    """

    prices: tuple[PriceVersion | None, ...]
    packages: tuple[PackageVersion, ...]
    since: Integers
    times: Integers
    rules: Integers
    step: Integers
    rate: Integers
    codes: tuple[str, ...]
    units: tuple[str, ...]
    amounts: Integers
    draws: npt.NDArray[np.bool_]
    sums: Integers = field(default_factory=lambda: np.zeros(0, np.int64))
    pays: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros((0, 0), bool))

    @property
    def has_times(self) -> bool:
        """Whether prices depend on the time of day or week."""
        return bool(self.rules.shape[1] > 1)

    def only(self, at: datetime) -> "Compiled":
        """The same with the versions in force then for all time: what use would cost at these prices."""
        return _only(self, int(np.searchsorted(self.since, micros(at), side="right")) - 1)


@lru_cache(maxsize=1024)
def compiled(prices: PriceList) -> Compiled:
    """The list made ready."""
    versions: list[PriceVersion | PackageVersion] = [*prices.prices, *prices.packages]
    epochs = _epochs(versions)
    patterns, times = _times(prices.prices)
    unit_of = {package.code: package.unit for package in prices.packages}
    codes = tuple(unit_of)
    rules = np.zeros((len(epochs), patterns.shape[1], *SHAPE), np.int64)
    # The first rule that fits counts, so it is written last.
    for place in range(len(prices.prices), 0, -1):
        price = prices.prices[place - 1]
        whose = np.ix_([in_force(price, at) for at in epochs], patterns[place - 1])
        kind, forwarded = slice(price.kind, price.kind + 1), slice(int(price.forwarded), int(price.forwarded) + 1)
        block = rules[whose]
        block[:, :, kind, _of(price.direction), _of(price.zone), forwarded] = place
        rules[whose] = block
    amounts = np.zeros((len(epochs), len(codes)), np.int64)
    for package in prices.packages:
        amounts[[in_force(package, at) for at in epochs], codes.index(package.code)] = package.amount
    _check_order(prices.packages)
    return Compiled(
        prices=(None, *prices.prices),
        packages=prices.packages,
        since=np.array([micros(at) for at in epochs], np.int64),
        times=times,
        rules=rules.reshape(len(epochs), patterns.shape[1], PLACES),
        step=np.array([1, *(price.step for price in prices.prices)], np.int64),
        rate=np.array([0, *(price.rate_units for price in prices.prices)], np.int64),
        codes=codes,
        units=tuple(unit_of.values()),
        amounts=amounts,
        draws=np.array(
            [[False] * len(codes), *([code in price.packages for code in codes] for price in prices.prices)], bool
        ).reshape(len(prices.prices) + 1, len(codes)),
    )


@lru_cache(maxsize=1024)
def _only(prices: Compiled, epoch: int) -> Compiled:
    now = slice(epoch, epoch + 1)
    return replace(prices, since=prices.since[:1], rules=prices.rules[now], amounts=prices.amounts[now])


def _of(code: int | None) -> slice:
    return slice(None) if code is None else slice(code, code + 1)


def _epochs(versions: Sequence[PriceVersion | PackageVersion]) -> list[datetime]:
    """The beginning of time and every moment at which a version begins or ends."""
    ends = {version.valid_until for version in versions if version.valid_until is not None}
    return sorted({_LONG_AGO, *(version.valid_from for version in versions), *ends})


def _times(prices: Sequence[PriceVersion]) -> tuple[npt.NDArray[np.bool_], Integers]:
    """Which rules hold (rows) in each sort of minute (columns), and the sort of each minute of the week."""
    holds = np.ones((len(prices), WEEK_MINUTES), bool)
    for row, price in enumerate(prices):
        if (price.weekdays, price.from_minute, price.until_minute) != (127, 0, DAY_MINUTES):
            holds[row] = [price.fits_time(*divmod(minute, DAY_MINUTES)) for minute in range(WEEK_MINUTES)]
    if holds.all():
        return holds[:, :1], np.zeros(WEEK_MINUTES, np.int64)
    patterns, times = np.unique(holds, axis=1, return_inverse=True)
    return patterns, times.reshape(-1).astype(np.int64)


def _check_order(packages: Sequence[PackageVersion]) -> None:
    """Raises ValueError where versions of a package stand at different places among the others."""
    if len({(package.code, package.position) for package in packages}) != len({package.code for package in packages}):
        raise ValueError("a package keeps its position")
