"""What leaves the area: periods, call records, totals, what is left of packages, and charges."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from selfcare_app.access.views import AccessDates
from selfcare_app.catalogue.views import PlanView
from selfcare_app.kit.money import Money, Rate
from selfcare_app.ledger.views import Standing
from selfcare_app.subscribers.views import Person
from selfcare_app.usage.codes import Direction, Kind, Zone

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days [first, until) of the operator's time zone; `current` where the month is not over yet."""

    code: str
    first: date
    until: date
    current: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether not one day of it can be shown yet, as on the first of a month that is shown up to yesterday."""
        return self.until <= self.first


@dataclass(frozen=True, slots=True)
class Offer:
    """What a subscriber may ask for: months, newest first; where `any_days`, also any days [earliest, until)."""

    months: tuple[Period, ...]
    earliest: date
    until: date
    any_days: bool
    kinds: tuple[Kind, ...]
    directions: tuple[Direction, ...]
    formats: tuple[str, ...]
    page_size: int

    @property
    def latest(self) -> date:
        """The last day that can be shown."""
        return self.until - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a subscriber asks for: a period by its code, kinds and directions (none: all), part of a number as typed."""

    period: str
    directions: tuple[Direction, ...] = ()
    kinds: tuple[Kind, ...] = ()
    number: str = ""


class CallRecord(NamedTuple):
    """A call, a message or a data session as the database gives it.

    A tuple and not a dataclass, because a page is made of fifty and a file of thousands: it costs a third.
    """

    at_micros: int
    key: int
    kind: int
    direction: int
    zone: int
    peer: str
    duration_seconds: int
    octets: int
    charge_units: int
    service: str
    domain: str

    @property
    def at(self) -> datetime:
        """When it began, aware UTC."""
        return _EPOCH + timedelta(microseconds=self.at_micros)

    @property
    def what(self) -> Kind:
        """Call, SMS, MMS or data."""
        return Kind(self.kind)

    @property
    def way(self) -> Direction:
        """Outgoing or incoming."""
        return Direction(self.direction)

    @property
    def where(self) -> Zone:
        """Zone of the other side."""
        return Zone(self.zone)

    def charge(self, currency: str, scale: int) -> Money:
        """What it cost, in whole minor units."""
        return Rate(self.charge_units, currency, scale).rounded()


@dataclass(frozen=True, slots=True)
class Sum:
    """Records counted and added up: seconds, bytes, money rounded once after adding."""

    count: int
    duration_seconds: int
    octets: int
    charge: Money


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of one choice: of everything, by kind, and by local day (days without records are left out)."""

    all: Sum
    by_kind: tuple[tuple[Kind, Sum], ...]
    by_day: tuple[tuple[date, Sum], ...]


@dataclass(frozen=True, slots=True)
class AllowanceLeft:
    """What a package still gives until the end of `last_day`, in seconds, messages, bytes or minor by `kind`."""

    code: str
    name: str
    kind: str
    total: int
    used: int
    promo: bool
    last_day: date
    as_of: datetime

    @property
    def left(self) -> int:
        """What is not used yet, never below nothing."""
        return max(0, self.total - self.used)


@dataclass(frozen=True, slots=True)
class MonthCharges:
    """What usage cost in a month [first, until); `until` is tomorrow in the current one.

    With `billed` the month is closed and the charge is all that the line was charged for it, fees included.
    """

    first: date
    until: date
    charge: Money
    billed: bool = False


@dataclass(frozen=True, slots=True)
class DayCharge:
    """What one kind of usage cost on one day; names no number, so that it needs no proof."""

    day: date
    kind: Kind
    count: int
    charge: Money


@dataclass(frozen=True, slots=True)
class Personal:
    """Everything that the personal pages of any operator may show of the actor's line."""

    person: Person
    standing: Standing
    plan: PlanView | None
    packages: tuple[AllowanceLeft, ...]
    previous_month: MonthCharges
    dates: AccessDates
    bonus_units: int | None = None
