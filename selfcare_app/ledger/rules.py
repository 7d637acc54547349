"""Pure decisions of the ledger: whether legs are well made, what they sum up to, how deep an account may go."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from selfcare_app.kit.money import Money

SUBSCRIBER = "subscriber"
"""The kind of the ledger accounts whose balance belongs to a subscriber's personal account."""

AccountRef = tuple[str, UUID | str]
"""`("subscriber", account id)`, or kind and code of an account of the operator: `("revenue", "number_change")`."""

AccountKey = tuple[str, str, str]
"""Kind, code and currency: what an account of the ledger is found by."""


@dataclass(frozen=True, slots=True)
class Leg:
    """`amount` from the `debit` to the `credit` account; `code` says what for."""

    debit: AccountRef
    credit: AccountRef
    amount: Money
    code: str


@dataclass(slots=True)
class Change:
    """What an operation adds to one account's running sums, in minor units."""

    debits: int = 0
    credits: int = 0


def key_of(ref: AccountRef, currency: str) -> AccountKey:
    """The account's key in a currency."""
    return ref[0], str(ref[1]), currency


def check(legs: Sequence[Leg]) -> None:
    """Raises ValueError for legs that no caller may make: none, nothing moved, or one account on both sides."""
    if not legs:
        raise ValueError("an operation moves something")
    for leg in legs:
        if leg.amount.minor <= 0:
            raise ValueError("a transfer is of more than nothing")
        if key_of(leg.debit, "") == key_of(leg.credit, ""):
            raise ValueError("a transfer has two different sides")


def changes(legs: Sequence[Leg]) -> dict[AccountKey, Change]:
    """What the legs together add to each account."""
    sums: dict[AccountKey, Change] = {}
    for leg in legs:
        sums.setdefault(key_of(leg.debit, leg.amount.currency), Change()).debits += leg.amount.minor
        sums.setdefault(key_of(leg.credit, leg.amount.currency), Change()).credits += leg.amount.minor
    return sums


def digest(legs: Sequence[Leg]) -> str:
    """SHA-256 of all that makes two operations the same act."""
    plain = [[*map(str, (*leg.debit, *leg.credit)), leg.amount.minor, leg.amount.currency, leg.code] for leg in legs]
    return hashlib.sha256(json.dumps(plain, separators=(",", ":")).encode()).hexdigest()


def floor(settlement: str, credit_limit_minor: int) -> int:
    """The lowest balance that spending may lead to, in minor units: 0 prepaid, minus the credit limit postpaid."""
    return -credit_limit_minor if settlement == "postpaid" else 0
