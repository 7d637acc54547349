"""Random acts leave the ledger as plain arithmetic would have it: after every step, on both engines."""

import itertools
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from selfcare_app.ledger.pending import HoldEnded, HoldExpired
from selfcare_app.ledger.post import KeyReused, Leg, NotEnough, Posted
from selfcare_app.ledger.reverse import AlreadyReversed
from tests.ledger.conftest import CASH, FEES, Books, at_once, byn

FLOORS = (0, -300, 0)
"""Two prepaid accounts and, between them, a postpaid one with a credit limit."""

OUTSIDE = -1
"""Stands for an account of the operator, which has no floor."""

amounts = st.integers(1, 400)
people = st.integers(0, len(FLOORS) - 1)
any_before = st.integers(0, 50)
ways = st.booleans()
"""In a transaction of its own, or through the one writer."""

Sides = tuple[tuple[int, int, int], ...]
"""Who pays, who gets, how much: for each leg."""


@dataclass
class Holding:
    """A hold as the model sees it."""

    id: UUID
    sides: Sides
    until: int
    outcome: str = ""
    settled: Posted | None = None


@dataclass
class Model:
    """What should be: balances, what is held of them, and every act that succeeded with what it gave back."""

    balances: list[int] = field(default_factory=lambda: [0] * len(FLOORS))
    held: list[int] = field(default_factory=lambda: [0] * len(FLOORS))
    done: list[tuple[str, Sides, Posted]] = field(default_factory=list)
    holds: list[Holding] = field(default_factory=list)
    reversed: dict[UUID, Posted] = field(default_factory=dict)

    def allows(self, sides: Sides) -> bool:
        """Whether nobody who ends with less than before ends below the floor."""
        return all(
            after >= min(floor, before)
            for floor, before, after in zip(FLOORS, self.free(), self.free(moved(sides)), strict=True)
        )

    def free(self, changes: tuple[int, ...] = (0, 0, 0)) -> list[int]:
        return [b - h + c for b, h, c in zip(self.balances, self.held, changes, strict=True)]

    def move(self, sides: Sides) -> None:
        self.balances = [b + c for b, c in zip(self.balances, moved(sides), strict=True)]

    def keep(self, sides: Sides, sign: int) -> None:
        for payer, _, minor in sides:
            if payer != OUTSIDE:
                self.held[payer] += sign * minor


def moved(sides: Sides) -> tuple[int, ...]:
    changes = [0] * (len(FLOORS) + 1)
    for payer, receiver, minor in sides:
        changes[payer] -= minor
        changes[receiver] += minor
    return tuple(changes[:-1])


