"""What the pages of charges show: a month by kind, the fees in it, and usage day by day."""

from dataclasses import dataclass
from datetime import date, datetime

from selfcare_app.catalogue.charges import FeeCharged
from selfcare_app.kit.money import Money
from selfcare_app.usage.codes import Kind
from selfcare_app.usage.views import Period


@dataclass(frozen=True, slots=True)
class KindCharge:
    """What one kind of charge cost: `count` records or fees; seconds and bytes where they are counted in them."""

    category: str
    count: int
    seconds: int
    octets: int
    amount: Money
    fees: tuple[FeeCharged, ...] = ()


@dataclass(frozen=True, slots=True)
class MonthBill:
    """A month's charges by kind: `total` is their sum, with the part that is fees and the part that is VAT.

    `until` is the moment up to which records are counted. `received` is what came to the account that pays for the
    line. `order_from` is when a newer report of the current month may be ordered, where the operator orders them.
    """

    period: Period
    kinds: tuple[KindCharge, ...]
    usage: Money
    fees: Money
    total: Money
    vat: Money
    received: Money
    until: datetime
    order_from: datetime | None = None

    def kind(self, category: str) -> KindCharge | None:
        """The kind of that name, or None."""
        return next((kind for kind in self.kinds if kind.category == category), None)


@dataclass(frozen=True, slots=True)
class DayUse:
    """What a day took: seconds of outgoing calls, messages sent, bytes of both directions, money of everything."""

    seconds: int = 0
    messages: int = 0
    octets: int = 0
    charge: Money | None = None


@dataclass(frozen=True, slots=True)
class UseByDay:
    """A month of usage day by day and by kind (count, seconds, bytes, money), and the months that may be asked for."""

    period: Period
    months: tuple[Period, ...]
    days: tuple[tuple[date, DayUse], ...]
    kinds: tuple[tuple[Kind, int, Money], ...]
    total: DayUse
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class StillToCome:
    """The largest amount that records not yet here have cost before, by the days that they are late.

    `home` is for records of the own network (late up to `home_days`), `roaming` for those of partners abroad. Each is
    the dearest run of so many days, and one, in the months looked at: an experience and no bound.
    """

    home: Money
    home_days: int
    roaming: Money
    roaming_days: int
    total: Money
