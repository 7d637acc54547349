"""Held money can't be spent, moves once or goes back once, and never after its time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from selfcare_app import wiring
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.ids import new_id
from selfcare_app.ledger import balance
from selfcare_app.ledger.pending import HoldEnded, HoldExpired, NoHold
from selfcare_app.ledger.post import KeyReused, Leg, NotEnough, NotYours
from selfcare_app.ledger.tables import Operation
from selfcare_app.worker import jobs
from tests.ledger.conftest import CASH, WORKER, Books, byn, fee


def test_held_money_stays_on_the_balance_and_can_not_be_spent(books: Books) -> None:
    actor, account = books.customer(paid=1000)
    books.hold(fee(account, 700), key="h")
    assert (books.balance(account), books.held(account)) == (1000, 700)
    seen = wiring.ask_now(balance.standing, actor, now=books.now)
    assert (seen.balance, seen.available) == (byn(1000), byn(300))
    with pytest.raises(NotEnough) as refused:
        books.spend(account, 301, key="too much")
    assert refused.value.params == {"available": byn(300), "needed": byn(301), "missing": byn(1)}
    with pytest.raises(NotEnough) as refused:
        books.hold(fee(account, 301), key="too much")
    assert refused.value.params["missing"] == byn(1)
    books.spend(account, 300, key="the rest")


def test_a_settled_hold_has_moved_once_however_often_it_is_asked(books: Books) -> None:
    payer, receiver = books.account(paid=1000), books.account()
    to_another = Leg(("subscriber", payer), ("subscriber", receiver), byn(300), "transfer")
    held = books.hold(to_another, fee(payer, 20), key="h")
    assert books.balance(receiver) == 0
    first, second = books.settle(held.hold_id), books.later(5).settle(held.hold_id)
    assert first == second
    assert len(first.transfers) == 2
    assert (books.balance(payer), books.balance(receiver), books.held(payer)) == (680, 300, 0)
    with pytest.raises(HoldEnded):
        books.void(held.hold_id)


def test_a_voided_hold_gives_all_back(books: Books) -> None:
    account = books.account(paid=1000)
    held = books.hold(fee(account, 1000), key="h")
    books.void(held.hold_id)
    books.void(held.hold_id)
    assert (books.balance(account), books.held(account)) == (1000, 0)
    with pytest.raises(HoldEnded) as refused:
        books.settle(held.hold_id)
    assert refused.value.params == {"outcome": "voided"}
    books.spend(account, 1000, key="all")


def test_the_same_hold_again_is_the_same_hold(books: Books) -> None:
    account = books.account(paid=1000)
    first = books.hold(fee(account, 100), key="h", seconds=60)
    assert books.later(30).hold(fee(account, 100), key="h", seconds=60) == first
    assert books.held(account) == 100
    with pytest.raises(KeyReused):
        books.hold(fee(account, 101), key="h")
    with pytest.raises(KeyReused):
        books.post(fee(account, 100), kind="card", key="h")


def test_a_hold_can_be_settled_to_its_last_moment_and_not_at_its_end(books: Books) -> None:
    account = books.account(paid=1000)
    first, second = (books.hold(fee(account, 100), key=key, seconds=60) for key in "ab")
    books.later(59).settle(first.hold_id)
    with pytest.raises(HoldExpired):
        books.later(60).settle(second.hold_id)
    assert (books.balance(account), books.held(account)) == (900, 100)


def test_what_nobody_takes_in_time_goes_back(books: Books) -> None:
    account = books.account(paid=1000)
    early, late = books.hold(fee(account, 100), key="a", seconds=60), books.hold(fee(account, 200), key="b", seconds=61)
    assert books.later(59).expire() == 0
    assert books.later(60).expire() == 1
    assert books.later(60).expire() == 0
    assert books.held(account) == 200
    with pytest.raises(HoldEnded) as refused:
        books.settle(early.hold_id)
    assert refused.value.params == {"outcome": "expired"}
    books.void(early.hold_id)
    books.settle(late.hold_id)


def test_the_worker_lets_go_of_held_money(books: Books) -> None:
    account = books.account(paid=1000)
    books.hold(fee(account, 100), fee(account, 5), key="a", seconds=60)
    job = next(job for job in jobs.JOBS if job.name == "held money")
    assert job.run("w", books.later(60).now) == 1
    assert books.held(account) == 0


def test_money_on_its_way_in_is_nobodys_before_it_is_settled(books: Books) -> None:
    account = books.account()
    held = books.hold(Leg(CASH, ("subscriber", account), byn(500), "card"), key="order 1")
    with pytest.raises(NotEnough):
        books.spend(account, 1, key="early")
    books.settle(held.hold_id)
    books.spend(account, 500, key="now")


def test_a_hold_under_a_debt_is_settled_all_the_same(books: Books) -> None:
    account = books.account(paid=100)
    held = books.hold(fee(account, 100), key="h")
    books.post(fee(account, 50), key="usage", may_overdraw=True)
    books.settle(held.hold_id)
    assert books.balance(account) == -50
    with pytest.raises(NotEnough):
        books.spend(account, 1, key="deeper")


@pytest.mark.security("S-06")
def test_nobody_holds_or_ends_what_is_not_his(books: Books) -> None:
    (owner, account), (thief, other) = books.customer(paid=1000), books.customer()
    with pytest.raises(NotYours):
        books.hold(fee(account, 100), key="h", actor=thief)
    own = books.hold(fee(account, 100), key="h", actor=owner)
    for act in (books.settle, books.void):
        with pytest.raises(NoHold):
            act(own.hold_id, actor=thief)
        with pytest.raises(NoHold):
            act(new_id(), actor=owner)
    with pytest.raises(NoHold):
        books.settle(books.pay(other, 5, key="no hold at all").operation_id)
    books.void(own.hold_id, actor=owner)
    assert (books.balance(account), books.held(account)) == (1000, 0)


def test_a_hold_that_ends_before_it_begins_is_a_bug_of_the_caller(books: Books) -> None:
    account = books.account(paid=100)
    with pytest.raises(ValueError, match="ends later"):
        books.hold(fee(account, 1), key="h", seconds=0)


@pytest.mark.security("R4")
def test_ended_by_many_at_once_it_ends_once(books: Books) -> None:
    account = books.account(paid=1000)
    for turn in range(4):
        held = books.hold(fee(account, 100), key=f"h{turn}")
        before, ready = books.balance(account), Barrier(12)

        def end(n: int, hold_id=held.hold_id, ready=ready) -> str:  # type: ignore[no-untyped-def]
            ready.wait()
            try:
                return str(books.settle(hold_id).operation_id) if n % 2 else str(books.void(hold_id))
            except Fault as fault:
                return fault.code

        with ThreadPoolExecutor(12) as threads:
            ends = list(threads.map(end, range(12)))
        settled, voided = set(ends[1::2]), set(ends[::2])
        assert books.held(account) == 0
        if settled == {"ledger.hold_ended"}:
            assert (voided, books.balance(account)) == ({"None"}, before)
        else:
            assert (len(settled), voided, books.balance(account)) == (1, {"ledger.hold_ended"}, before - 100)


@pytest.mark.security("asvs_13_2_2")
def test_the_database_keeps_every_hold_and_floor(books: Books) -> None:
    account = books.account(paid=100)
    books.hold(fee(account, 60), key="h")
    for statement, reason in (
        ("DELETE FROM money_hold", "immutable"),
        ("UPDATE money_hold SET outcome = 'settled'", "ended"),
        ("UPDATE ledger_account SET debits_pending = debits_pending + 41 WHERE kind = 'subscriber'", "floor"),
        ("UPDATE ledger_account SET credits_pending = -1", "sums"),
    ):
        with pytest.raises(DBAPIError, match=reason), books.db.transaction() as session:
            session.connection().execute(text(statement))


def test_an_operation_remembers_session_and_who_sat_there(books: Books) -> None:
    actor, account = books.customer(paid=100)
    posted = books.post(fee(account, 1), key="own", actor=actor)
    books.post(fee(account, 1), key="ours")
    with books.db.snapshot() as session:
        own = session.get_one(Operation, posted.operation_id)
        ours = session.exec(select(Operation).where(Operation.idempotency_key == "ours")).one()
        assert (own.actor, own.acted_by, own.session_id) == (f"subscriber:{actor.line_id}", "", actor.session_id)
        assert (ours.actor, ours.session_id) == (f"system:{WORKER.job}", None)