class Ledger(RuleBasedStateMachine):
    """Does to the ledger what is done to the model, and compares."""

    books: Books
    _keys = itertools.count()

    @initialize()
    def begin(self) -> None:
        self.model, self.seconds = Model(), 0
        self.accounts = [
            self.books.account(),
            self.books.account(settlement="postpaid", credit_limit_minor=-FLOORS[1]),
            self.books.account(),
        ]

    def legs(self, sides: Sides) -> list[Leg]:
        def ref(who: int, outside: tuple[str, str]):  # type: ignore[no-untyped-def]
            return outside if who == OUTSIDE else ("subscriber", self.accounts[who])

        return [Leg(ref(p, CASH), ref(r, FEES), byn(minor), "act") for p, r, minor in sides]

    def key(self) -> str:
        return f"{next(self._keys)}"

    def now(self) -> Books:
        return self.books.later(self.seconds)

    def attempt(self, sides: Sides, *, may_overdraw: bool = False, alone: bool = False) -> None:
        key, allowed = self.key(), may_overdraw or self.model.allows(sides)
        try:
            posted = self.now().post(*self.legs(sides), key=key, may_overdraw=may_overdraw, alone=alone)
        except NotEnough:
            assert not allowed
            return
        assert allowed
        self.model.move(sides)
        self.model.done.append((key, sides, posted))

    @rule(who=people, minor=amounts)
    def pay(self, who: int, minor: int) -> None:
        self.attempt(((OUTSIDE, who, minor),))

    @rule(who=people, minor=amounts, alone=ways)
    def spend(self, who: int, minor: int, alone: bool) -> None:
        self.attempt(((who, OUTSIDE, minor),), alone=alone)

    @rule(who=people, minor=amounts, alone=ways)
    def overdraw(self, who: int, minor: int, alone: bool) -> None:
        self.attempt(((who, OUTSIDE, minor),), may_overdraw=True, alone=alone)

    @rule(who=people, step=st.integers(1, 2), minor=amounts, charge=st.integers(1, 30), alone=ways)
    def send(self, who: int, step: int, minor: int, charge: int, alone: bool) -> None:
        self.attempt(((who, (who + step) % 3, minor), (who, OUTSIDE, charge)), alone=alone)

    @rule(acts=st.lists(st.tuples(people, people, amounts), min_size=2, max_size=6))
    def together(self, acts: list[tuple[int, int, int]]) -> None:
        """Several callers whose acts come to the one writer at the same moment, in this order."""
        sides: list[Sides] = [((who, to if to != who else OUTSIDE, minor),) for who, to, minor in acts]
        keys = [self.key() for _ in sides]
        asked = [(self.legs(each), key) for each, key in zip(sides, keys, strict=True)]
        for each, key, outcome in zip(sides, keys, at_once(self.now(), asked), strict=True):
            allowed = self.model.allows(each)
            assert isinstance(outcome, Posted if allowed else NotEnough), (each, outcome)
            if isinstance(outcome, Posted):
                self.model.move(each)
                self.model.done.append((key, each, outcome))

    @rule(which=any_before, alone=ways)
    def again(self, which: int, alone: bool) -> None:
        if self.model.done:
            key, sides, posted = self.model.done[which % len(self.model.done)]
            assert self.now().post(*self.legs(sides), key=key, alone=alone) == posted

    @rule(which=any_before, minor=amounts)
    def reuse(self, which: int, minor: int) -> None:
        if self.model.done:
            key, _, _ = self.model.done[which % len(self.model.done)]
            with pytest.raises(KeyReused):
                self.now().post(Leg(FEES, CASH, byn(minor), "something else"), key=key)

    @rule(who=people, minor=amounts, charge=st.integers(0, 20), seconds=st.integers(1, 100))
    def hold(self, who: int, minor: int, charge: int, seconds: int) -> None:
        sides: Sides = ((who, (who + 1) % 3, minor), (who, OUTSIDE, charge))[: 2 if charge else 1]
        allowed = self.model.allows(tuple((payer, OUTSIDE, m) for payer, _, m in sides))
        try:
            held = self.now().hold(*self.legs(sides), key=self.key(), seconds=seconds)
        except NotEnough:
            assert not allowed
            return
        assert allowed
        self.model.keep(sides, +1)
        self.model.holds.append(Holding(held.hold_id, sides, self.seconds + seconds))

    @rule(which=any_before)
    def settle(self, which: int) -> None:
        if not self.model.holds:
            return
        held = self.model.holds[which % len(self.model.holds)]
        if held.outcome == "settled":
            assert self.now().settle(held.id) == held.settled
        elif held.outcome:
            with pytest.raises(HoldEnded):
                self.now().settle(held.id)
        elif self.seconds >= held.until:
            with pytest.raises(HoldExpired):
                self.now().settle(held.id)
        else:
            held.settled, held.outcome = self.now().settle(held.id), "settled"
            self.model.keep(held.sides, -1)
            self.model.move(held.sides)

    @rule(which=any_before)
    def void(self, which: int) -> None:
        if not self.model.holds:
            return
        held = self.model.holds[which % len(self.model.holds)]
        if held.outcome == "settled":
            with pytest.raises(HoldEnded):
                self.now().void(held.id)
            return
        self.now().void(held.id)
        self.let_go(held, "voided")

    @rule(seconds=st.integers(1, 60))
    def wait(self, seconds: int) -> None:
        self.seconds += seconds

    @rule()
    def expire(self) -> None:
        over = [held for held in self.model.holds if not held.outcome and held.until <= self.seconds]
        assert self.now().expire() == len(over)
        for held in over:
            self.let_go(held, "expired")

    def let_go(self, held: Holding, outcome: str) -> None:
        if not held.outcome:
            held.outcome = outcome
            self.model.keep(held.sides, -1)

    @rule(which=any_before, leg=st.integers(0, 1), forced=st.booleans())
    def reverse(self, which: int, leg: int, forced: bool) -> None:
        if not self.model.done:
            return
        _, sides, posted = self.model.done[which % len(self.model.done)]
        payer, receiver, minor = sides[leg % len(sides)]
        transfer = posted.transfers[leg % len(sides)]
        key = f"back {transfer} {forced}"
        back: Sides = ((receiver, payer, minor),)
        try:
            mirror = self.now().reverse(transfer, key=key, may_overdraw=forced)
        except AlreadyReversed:
            assert transfer in self.model.reversed
            return
        except NotEnough:
            assert not forced and transfer not in self.model.reversed and not self.model.allows(back)
            return
        if transfer in self.model.reversed:
            assert mirror == self.model.reversed[transfer]
            return
        assert forced or self.model.allows(back)
        self.model.reversed[transfer] = mirror
        self.model.move(back)

    @invariant()
    def is_as_arithmetic_has_it(self) -> None:
        if not hasattr(self, "model"):
            return
        assert [self.books.balance(account) for account in self.accounts] == self.model.balances
        assert [self.books.held(account) for account in self.accounts] == self.model.held

    def teardown(self) -> None:
        if hasattr(self, "model"):
            # What is still held when an example ends would expire in the next one.
            for held in self.model.holds:
                if not held.outcome:
                    self.now().void(held.id)
            self.now().check()


def run(books: Books, examples: int, steps: int) -> None:
    machine = type("LedgerOfBooks", (Ledger,), {"books": books})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.security("R5")
def test_any_sequence_of_acts_ends_where_plain_arithmetic_does(books: Books) -> None:
    run(books, examples=12, steps=25)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.security("R5")
def test_two_thousand_sequences_end_where_plain_arithmetic_does(books: Books) -> None:
    run(books, examples=2000 if books.db.is_sqlite else 500, steps=30)
