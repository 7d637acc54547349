"""A second rating, written to be read and not to be fast: decimals, one record after another, nothing shared.

It knows a price list only by its fields and asks none of the program's functions anything.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from zoneinfo import ZoneInfo

from selfcare_app.usage.codes import Kind, Zone

CALL, DATA = 1, 4
UNITS_IN_MINOR = Decimal(10_000)


@dataclass
class Bill:
    """What a line has used and what it costs, in minor units with all their places."""

    zone: ZoneInfo
    prices: list
    packages: list
    bought: list = field(default_factory=list)
    used: dict = field(default_factory=dict)
    left: dict = field(default_factory=dict)

    def price(self, use) -> Decimal:
        """The charge for the next use."""
        here = use.at.astimezone(self.zone)
        for price in self.prices:
            if _is_for(price, use) and _holds(price, use.at) and _at_that_hour(price, here):
                return self._charge(price, use, here)
        return Decimal(0)

    def _charge(self, price, use, here: datetime) -> Decimal:
        amount = Decimal(use.duration_seconds) if use.kind == CALL else Decimal(1)
        if use.kind == DATA:
            amount = Decimal(use.octets)
        begun = (amount / price.step).to_integral_value(ROUND_CEILING)
        remaining = begun * price.step
        if price.rate_units:
            remaining = self._from_bought(use, remaining, money=False)
        for package in self.packages:
            if package.code in price.packages and _holds(package, use.at):
                key = (here.year, here.month, package.code)
                gone = self.used.get(key, Decimal(0))
                given = max(Decimal(0), min(remaining, package.amount - gone))
                self.used[key] = gone + given
                remaining -= given
        to_pay = (remaining / price.step).to_integral_value(ROUND_CEILING)
        costs = to_pay * (Decimal(price.rate_units) / UNITS_IN_MINOR)
        return self._from_bought(use, costs, money=True)

    def _from_bought(self, use, wanted: Decimal, *, money: bool) -> Decimal:
        """What is still wanted when everything that was bought and fits has given what it had."""
        fitting = [
            each
            for each in self.bought
            if (each.package.unit == "minor") is money and each.since <= use.at < each.until and _covers(each, use)
        ]
        for each in sorted(fitting, key=lambda one: (one.until, one.package.position, one.key)):
            has = self.left.get(each.key, Decimal(each.amount) / (UNITS_IN_MINOR if money else 1))
            self.left[each.key] = max(has - wanted, Decimal(0))
            wanted = max(wanted - has, Decimal(0))
        return wanted


def _covers(bought, use) -> bool:
    package = bought.package
    if use.forwarded or package.direction not in (None, use.direction):
        return False
    return str(use.kind.name) in _names(Kind, package.kinds) and str(use.zone.name) in _names(Zone, package.zones)


def _names(codes, mask: int) -> set[str]:
    """`0b110` of kinds are calls and messages."""
    return {code.name for code in codes if mask // 2**code % 2}


def _is_for(price, use) -> bool:
    if price.kind != use.kind:
        return False
    if price.forwarded is not use.forwarded:
        return False
    if price.direction is not None and price.direction != use.direction:
        return False
    return price.zone is None or price.zone == use.zone


def _holds(version, at: datetime) -> bool:
    if at < version.valid_from:
        return False
    return version.valid_until is None or version.valid_until > at


def _at_that_hour(price, here: datetime) -> bool:
    begins, ends = divmod(price.from_minute, 60), divmod(price.until_minute, 60)
    now, day = (here.hour, here.minute), here.isoweekday()
    days = {n for n in range(1, 8) if price.weekdays & 2 ** (n - 1)}
    if begins <= ends:
        return day in days and begins <= now < ends
    if now >= begins:
        return day in days
    yesterday = 7 if day == 1 else day - 1
    return now < ends and yesterday in days


def bill(uses, prices, packages, zone: ZoneInfo, bought=()) -> list[Decimal]:
    """The charge of each use of one line, in order, in ten-thousandths of a minor unit."""
    line = Bill(zone, list(prices), list(packages), list(bought))
    return [line.price(use) * UNITS_IN_MINOR for use in uses]
