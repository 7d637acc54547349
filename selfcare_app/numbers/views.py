"""What leaves the area of numbers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from selfcare_app.kit.errors import Refused
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.operators.schema.vocabulary import NumberCategory


@dataclass(frozen=True, slots=True)
class Offer:
    """A free number; `marked` are the positions in it that the mask names."""

    number: Msisdn
    category: NumberCategory
    price: Money
    marked: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A page of offers; `here` shows the same page again, `next` is where the following page starts, or "".

    `total` is how many there are in all where that is known; else there are more than `at_least`.
    """

    offers: tuple[Offer, ...]
    here: str
    next: str = ""
    total: int | None = None
    at_least: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """A number that the session holds until `until`."""

    number: Msisdn
    category: NumberCategory
    price: Money
    until: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the subscriber stands before choosing: the present number, what is held, and what forbids a change."""

    number: Msisdn | None
    held: tuple[Held, ...]
    obstacle: Refused | None = None
    order_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """What would be confirmed now. `digest` stands for exactly this; `obstacle` says why it can't be confirmed."""

    draft_id: UUID
    number: Msisdn
    old_number: Msisdn
    category: NumberCategory
    price: Money
    due_at: datetime
    effect: str
    at_least_seconds: int
    at_most_seconds: int | None
    quarantine_days: int
    held_until: datetime
    digest: str
    obstacle: Refused | None = None
