"""What the changes of a line's plan, services and Пауза show."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from selfcare_app.catalogue.views import PlanView, ServiceView
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.money import Money


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what a change costs: `item` is plan, service, switch or connect; below zero is given back."""

    item: str
    name: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Terms:
    """What would be confirmed now. `digest` stands for exactly this; `obstacle` says why it can't be confirmed.

    `fee` a `fee_period` is what comes regularly from then on (None: does not change), `old_fee` what came before.
    `total` is charged when the change is carried out, in `parts`. `ends` are names of services that end with it.
    """

    draft_id: UUID
    kind: str
    subject: str
    name: str
    total: Money
    due_at: datetime
    effect: str
    at_least_seconds: int
    at_most_seconds: int | None
    digest: str
    description: str = ""
    old_name: str = ""
    fee: Money | None = None
    fee_period: str = "month"
    old_fee: Money | None = None
    old_fee_period: str = "month"
    parts: tuple[Part, ...] = ()
    ends: tuple[str, ...] = ()
    no_return: bool = False
    not_given_back: bool = False
    needs_code: bool = False
    obstacle: Refused | None = None


@dataclass(frozen=True, slots=True)
class PlanOffer:
    """The plans that a line can go over to, and where it stands; `order_id` of the change that waits."""

    current: PlanView | None
    plans: tuple[PlanView, ...]
    needs_agreement: bool
    no_return: bool
    effect: str
    due_at: datetime
    obstacle: Refused | None = None
    order_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ServiceItem:
    """A service as it stands for a line: on, off, connecting or disconnecting.

    `can_change` whether it can be ordered otherwise; `undo_until` is the end of the time in which it can be undone,
    `undo_amount` what comes back then.
    """

    service: ServiceView
    state: str
    can_change: bool
    connection_id: UUID | None = None
    connected_at: datetime | None = None
    order_id: UUID | None = None
    undo_until: datetime | None = None
    undo_amount: Money | None = None


@dataclass(frozen=True, slots=True)
class ServiceList:
    """The services of a line and those that it could have; `obstacle` stands against every change."""

    items: tuple[ServiceItem, ...]
    needs_agreement: bool
    obstacle: Refused | None = None


@dataclass(frozen=True, slots=True)
class PauseState:
    """Whether the line is paused, since when; what its plan costs and what it costs in Пауза."""

    is_paused: bool
    since: datetime | None
    fee: Money | None
    fee_period: str
    paused_fee: Money | None
    plan_percent: int
    obstacle: Refused | None = None
    order_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Undone:
    """A service that was undone and what came back."""

    name: str
    amount: Money
    order_id: UUID
