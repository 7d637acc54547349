"""What goes to an acquirer, what comes back from it, and what the person sees of such a payment."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn


class Outcome(StrEnum):
    """How a payment stands at the acquirer."""

    PAID = "paid"
    FAILED = "failed"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Card:
    """A card that the acquirer keeps: its token there, and the last digits of its number, four or fewer."""

    token: str = field(repr=False)
    tail: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What an acquirer has said, its signature checked: `amount_minor` and `currency` are what the card was charged."""

    payment_id: UUID
    outcome: Outcome
    amount_minor: int
    currency: str
    transaction_id: str
    card: Card | None = None
    """The card that was paid with, where it may be charged again."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What a kept card is charged without its owner: `id` names it at the acquirer, once."""

    id: UUID
    amount: Money
    language: str
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an acquirer is asked to take; `reference` is its own name of the checkout once there is one."""

    id: UUID
    no: int
    amount: Money
    language: str
    created_at: datetime
    reference: str = ""
    way: str = ""
    acquirer: str = ""
    is_open: bool = False
    """Whether the checkout is open: the acquirer is asked how it stands, not to open it."""
    keeps_card: bool = False
    """Whether the card may be charged again without its owner."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A checkout: where the person pays, and what the acquirer calls it."""

    url: str
    reference: str


@dataclass(frozen=True, slots=True)
class HostedView:
    """A payment as its subscriber sees it; `url` is there while it can be paid."""

    id: UUID
    no: int
    way: str
    state: str
    amount: Money
    number: Msisdn
    is_other: bool
    created_at: datetime
    finished_at: datetime | None
    url: str
    keeps_card: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """What the page offers: limits of one's own and of another's account, and what the month has left for others."""

    number: Msisdn | None
    least: Money
    most: Money
    other_least: Money | None
    other_most: Money | None
    other_left: Money | None
    unfinished: tuple[HostedView, ...]
