"""What the catalogue shows: plans, services and the fees to come."""

from dataclasses import dataclass, field
from datetime import date

from selfcare_app.kit.money import Money


@dataclass(frozen=True, slots=True)
class PlanView:
    """A tariff plan in force: `fee` a month, benefits («льготы») in the operator's words.

    `package` is what it gives a month: seconds, messages, bytes, minor.
    """

    code: str
    name: str
    settlement: str
    fee: Money
    benefits: str = ""
    package: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A service in force and its `fee` a month."""

    code: str
    name: str
    fee: Money


@dataclass(frozen=True, slots=True)
class Fee:
    """A fee that will be taken; `service` is empty for the tariff plan's."""

    name: str
    service: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Upcoming:
    """What will be charged on the day `on` of the operator's time zone, and the sum of it."""

    on: date
    fees: tuple[Fee, ...]
    total: Money
