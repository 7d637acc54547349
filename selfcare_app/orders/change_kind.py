"""What a kind of change is made of: when it takes effect, what it costs, what stands against it, what it does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.money import Money
from selfcare_app.operators import Profile
from selfcare_app.operators.schema import Feature
from selfcare_app.operators.schema.orders import Effect
from selfcare_app.orders.fees import facts
from selfcare_app.orders.fees.rules import Facts
from selfcare_app.orders.fees.take import OneOff
from selfcare_app.subscribers.tables import Account, Line


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, and all that it depends on: `at` is when it holds from, on the local day `day`."""

    session: Session
    line: Line
    subject: str
    at: datetime
    day: date
    price_of: facts.Prices
    known: Facts

    @property
    def profile(self) -> Profile:
        """The operator's rules."""
        return operators.of(self.session)

    def fee_ends(self, service: str) -> date:
        """Until when the fee of a service is charged that ends with the change."""
        return facts.service_end(service, self.at, self.profile.zone, self.price_of)

    def money(self, minor: int) -> Money:
        """An amount in the operator's currency."""
        return Money(minor, self.profile.currency, self.profile.currency_scale)


@dataclass(frozen=True, slots=True)
class Intent:
    """What a change comes to: the line's facts `after` it, fees of no period, and what is told of it."""

    name: str
    after: Facts
    once: tuple[OneOff, ...] = ()
    obstacle: Refused | None = None
    description: str = ""
    old_name: str = ""
    fee: Money | None = None
    fee_period: str = "month"
    old_fee: Money | None = None
    old_fee_period: str = "month"
    ends: tuple[str, ...] = ()
    no_return: bool = False
    not_given_back: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of change. `may_owe` is whether it is done too where the prepaid balance does not cover what it costs.

    With `many` a line may have one order for each subject. `why_not` is what stands against giving the order now,
    beside what stands against carrying it out.
    """

    name: str
    feature: Callable[[Asked], Feature]
    effect: Callable[[Profile], Effect]
    intend: Callable[[Asked], Intent]
    apply: Callable[[Asked, UUID], None]
    may_owe: Callable[[Profile], bool]
    why_not: Callable[[Session, Line, datetime], Refused | None] = lambda _session, _line, _now: None
    many: bool = False
    tells_acceptance: bool = False


def asked(session: Session, line: Line, subject: str, at: datetime) -> Asked:
    """Reads what a change that holds from `at` depends on."""
    day = at.astimezone(operators.of(session).zone).date()
    price_of = facts.Prices(session)
    return Asked(
        session, line, subject, at, day, price_of, facts.of_line(session, line, price_of, since=day.replace(day=1))
    )


def may_overdraw(session: Session, line: Line, kind: Kind) -> bool:
    """Whether the ledger lets the bill go below the floor of a prepaid balance."""
    prepaid = session.get_one(Account, line.account_id).settlement == "prepaid"
    return prepaid and kind.may_owe(operators.of(session))
