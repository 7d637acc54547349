"""Pure decisions of the ledger: whether legs are well made, what they sum up to, how deep an account may go."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring_ascii as _said
from uuid import UUID

from selfcare_app.kit.money import Money

SUBSCRIBER = "subscriber"
"""The kind of the ledger accounts whose balance belongs to a subscriber's personal account."""

BONUS = "bonus"
"""The kind of the accounts of a personal account's bonus units: never below nothing, spent by its own lines alone."""

PERSONAL = frozenset({SUBSCRIBER, BONUS})
"""Kinds whose code is the id of a personal account."""

AccountRef = tuple[str, UUID | str]
"""`("subscriber", account id)`, or kind and code of an account of the operator: `("revenue", "number_change")`."""

AccountKey = tuple[str, str, str]
"""Kind, code and currency: what an account of the ledger is found by."""

Move = tuple[AccountKey, AccountKey, int, str]
"""A leg as keys and numbers: who is debited, who is credited, how many minor units, what for."""


@dataclass(frozen=True, slots=True)
class Leg:
    """`amount` from the `debit` to the `credit` account; `code` says what for."""

    debit: AccountRef
    credit: AccountRef
    amount: Money
    code: str


class Unsound(Exception):
    """What was written does not add up: a bug, never a refusal; the transaction must not commit."""


@dataclass(slots=True)
class Change:
    """What an operation adds to one account's running sums, in minor units."""

    debits: int = 0
    credits: int = 0
    debits_pending: int = 0
    credits_pending: int = 0


@dataclass(frozen=True, slots=True)
class Sums:
    """The running sums of one account, in minor units."""

    debits: int = 0
    credits: int = 0
    debits_pending: int = 0
    credits_pending: int = 0

    @property
    def spendable(self) -> int:
        """What is there and not held."""
        return self.credits - self.debits - self.debits_pending

    def plus(self, change: Change) -> "Sums":
        """The sums with a change added."""
        return Sums(
            self.debits + change.debits,
            self.credits + change.credits,
            self.debits_pending + change.debits_pending,
            self.credits_pending + change.credits_pending,
        )

    def since(self, before: "Sums") -> Change:
        """What was added to `before`."""
        return Change(
            self.debits - before.debits,
            self.credits - before.credits,
            self.debits_pending - before.debits_pending,
            self.credits_pending - before.credits_pending,
        )


def key_of(ref: AccountRef, currency: str) -> AccountKey:
    """The account's key in a currency."""
    return ref[0], str(ref[1]), currency


def check(legs: Sequence[Leg]) -> None:
    """Raises ValueError for legs that no caller may make: none, nothing moved, or one account on both sides."""
    moves(legs)


def moves(legs: Sequence[Leg]) -> list[Move]:
    """The legs as keys and numbers. Raises ValueError as check() does."""
    if not legs:
        raise ValueError("an operation moves something")
    found: list[Move] = []
    for leg in legs:
        amount = leg.amount
        if amount.minor <= 0:
            raise ValueError("a transfer is of more than nothing")
        debit, credit = key_of(leg.debit, amount.currency), key_of(leg.credit, amount.currency)
        if debit == credit:
            raise ValueError("a transfer has two different sides")
        found.append((debit, credit, amount.minor, leg.code))
    return found


def changes(legs: Sequence[Leg]) -> dict[AccountKey, Change]:
    """What moving the legs adds to each account."""
    sums: dict[AccountKey, Change] = {}
    for leg in legs:
        sums.setdefault(key_of(leg.debit, leg.amount.currency), Change()).debits += leg.amount.minor
        sums.setdefault(key_of(leg.credit, leg.amount.currency), Change()).credits += leg.amount.minor
    return sums


def held(legs: Sequence[Leg], *, move: bool | None = None) -> dict[AccountKey, Change]:
    """What holding the legs adds to each account, or with `move` given ending the hold: moved or let go."""
    sums: dict[AccountKey, Change] = {}
    for leg in legs:
        minor = leg.amount.minor if move is None else -leg.amount.minor
        sums.setdefault(key_of(leg.debit, leg.amount.currency), Change()).debits_pending += minor
        sums.setdefault(key_of(leg.credit, leg.amount.currency), Change()).credits_pending += minor
    if move:
        for key, change in changes(legs).items():
            sums[key].debits, sums[key].credits = change.debits, change.credits
    return sums


def check_balanced(changed: Mapping[AccountKey, Change]) -> None:
    """Raises Unsound unless what was debited and what was credited is the same in each currency, held money too."""
    totals: dict[str, list[int]] = {}
    for (_, _, currency), change in changed.items():
        total = totals.setdefault(currency, [0, 0])
        total[0] += change.debits - change.credits
        total[1] += change.debits_pending - change.credits_pending
    if any(any(total) for total in totals.values()):
        raise Unsound(f"debits less credits, moved and held: {totals}")


def lowest(before: Sums, after: Sums, floor_minor: int, *, may_overdraw: bool) -> int:
    """How low an account may go with a change: what was already below its floor may not sink further."""
    allowed = min(before.spendable, floor_minor)
    return min(after.spendable, allowed) if may_overdraw else allowed


def digest(legs: Sequence[Leg], *more: str) -> str:
    """SHA-256 of all that makes two operations the same act; `more` tells acts with the same legs apart."""
    plain = [(key_of(e.debit, ""), key_of(e.credit, e.amount.currency), e.amount.minor, e.code) for e in legs]
    return digest_of(plain, *more)


def digest_of(moved: Sequence[Move], *more: str) -> str:
    """digest() of legs that are keys and numbers already."""
    # The words of JSON, set by hand: an encoder for each operation would take longer than all the rest of this.
    said = [
        f"[{_said(debit[0])},{_said(debit[1])},{_said(credit[0])},{_said(credit[1])},{minor},{_said(credit[2])},{_said(code)}]"
        for debit, credit, minor, code in moved
    ]
    return hashlib.sha256(f"[{','.join([*said, *map(_said, more)])}]".encode()).hexdigest()


def floor(settlement: str, credit_limit_minor: int) -> int:
    """The lowest balance that spending may lead to, in minor units: 0 prepaid, minus the credit limit postpaid."""
    return -credit_limit_minor if settlement == "postpaid" else 0


def floor_of(kind: str, settlement: str, credit_limit_minor: int) -> int | None:
    """The floor of an account of the ledger; the operator's own accounts have none."""
    if kind == BONUS:
        return 0
    return floor(settlement, credit_limit_minor) if kind == SUBSCRIBER else None
