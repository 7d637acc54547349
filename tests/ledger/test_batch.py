"""A batch does what its operations would do one after the other; none of them feels that another is refused."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlmodel import col, func, select

from selfcare_app import wiring
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger.account import NoAccount
from selfcare_app.ledger.batch import Instruction, post_many
from selfcare_app.ledger.operation import Mover
from selfcare_app.ledger.post import KeyReused, Leg, NotEnough, NotYours, Posted, post
from selfcare_app.ledger.tables import Operation, Transfer
from tests.ledger.conftest import CASH, FEES, WORKER, Books, byn, fee

FLOORS = (0, -300, 0)
OUTSIDE, STRANGER = 3, 4
"""An account of the operator, and a personal account that does not exist."""

amounts = st.integers(1, 400)
sides = st.tuples(st.integers(0, STRANGER), st.integers(0, STRANGER), amounts).filter(lambda side: side[0] != side[1])
asked = st.tuples(st.integers(0, 12), st.lists(sides, min_size=1, max_size=3), st.integers(0, 5))
"""Which key, what moves, and whether it may overdraw (one time in six)."""


def many(books: Books, operations: list[Instruction], *, actor: Mover = WORKER) -> list[Posted | Fault]:
    return wiring.do_now(post_many, actor, operations=operations, now=books.now)


def spend(account: UUID, minor: int, key: str) -> Instruction:
    return Instruction("fee", key, (fee(account, minor),))


def one_by_one(books: Books, operations: list[Instruction]) -> list[Posted | Fault]:
    outcomes: list[Posted | Fault] = []
    for each in operations:
        try:
            done = books.post(*each.legs, kind=each.kind, key=each.key, may_overdraw=each.may_overdraw, alone=True)
            outcomes.append(done)
        except Fault as fault:
            outcomes.append(fault)
    return outcomes


def town(books: Books) -> list[UUID]:
    accounts = [
        books.account(paid=500),
        books.account(settlement="postpaid", credit_limit_minor=-FLOORS[1]),
        books.account(),
    ]
    # Their own ids in the ledger decide who is asked first: a ledger account is made at its first movement.
    for n, account in enumerate(accounts):
        books.pay(account, 10, key=f"{account} {n}")
    return accounts


def instructions(accounts: list[UUID], sequence: list[tuple]) -> list[Instruction]:  # type: ignore[type-arg]
    places = [("subscriber", account) for account in accounts] + [("revenue", "town"), ("subscriber", new_id())]
    return [
        Instruction(
            "batch",
            f"{accounts[0]} {key}",
            tuple(Leg(places[payer], places[receiver], byn(minor), "leg") for payer, receiver, minor in moved),
            may_overdraw=not overdraw,
        )
        for key, moved, overdraw in sequence
    ]


def told(outcomes: list[Posted | Fault]) -> list[object]:
    """What can be compared between two towns: which earlier operation it repeats, or the refusal."""
    seen: dict[UUID, int] = {}
    return [
        (seen.setdefault(each.operation_id, n), len(each.transfers))
        if isinstance(each, Posted)
        else (type(each), each.params)
        for n, each in enumerate(outcomes)
    ]


def compare(books: Books, sequence: list[tuple], cut: int) -> None:  # type: ignore[type-arg]
    here, there = town(books), town(books)
    before = [books.balance(account) for account in here]
    batched = instructions(here, sequence)
    # In two batches, so that the second meets keys of the first.
    outcomes = many(books, batched[:cut]) + many(books, batched[cut:])
    plain = one_by_one(books, instructions(there, sequence))
    assert told(outcomes) == told(plain), (batched, before)
    assert [books.balance(account) for account in here] == [books.balance(account) for account in there]
    assert written(books, here) == written(books, there)


def written(books: Books, accounts: list[UUID]) -> list[object]:
    with books.db.snapshot() as session:
        query = (
            select(Operation.idempotency_key, Transfer.seq, Transfer.amount_minor, Transfer.code)
            .join(Operation, col(Operation.id) == Transfer.operation_id)
            .where(col(Operation.idempotency_key).startswith(f"{accounts[0]} "), Operation.kind == "batch")
        )
        return sorted((row[0].split()[1], *row[1:]) for row in session.exec(query).all())


cases = given(st.lists(asked, min_size=1, max_size=20), st.integers(0, 20))
kept_calm = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=25, deadline=None, database=None, suppress_health_check=kept_calm)
@cases
def test_a_batch_is_what_its_operations_are_one_by_one(books: Books, sequence: list[tuple], cut: int) -> None:  # type: ignore[type-arg]
    compare(books, sequence, cut)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@settings(max_examples=1_000, deadline=None, database=None, suppress_health_check=kept_calm)
@cases
def test_a_thousand_batches_are_what_their_operations_are(books: Books, sequence: list[tuple], cut: int) -> None:  # type: ignore[type-arg]
    compare(books, sequence, cut)


def test_an_uncovered_debit_is_nobody_elses(books: Books) -> None:
    rich, poor = books.account(paid=1000), books.account(paid=5)
    done = many(books, [spend(rich, 100, "a"), spend(poor, 6, "b"), spend(rich, 900, "c"), spend(rich, 1, "d")])
    assert [type(each) for each in done] == [Posted, NotEnough, Posted, NotEnough]
    assert isinstance(done[1], Fault)
    assert done[1].params == {"available": byn(5), "needed": byn(6), "missing": byn(1)}
    assert (books.balance(rich), books.balance(poor)) == (0, 5)
    # What was refused has left its key free.
    books.pay(poor, 1, key="more")
    assert isinstance(books.spend(poor, 6, key="b"), Posted)


def test_money_of_an_earlier_operation_pays_a_later_one(books: Books) -> None:
    account = books.account()
    pay = Instruction("payment", "p", (Leg(CASH, ("subscriber", account), byn(100), "payment"),))
    done = many(books, [spend(account, 100, "early"), pay, spend(account, 100, "late")])
    assert [type(each) for each in done] == [NotEnough, Posted, Posted]


def test_keys_are_known_again_in_one_batch_in_the_next_and_from_post(books: Books) -> None:
    account = books.account(paid=1000)
    single = books.spend(account, 10, key="single")
    first = many(books, [spend(account, 10, "k"), spend(account, 10, "k"), spend(account, 11, "k")])
    again = many(books, [spend(account, 10, "k"), spend(account, 10, "single"), spend(account, 9, "single")])
    assert first[0] == first[1] == again[0] == books.spend(account, 10, key="k")
    assert again[1] == single
    assert [type(first[2]), type(again[2])] == [KeyReused, KeyReused]
    assert books.balance(account) == 980


def test_held_money_pays_nothing_in_a_batch(books: Books) -> None:
    account = books.account(paid=100)
    held = books.hold(fee(account, 60), key="h")
    assert [type(each) for each in many(books, [spend(account, 41, "a"), spend(account, 40, "b")])] == [
        NotEnough,
        Posted,
    ]
    books.settle(held.hold_id)
    assert books.balance(account) == 0


@pytest.mark.security("S-06")
def test_a_subscriber_debits_the_own_account_only(books: Books) -> None:
    (actor, own), (_, other) = books.customer(paid=100), books.customer(paid=100)
    both = Instruction("fee", "both", (fee(own, 1), fee(other, 1)))
    done = many(books, [spend(other, 1, "theirs"), both, spend(own, 1, "own")], actor=actor)
    assert [type(each) for each in done] == [NotYours, NotYours, Posted]
    assert (books.balance(own), books.balance(other)) == (99, 100)
    with books.db.snapshot() as session:
        assert session.get_one(Operation, done[2].operation_id).session_id == actor.session_id  # type: ignore[union-attr]


def test_bonus_units_are_spent_to_the_last_and_are_no_money(books: Books) -> None:
    account = books.account(paid=100)

    def units(minor: int, key: str, *, give: bool = False) -> Instruction:
        own, other = ("bonus", str(account)), ("bonus_issue", "")
        sides = (other, own) if give else (own, other)
        return Instruction("bonus", key, (Leg(*sides, Money(minor, "PTS", 0), "bonus"),))

    in_money = Instruction("bonus", "x", (Leg(CASH, ("bonus", str(account)), byn(1), "bonus"),))
    as_money = Instruction("fee", "y", (Leg(("subscriber", account), FEES, Money(1, "PTS", 0), "fee"),))
    done = many(books, [units(5, "a", give=True), units(6, "b"), units(5, "c"), in_money, as_money])
    assert [type(each) for each in done] == [Posted, NotEnough, Posted, NoAccount, NoAccount]
    with pytest.raises(NotEnough):
        books.post(*units(1, "d").legs, key="d")
    assert books.balance(account) == 100


def test_nothing_asked_is_nothing_done(books: Books) -> None:
    assert many(books, []) == []
    with pytest.raises(ValueError, match="moves something"):
        many(books, [Instruction("fee", "k", ())])


def test_the_number_of_statements_does_not_grow_with_the_batch(books: Books) -> None:
    accounts = [books.account(paid=100) for _ in range(60)]
    books.spend(accounts[0], 1, key="opens the account of the fees")
    counts = []
    for size in (2, 60):
        seen: list[str] = []
        event.listen(books.db.engine, "before_cursor_execute", lambda *args, seen=seen: seen.append(args[2]))
        done = many(books, [spend(account, 1, f"{size} {account}") for account in accounts[:size]])
        assert all(isinstance(each, Posted) for each in done)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 10


def test_a_thousand_subscribers_pay_at_once(books: Books) -> None:
    accounts = [books.account(paid=100) for _ in range(40)]
    batch = [spend(accounts[n % 40], 3, f"{n}") for n in range(2_000)]
    done = many(books, batch)
    assert sum(isinstance(each, Posted) for each in done) == 40 * 33
    assert {books.balance(account) for account in accounts} == {1}


@pytest.mark.security("R4")
def test_batches_and_single_posts_with_the_same_keys_at_once_are_each_key_once(books: Books) -> None:
    accounts = [books.account(paid=1_000) for _ in range(6)]
    ready = Barrier(10)

    def act(n: int) -> int:
        ready.wait()
        keys = range(30)[:: 1 if n % 2 else -1]
        if n < 6:
            done = many(books, [spend(accounts[key % 6], 10, f"k{key}") for key in keys])
        else:
            done = one_by_one(books, [spend(accounts[key % 6], 10, f"k{key}") for key in keys])
        return sum(isinstance(each, Posted) for each in done)

    with ThreadPoolExecutor(10) as threads:
        assert list(threads.map(act, range(10))) == [30] * 10
    assert {books.balance(account) for account in accounts} == {950}
    with books.db.snapshot() as session:
        assert session.exec(select(func.count()).where(Operation.kind == "fee")).one() == 30


def test_a_key_that_a_rival_takes_in_the_middle_of_a_batch_is_found_again(books: Books) -> None:
    one, two, three = (books.account(paid=100) for _ in range(3))
    books.spend(one, 1, key="opens the account of the fees")
    decided = Event()

    def writes(*args: object) -> None:
        if "INSERT INTO operation" in str(args[2]) and "v.session_id" in str(args[2]):
            decided.set()

    event.listen(books.db.engine, "before_cursor_execute", writes)
    with ThreadPoolExecutor(1) as threads:
        with books.db.transaction() as session:
            # A transfer that touches none of the batch's accounts: nothing but the key is between the two.
            leg = Leg(("subscriber", one), ("subscriber", two), byn(5), "fee")
            post(session, WORKER, kind="fee", key="k", legs=[leg], now=books.now)
            batch = threads.submit(many, books, [spend(three, 5, "k"), spend(three, 6, "other")])
            # SQLite's batch waits for the end of this transaction before it looks.
            assert books.db.is_sqlite or decided.wait(30)
        done = batch.result()
    assert [type(each) for each in done] == [KeyReused, Posted]
    assert (books.balance(one), books.balance(three)) == (94, 94)
