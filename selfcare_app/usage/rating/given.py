"""What services have given a line: packages with a period of their own, that records draw from before the plan's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from selfcare_app.catalogue.price_list import MONEY, ServicePackageVersion
from selfcare_app.kit.money import RATE_SCALE

OWN_PERIOD = 0
"""Stands for the month where what is used is counted by a package's own period."""


@dataclass(frozen=True, slots=True)
class Given:
    """A package given for [since, until): `amount` in its unit, of money in ten-thousandths of a minor unit.

    `key` tells it from all others of its line.
    """

    key: str
    package: ServicePackageVersion
    amount: int
    since: datetime
    until: datetime

    @property
    def is_money(self) -> bool:
        """Whether it pays for steps instead of covering what is used."""
        return self.package.unit == MONEY

    @property
    def place(self) -> tuple[datetime, int, str]:
        """What ends first is drawn first, then by position."""
        return self.until, self.package.position, self.key


def exact(unit: str, amount: int) -> int:
    """An amount as rating counts it."""
    return amount * RATE_SCALE if unit == MONEY else amount


def shown(unit: str, used: int) -> int:
    """What is used as people see it: of money whole minor units."""
    return (used + RATE_SCALE // 2) // RATE_SCALE if unit == MONEY else used


def in_order(given: Iterable[Given]) -> tuple[Given, ...]:
    """In the order in which they are drawn."""
    return tuple(sorted(given, key=lambda each: each.place))
