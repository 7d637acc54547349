"""Prices one record after another: pure, without tables, and able to say how it came to each charge.

The same decisions for whole columns of records stand in `columns`; tests hold the two, and a third written without
looking at them, to equal results.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from selfcare_app.catalogue.price_list import PriceList, PriceVersion, in_force
from selfcare_app.usage.codes import Kind
from selfcare_app.usage.rating.given import OWN_PERIOD, Given

Month = int
"""A local month counted from the year 0: twelve times the year and its month from 0."""
Used = Mapping[tuple[Month, str], int]
"""What of a package is used in a month, in its unit, by month and package code."""


@dataclass(frozen=True, slots=True)
class Use:
    """One call, message or data session; `octets` counts both directions. Codes stand in usage.codes."""

    at: datetime
    kind: int
    direction: int
    zone: int = 0
    duration_seconds: int = 0
    octets: int = 0
    forwarded: bool = False

    @property
    def quantity(self) -> int:
        """What is paid for: seconds of a call, bytes of a data session, one message."""
        if self.kind == Kind.CALL:
            return self.duration_seconds
        return self.octets if self.kind == Kind.DATA else 1


@dataclass(frozen=True, slots=True)
class Charge:
    """What a use costs and why: `units` are ten-thousandths of a minor unit for `paid` steps of the price.

    `billed` is the quantity rounded up to whole steps, `drawn` what of it packages gave, in the order they were asked:
    those that services gave (by Given.key) before the plan's. `covered` is what packages of money paid of the steps.
    `price` is None where no rule is for such a use: then it is free.
    """

    use: Use
    month: Month
    price: PriceVersion | None = None
    billed: int = 0
    drawn: tuple[tuple[str, int], ...] = ()
    paid: int = 0
    units: int = 0
    covered: tuple[tuple[str, int], ...] = ()
    own_periods: frozenset[str] = frozenset()

    @property
    def takes(self) -> Iterator[tuple[Month, str, int]]:
        """What is to be counted as used of which package, and in which month."""
        for code, quantity in (*self.drawn, *self.covered):
            yield OWN_PERIOD if code in self.own_periods else self.month, code, quantity


def month_of(at: datetime, zone: ZoneInfo) -> Month:
    """The local month in which a moment lies: a record counts in the period of its own time, however late it comes."""
    local = at.astimezone(zone)
    return local.year * 12 + local.month - 1


def price_for(use: Use, prices: PriceList, zone: ZoneInfo) -> PriceVersion | None:
    """The first rule in force that is for such a use at that local time, or None."""
    local = use.at.astimezone(zone)
    weekday, minute = local.weekday(), local.hour * 60 + local.minute
    for price in prices.prices:
        if (
            price.fits_use(use.kind, use.direction, use.zone, forwarded=use.forwarded)
            and in_force(price, use.at)
            and price.fits_time(weekday, minute)
        ):
            return price
    return None


def rate(use: Use, prices: PriceList, zone: ZoneInfo, used: Used, given: Sequence[Given] = ()) -> Charge:
    """The charge for one use when so much of the packages is used already.

    A started step counts whole. What packages have left covers it to the last second, message or byte: first what
    services have `given` (in order), then the plan's. Of what they do not cover every started step is paid, by
    packages of money first. What costs nothing draws nothing of what was bought.
    """
    month, price = month_of(use.at, zone), price_for(use, prices, zone)
    if price is None:
        return Charge(use, month)
    billed = steps(use.quantity, price.step) * price.step
    bought = [each for each in given if price.rate_units and _is_for(each, use)]
    asked = [(OWN_PERIOD, each.key, each.amount) for each in bought if not each.is_money]
    asked += [(month, each.code, each.amount) for each in prices.packages_at(use.at) if each.code in price.packages]
    drawn, rest = _taken(asked, billed, used)
    paid = steps(rest, price.step)
    money = [(OWN_PERIOD, each.key, each.amount) for each in bought if each.is_money]
    covered, units = _taken(money, paid * price.rate_units, used)
    own = frozenset(each.key for each in bought)
    return Charge(use, month, price, billed, drawn, paid, units, covered, own)


def _is_for(given: Given, use: Use) -> bool:
    covers = given.package.covers(use.kind, use.direction, use.zone, forwarded=use.forwarded)
    return covers and given.since <= use.at < given.until


def _taken(asked: Iterable[tuple[Month, str, int]], wanted: int, used: Used) -> tuple[tuple[tuple[str, int], ...], int]:
    """What each gives of the wanted, one after another, and what is left to want."""
    taken = []
    for month, code, amount in asked:
        quantity = min(wanted, max(0, amount - used.get((month, code), 0)))
        if quantity:
            taken.append((code, quantity))
            wanted -= quantity
    return tuple(taken), wanted


def rate_all(
    uses: Iterable[Use], prices: PriceList, zone: ZoneInfo, used: Used | None = None, given: Sequence[Given] = ()
) -> Iterator[Charge]:
    """The charges for uses in their order: each draws from what those before it have left."""
    so_far = dict(used or {})
    for use in uses:
        charge = rate(use, prices, zone, so_far, given)
        for month, code, quantity in charge.takes:
            so_far[month, code] = so_far.get((month, code), 0) + quantity
        yield charge


def steps(quantity: int, step: int) -> int:
    """How many steps have been started."""
    return -(-quantity // step)
