"""What the history of payments and the state of the account show."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from selfcare_app.kit.money import Money
from selfcare_app.payments.views import PaymentView


@dataclass(frozen=True, slots=True)
class PeriodsOffered:
    """Which payments can be asked for: first days of months, the newest first, and the days from `earliest` on."""

    months: tuple[date, ...]
    earliest: date
    latest: date


@dataclass(frozen=True, slots=True)
class ClientPayment:
    """Money received for one of an organisation's accounts, by the account's number."""

    id: UUID
    paid_at: datetime
    amount: Money
    channel: str
    account: str


@dataclass(frozen=True, slots=True)
class PaymentsOfPeriod:
    """Payments from `first` to `last`, both included, the newest first; `total` is of all, `payments` the newest."""

    first: date
    last: date
    payments: tuple[PaymentView | ClientPayment, ...]
    total: Money
    count: int


@dataclass(frozen=True, slots=True)
class DebtView:
    """What is owed now; `due_on` None: at once. `recommended` is what to pay in to be on the safe side until `safe_on`.

    `blocks`: the line is blocked from the day after `due_on` until all is paid.
    """

    debt: Money
    due_on: date | None
    blocks: bool
    promised: Money
    recommended: Money
    safe_on: date | None


@dataclass(frozen=True, slots=True)
class AccountState:
    """The account that pays for the actor's line, as it stands."""

    number: str
    settlement: str
    balance: Money
    available: Money
    as_of: datetime | None
    spent: Money
    debt: DebtView
