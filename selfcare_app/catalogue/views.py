"""What the catalogue shows: plans, services and the fees to come."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from selfcare_app.kit.money import Money


@dataclass(frozen=True, slots=True)
class PlanView:
    """A tariff plan in force: `fee` a `fee_period` (month or day), benefits («льготы») in the operator's words.

    `package` is what it gives a month: seconds, messages, bytes, minor. `switch_fee` is what going over to it costs;
    to a plan that is not `open_for_change` nobody can come back.
    """

    code: str
    name: str
    settlement: str
    fee: Money
    benefits: str = ""
    package: dict[str, int] = field(default_factory=dict)
    id: UUID | None = None
    plan_class: str = ""
    description: str = ""
    link: str = ""
    fee_period: str = "month"
    switch_fee: Money | None = None
    open_for_change: bool = True


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A service in force and its `fee` a `fee_period` (month or day).

    `package` is what it gives a month; `plans` are the codes of those it can be connected on, empty for all.
    """

    code: str
    name: str
    fee: Money
    id: UUID | None = None
    description: str = ""
    category: str = "other"
    fee_period: str = "month"
    connect_fee: Money | None = None
    package: Mapping[str, int] = field(default_factory=dict)
    plans: tuple[str, ...] = ()
    open_for_change: bool = True

    @property
    def is_free(self) -> bool:
        """Whether neither connecting it nor having it costs anything."""
        return not self.fee.minor and not (self.connect_fee and self.connect_fee.minor)

    def allowed_on(self, plan: str) -> bool:
        """Whether the plan of that code foresees it. AS-052."""
        return not self.plans or plan in self.plans


@dataclass(frozen=True, slots=True)
class Connected:
    """A service that a line has: since when, and the connection's id."""

    id: UUID
    service: ServiceView
    connected_at: datetime
    order_id: UUID | None = None


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
