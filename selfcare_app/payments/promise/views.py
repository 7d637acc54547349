"""What the subscriber sees of promised payments."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from selfcare_app.kit.errors import Refused
from selfcare_app.kit.money import Money


@dataclass(frozen=True, slots=True)
class PromiseView:
    """A registered payment: `state` is active, repaid or taken_back; `due_at` is when it is taken back."""

    id: UUID
    amount: Money
    made_at: datetime
    due_at: datetime
    state: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be promised, for how many days, and what stands against it now."""

    least: Money
    most: Money
    valid_days: int
    obstacle: Refused | None


@dataclass(frozen=True, slots=True)
class Review:
    """What would be registered now."""

    draft_id: UUID
    amount: Money
    due_at: datetime
    obstacle: Refused | None
