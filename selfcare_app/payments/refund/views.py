"""What the subscriber and the desk see of returns of wrong payments."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from selfcare_app.kit.errors import Refused
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn


@dataclass(frozen=True, slots=True)
class Terms:
    """The conditions of a return, and what stands against an application now."""

    number: Msisdn | None
    most: Money
    days: int
    digits: int
    working_days: int
    earliest: date
    latest: date
    obstacle: Refused | None


@dataclass(frozen=True, slots=True)
class Review:
    """What would be applied for; `digest` binds the proof to exactly this."""

    draft_id: UUID
    right: Msisdn
    wrong: Msisdn
    amount: Money
    paid_on: date
    receipt: str
    due_on: date
    digest: str
    obstacle: Refused | None


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """An application as its subscriber sees it: state waiting, accepted or refused with a reason."""

    id: UUID
    no: int
    right: Msisdn
    wrong: Msisdn
    amount: Money
    paid_on: date
    applied_at: datetime
    due_on: date
    state: str
    reason: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A payment of that amount to the wrong number, on that day or the one before or after.

    `is_spent`: of its money too little is left on a prepaid account.
    """

    payment_id: UUID
    paid_at: datetime
    channel: str
    is_spent: bool


@dataclass(frozen=True, slots=True)
class AtDesk:
    """An application in the desk's queue; `asked_by` is who has asked a second employee to accept it."""

    application: ApplicationView
    receipt: str
    candidates: tuple[Candidate, ...]
    is_late: bool
    asked_by: str
