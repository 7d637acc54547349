"""What leaves the transfers: the page's standing, the terms to confirm, what was sent, what is sent by schedule."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from selfcare_app.kit.errors import Fault, Refused
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn


@dataclass(frozen=True, slots=True)
class Transferred:
    """Money that went from the actor's account, or came to it where `came_in`; `number` is the other side's."""

    id: UUID
    at: datetime
    number: Msisdn
    amount: Money
    fee: Money
    came_in: bool
    by_schedule: bool


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A regular transfer; `next_on` is None where it is stopped. `reason` is why its last run was skipped."""

    id: UUID
    number: Msisdn
    amount: Money
    recurrence: str
    day: int
    next_on: date | None
    last_on: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the page begins with: own money, limits, regular transfers, what was sent and received, the obstacle."""

    funds: Money
    least: Money
    most: Money
    fee: Money
    schedules: tuple[Scheduled, ...]
    history: tuple[Transferred, ...]
    obstacle: Refused | None


@dataclass(frozen=True, slots=True)
class Begun:
    """A draft to go on with, or what is wrong with the fields by their names."""

    draft_id: UUID | None
    faults: dict[str, Fault] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Terms:
    """What would be confirmed now; `first_on` is the first day of a regular one, `recurrence` empty for once."""

    draft_id: UUID
    number: Msisdn
    amount: Money
    fee: Money
    total: Money
    recurrence: str
    day: int
    first_on: date | None
    digest: str
    obstacle: Refused | None


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a confirmed draft: the transfer, or the regular one."""

    id: UUID
    sent: Transferred | None
    scheduled: Scheduled | None
