"""What leaves automatic top-up: how it stands, what would be confirmed, what the worker has to do."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from selfcare_app.kit.errors import Fault, Refused
from selfcare_app.kit.money import Money
from selfcare_app.payments.hosted_views import Charge


@dataclass(frozen=True, slots=True)
class Sums:
    """Below what the account falls, how much is put on it then, and the most of that in a calendar month."""

    threshold: Money
    amount: Money
    month: Money


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be chosen."""

    threshold_least: Money
    threshold_most: Money
    amount_least: Money
    amount_most: Money
    month_most: Money


@dataclass(frozen=True, slots=True)
class Last:
    """The last charge that came to something, or waits: its state, why, and when."""

    state: str
    reason: str
    at: datetime
    amount: Money


@dataclass(frozen=True, slots=True)
class Standing:
    """How automatic top-up stands; `sums` are the last that were chosen, `next_at` is when a charge is tried again.

    `waits` is the payment that is to be made before it is on. `obstacle` is what stands against it now.
    """

    is_on: bool
    sums: Sums | None
    limits: Limits
    card_tail: str
    off_reason: str
    taken: Money
    last: Last | None
    next_at: datetime | None
    obstacle: Refused | None
    waits: UUID | None


@dataclass(frozen=True, slots=True)
class Begun:
    """A draft of what was typed, or what is wrong with it by field."""

    draft_id: UUID | None
    faults: dict[str, Fault]


@dataclass(frozen=True, slots=True)
class Review:
    """What would be confirmed; `card_tail` is the kept card's, with `saves_card` another is paid with first."""

    draft_id: UUID
    sums: Sums
    saves_card: bool
    card_tail: str
    digest: str
    obstacle: Refused | None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What came of it: the payment that the card is saved by, None where it is on already."""

    payment_id: UUID | None


@dataclass(frozen=True, slots=True)
class Due:
    """A charge that the worker took: to be made, or where `is_sent` to be asked after."""

    charge: Charge
    acquirer: str
    is_sent: bool
