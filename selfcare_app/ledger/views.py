"""What the ledger shows: entries of a personal account."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from selfcare_app.kit.money import Money


@dataclass(frozen=True, slots=True)
class Entry:
    """One transfer seen from a personal account: `amount` is above zero for what came in, below for what went out."""

    id: UUID
    operation_id: UUID
    kind: str
    code: str
    at: datetime
    amount: Money


@dataclass(frozen=True, slots=True)
class Standing:
    """How a personal account stands: `available` is what may be spent: the credit limit included, held money not.

    `as_of` is when a balance or a movement last reached us, None where none has.
    """

    balance: Money
    available: Money
    as_of: datetime | None
