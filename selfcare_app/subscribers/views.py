"""What the area shows: lines, and who they belong to."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from selfcare_app.kit.msisdn import Msisdn


@dataclass(frozen=True, slots=True)
class LineView:
    """A subscription as it stands; `msisdn` is None when it has no number any more."""

    id: UUID
    account_id: UUID
    msisdn: Msisdn | None
    kind: str
    state: str
    access: str
    tariff_plan: str
    language: str
    ip_address: str
    activated_on: date


@dataclass(frozen=True, slots=True)
class Person:
    """Who has the line: the user's name, the client with the contract, and the account that pays.

    `credit_limit_minor` is in minor units of `currency`; `balance_as_of` is when billing last gave a balance.
    """

    line: LineView
    name: str
    owner: str
    owner_kind: str
    client_id: str
    email: str
    account_number: str
    account_opened_on: date
    currency: str
    settlement: str
    payment_form: str
    credit_limit_minor: int
    balance_as_of: datetime | None
