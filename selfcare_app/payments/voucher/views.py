"""What the subscriber sees of a voucher that he has used."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from selfcare_app.kit.errors import Fault
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of a typed code: the operation, or why not. The refusal is not raised, because it counts."""

    operation_id: UUID | None = None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What the page begins with: the own number; `closed_until` where too many codes were wrong."""

    number: Msisdn | None
    closed_until: datetime | None


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A card that was paid in: how much, for which number, when; `balance` is that of the own account, if it is it."""

    amount: Money
    number: Msisdn | None
    at: datetime
    balance: Money | None
