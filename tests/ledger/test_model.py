"""Random operations leave the ledger as a plain dictionary of balances would have it."""

from dataclasses import dataclass, field
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from selfcare_app.ledger.post import KeyReused, Leg, NotEnough, Posted
from tests.ledger.conftest import CASH, FEES, Books, byn

FLOORS = (0, -300, 0)
"""Two prepaid accounts and, between them, a postpaid one with a credit limit."""

amounts = st.integers(1, 400)
people = st.integers(0, len(FLOORS) - 1)
sides = st.tuples(people, people).filter(lambda pair: pair[0] != pair[1])

acts = st.one_of(
    st.tuples(st.just("pay"), people, amounts),
    st.tuples(st.just("spend"), people, amounts),
    st.tuples(st.just("send"), sides, amounts, st.integers(1, 30)),
    st.tuples(st.just("overdraw"), people, amounts),
    st.tuples(st.just("again"), st.integers(0, 30)),
    st.tuples(st.just("reuse"), st.integers(0, 30), amounts),
)


@dataclass
class Model:
    """What should be: balances, and every act that succeeded with what it gave back."""

    accounts: list[UUID]
    balances: list[int] = field(default_factory=lambda: [0, 0, 0])
    done: list[tuple[str, tuple[Leg, ...], Posted]] = field(default_factory=list)

    def legs(self, act: tuple) -> tuple[list[int], tuple[Leg, ...]]:  # type: ignore[type-arg]
        """What an act adds to each balance, and the legs that say so."""
        deltas, refs = [0, 0, 0], [("subscriber", account) for account in self.accounts]
        verb, who, minor = act[:3]
        if verb == "pay":
            deltas[who] = minor
            return deltas, (Leg(CASH, refs[who], byn(minor), verb),)
        if verb == "send":
            sender, receiver = who
            deltas[sender], deltas[receiver] = -minor - act[3], minor
            moved = Leg(refs[sender], refs[receiver], byn(minor), verb)
            return deltas, (moved, Leg(refs[sender], FEES, byn(act[3]), "fee"))
        deltas[who] = -minor
        return deltas, (Leg(refs[who], FEES, byn(minor), verb),)

    def allows(self, deltas: list[int]) -> bool:
        after = [balance + delta for balance, delta in zip(self.balances, deltas, strict=True)]
        lowest = [min(floor, balance) for floor, balance in zip(FLOORS, self.balances, strict=True)]
        return all(a >= low for a, low in zip(after, lowest, strict=True))


def attempt(books: Books, model: Model, act: tuple, key: str) -> None:  # type: ignore[type-arg]
    deltas, legs = model.legs(act)
    overdraw = act[0] == "overdraw"
    try:
        posted = books.post(*legs, key=key, may_overdraw=overdraw)
    except NotEnough:
        posted = None
    if posted is None:
        assert not overdraw
        assert not model.allows(deltas)
        return
    assert overdraw or model.allows(deltas)
    model.balances = [balance + delta for balance, delta in zip(model.balances, deltas, strict=True)]
    model.done.append((key, legs, posted))


def repeat(books: Books, model: Model, act: tuple) -> None:  # type: ignore[type-arg]
    if not model.done:
        return
    key, legs, posted = model.done[act[1] % len(model.done)]
    if act[0] == "again":
        assert books.post(*legs, key=key) == posted
        return
    other = Leg(CASH, ("subscriber", model.accounts[0]), byn(act[2]), "something else")
    try:
        books.post(other, key=key)
    except KeyReused:
        return
    raise AssertionError("a key was taken for something else")


@settings(max_examples=40, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(acts, min_size=1, max_size=25))
def test_any_sequence_of_operations_ends_where_plain_arithmetic_does(books: Books, sequence: list[tuple]) -> None:  # type: ignore[type-arg]
    accounts = [
        books.account(),
        books.account(settlement="postpaid", credit_limit_minor=-FLOORS[1]),
        books.account(),
    ]
    model = Model(accounts)
    for step, act in enumerate(sequence):
        if act[0] in ("again", "reuse"):
            repeat(books, model, act)
        else:
            attempt(books, model, act, key=f"{accounts[0]} {step}")
        assert [books.balance(account) for account in accounts] == model.balances
    books.check()
