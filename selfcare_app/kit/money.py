"""Amounts of money as integer minor units with a currency, and unit prices finer than a minor unit."""

from dataclasses import dataclass
from typing import Self

RATE_SCALE = 10_000
"""A Rate counts ten-thousandths of a minor unit."""


class CurrencyMismatch(TypeError):
    """Two amounts of different currencies met."""


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """`minor` units of `currency` (ISO 4217); 1 BYN = 100 minor units at scale 2."""

    minor: int
    currency: str
    scale: int = 2

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("money is counted in whole minor units")

    def _same(self, other: "Money") -> None:
        if (self.currency, self.scale) != (other.currency, other.scale):
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency, self.scale)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency, self.scale)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency, self.scale)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: "Money") -> bool:
        self._same(other)
        return self.minor <= other.minor

    @property
    def text(self) -> str:
        """The amount as an exact decimal string with a point, for machines."""
        sign = "-" if self.minor < 0 else ""
        if self.scale == 0:
            return f"{sign}{abs(self.minor)}"
        whole, part = divmod(abs(self.minor), 10**self.scale)
        return f"{sign}{whole}.{part:0{self.scale}d}"


@dataclass(frozen=True, slots=True)
class Rate:
    """A price or charge in ten-thousandths of a minor unit."""

    units: int
    currency: str
    scale: int = 2

    @classmethod
    def of(cls, money: Money) -> Self:
        """The same amount, finer."""
        return cls(money.minor * RATE_SCALE, money.currency, money.scale)

    @property
    def exact(self) -> Money:
        """The same amount to its last digit that says anything, in parts of a minor unit if need be: to be shown."""
        units, finer = RATE_SCALE, 0
        while units > 1 and self.units % units:
            units //= 10
            finer += 1
        return Money(self.units // units, self.currency, self.scale + finer)

    def rounded(self) -> Money:
        """The nearest Money, halves away from zero: the only way from Rate to Money."""
        sign = -1 if self.units < 0 else 1
        return Money(sign * ((abs(self.units) + RATE_SCALE // 2) // RATE_SCALE), self.currency, self.scale)
