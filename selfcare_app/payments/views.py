"""What the area shows: payments, what moved the balance, and the overview of a line."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from selfcare_app.catalogue.views import PlanView, Upcoming
from selfcare_app.kit.money import Money
from selfcare_app.ledger.views import Standing
from selfcare_app.subscribers.views import Person
from selfcare_app.usage.views import AllowanceLeft, MonthCharges


@dataclass(frozen=True, slots=True)
class PaymentView:
    """Money received for the actor's account."""

    id: UUID
    paid_at: datetime
    amount: Money
    channel: str


@dataclass(frozen=True, slots=True)
class Movement:
    """A line of "last operations": `amount` above zero came in, below went out.

    `source` is payment, usage or ledger; `what` the channel, the kind of usage or the code of the transfer; `count` how
    many records of usage it adds up; `at` is None where only the day is known.
    """

    day: date
    at: datetime | None
    source: str
    what: str
    amount: Money
    count: int = 1


@dataclass(frozen=True, slots=True)
class Need:
    """Something that asks for attention: a code, its gravity (`info warn bad`), and the values of its sentence."""

    code: str
    tone: str
    values: dict[str, object]
    order_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """The four answers of the home page: money, what is left, what comes next, what needs the person."""

    person: Person
    standing: Standing
    plan: PlanView | None
    packages: tuple[AllowanceLeft, ...]
    upcoming: Upcoming | None
    this_month: MonthCharges
    movements: tuple[Movement, ...]
    needs: tuple[Need, ...]
