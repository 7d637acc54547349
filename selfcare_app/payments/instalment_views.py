"""What leaves the instalments: purchases as they stand, and a payment that was made."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn


@dataclass(frozen=True, slots=True)
class InstalmentView:
    """A purchase: `left` of `payments` are still to be paid, `rest` together, the next one `upcoming` on `next_on`.

    `may_pay` is whether the reader may pay it here.
    """

    id: UUID
    title: str
    bought_on: date
    matures_on: date
    payments: int
    left: int
    monthly: Money
    rest: Money
    upcoming: Money
    next_on: date | None
    as_of: datetime
    may_pay: bool
    number: Msisdn | None = None


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment from the balance, and how the purchase stands after it."""

    id: UUID
    amount: Money
    instalment: InstalmentView
