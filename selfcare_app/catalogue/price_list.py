"""The price list of a tariff plan as values: versions of its rules and packages, the one that fits a moment."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

EVERY_DAY = 127
WHOLE_DAY = (0, 1440)
UNITS = ("seconds", "messages", "bytes")
MONEY = "minor"
"""The unit of a package that pays for usage of any kind, «сумма трафика»."""


@dataclass(frozen=True, slots=True)
class PriceVersion:
    """A version of a price rule; fields as in price_tables.Price, `packages` as codes."""

    code: str
    position: int
    kind: int
    step: int
    rate_units: int
    valid_from: datetime
    valid_until: datetime | None = None
    direction: int | None = None
    zone: int | None = None
    forwarded: bool = False
    weekdays: int = EVERY_DAY
    from_minute: int = WHOLE_DAY[0]
    until_minute: int = WHOLE_DAY[1]
    packages: tuple[str, ...] = ()
    name: str = ""
    id: UUID | None = None

    def fits_time(self, weekday: int, minute: int) -> bool:
        """Whether the rule holds at that local minute of the day; Monday is 0. A night belongs to its evening."""
        if self.from_minute <= self.until_minute:
            return self.from_minute <= minute < self.until_minute and bool(self.weekdays >> weekday & 1)
        if minute >= self.from_minute:
            return bool(self.weekdays >> weekday & 1)
        return minute < self.until_minute and bool(self.weekdays >> (weekday - 1) % 7 & 1)

    def fits_use(self, kind: int, direction: int, zone: int, *, forwarded: bool) -> bool:
        """Whether the rule is for such a use. IH-037: forwarded calls have rules of their own."""
        return (
            self.kind == kind
            and self.forwarded == forwarded
            and self.direction in (None, direction)
            and self.zone in (None, zone)
        )


@dataclass(frozen=True, slots=True)
class PackageVersion:
    """A version of a package; fields as in price_tables.PlanPackage."""

    code: str
    name: str
    position: int
    unit: str
    amount: int
    valid_from: datetime
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ServicePackageVersion:
    """A version of a package that a service brings; fields as in price_tables.ServicePackage."""

    service: str
    code: str
    name: str
    position: int
    unit: str
    amount: int
    kinds: int
    direction: int | None
    zones: int
    days: int
    prorated: bool
    valid_from: datetime
    valid_until: datetime | None = None
    id: UUID | None = None

    @property
    def allowance(self) -> str:
        """The code under which a line is given it."""
        return f"{self.service}.{self.code}"

    def covers(self, kind: int, direction: int, zone: int, *, forwarded: bool) -> bool:
        """Whether it is for such a use. IH-037: free minutes are not used for forwarded calls."""
        return (
            not forwarded
            and bool(self.kinds >> kind & 1)
            and bool(self.zones >> zone & 1)
            and self.direction in (None, direction)
        )


@dataclass(frozen=True, eq=False)
class PriceList:
    """Everything that prices records on one tariff plan, rules and packages in the order in which they are tried.

    It is equal to itself only, so that what is made of it is found again without looking through it.
    """

    plan: str
    prices: tuple[PriceVersion, ...]
    packages: tuple[PackageVersion, ...] = ()

    @classmethod
    def of(cls, plan: str, prices: list[PriceVersion], packages: list[PackageVersion]) -> "PriceList":
        """A list of versions in any order."""
        return cls(
            plan,
            tuple(sorted(prices, key=lambda price: (price.position, price.code, price.valid_from))),
            tuple(sorted(packages, key=lambda package: (package.position, package.code, package.valid_from))),
        )

    def packages_at(self, at: datetime) -> tuple[PackageVersion, ...]:
        """The packages in force then, in the order in which they are drawn."""
        return tuple(package for package in self.packages if in_force(package, at))

    def as_of(self, at: datetime) -> "PriceList":
        """The versions in force then, as if there had never been others: what use would cost at these prices."""
        prices = tuple(price for price in self.prices if in_force(price, at))
        return PriceList(self.plan, prices, self.packages_at(at))


def in_force(version: PriceVersion | PackageVersion | ServicePackageVersion, at: datetime) -> bool:
    """Whether the version holds at that moment."""
    return version.valid_from <= at and (version.valid_until is None or at < version.valid_until)
