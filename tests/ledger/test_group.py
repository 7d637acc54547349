"""The one writer: who asks at the same moment shares a commit, and nothing else."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from selfcare_app import wiring
from selfcare_app.access.must_change import PasswordDue
from selfcare_app.kit.ids import new_id
from selfcare_app.ledger.account import NoAccount
from selfcare_app.ledger.post import KeyReused, Leg, NotEnough, NotYours, Posted, post
from selfcare_app.ledger.tables import LedgerAccount, Operation
from tests.ledger.conftest import CASH, WORKER, Books, at_once, byn, fee

TOO_MUCH_FOR_A_COLUMN = 2**63


def commits(books: Books) -> Callable[[], int]:
    """How many transactions have been committed since."""
    seen: list[object] = []
    event.listen(books.db.engine, "commit", seen.append)
    return lambda: len(seen)


def in_one_turn(books: Books, *acts: tuple[object, Leg, str]) -> list[object]:
    """What becomes of acts (actor, leg, key) of one turn of an event loop, refusals and errors as values."""

    async def all_of_them() -> list[object]:
        asked = [
            asyncio.create_task(wiring.do(post, actor, kind="test", key=key, legs=[leg], now=books.now))  # type: ignore[arg-type]
            for actor, leg, key in acts
        ]
        return list(await asyncio.gather(*asked, return_exceptions=True))

    return asyncio.run(all_of_them())


def test_what_is_asked_in_one_turn_is_one_commit(books: Books) -> None:
    account = books.account(paid=1_000)
    committed = commits(books)
    done = at_once(books, [([fee(account, 3)], f"k{n}") for n in range(40)])
    assert committed() == 1
    assert len({each.operation_id for each in done if isinstance(each, Posted)}) == 40
    assert books.balance(account) == 880


def test_an_uncovered_debit_is_nobody_elses(books: Books) -> None:
    rich, poor = books.account(paid=1_000), books.account(paid=5)
    asked = [(rich, 100, "a"), (poor, 6, "b"), (rich, 900, "c"), (rich, 1, "d"), (poor, 5, "e")]
    done = at_once(books, [([fee(account, minor)], key) for account, minor, key in asked])
    assert [type(each) for each in done] == [Posted, NotEnough, Posted, NotEnough, Posted]
    assert isinstance(done[1], NotEnough)
    assert done[1].params == {"available": byn(5), "needed": byn(6), "missing": byn(1)}
    assert (books.balance(rich), books.balance(poor)) == (0, 0)


def test_one_key_in_one_group_is_one_operation(books: Books) -> None:
    account = books.account(paid=1_000)
    legs, others = [fee(account, 10)], [fee(account, 11)]
    first = at_once(books, [(legs, "k"), (legs, "k"), (others, "k"), (legs, "k")])
    assert first[0] == first[1] == first[3] == books.post(*legs, key="k", alone=True)
    assert isinstance(first[2], KeyReused)
    assert books.balance(account) == 990


@pytest.mark.security("S-06")
def test_everybody_in_a_group_is_who_he_is(books: Books) -> None:
    (one, own), (two, other) = books.customer(paid=100), books.customer(paid=100)
    done = in_one_turn(
        books,
        (one, fee(own, 1), "k"),
        (two, fee(own, 1), "k"),
        (two, fee(other, 2), "k2"),
        (WORKER, fee(other, 3), "k"),
        (one, fee(other, 50), "k3"),
        (WORKER, Leg(CASH, ("subscriber", new_id()), byn(1), "payment"), "k4"),
    )
    assert [type(each) for each in done] == [Posted, NotYours, Posted, Posted, NotYours, NoAccount]
    assert (books.balance(own), books.balance(other)) == (99, 95)
    with books.db.snapshot() as session:
        query = (
            select(Operation.actor, Operation.session_id).where(Operation.kind == "test").order_by(col(Operation.id))
        )
        assert list(session.exec(query).all()) == [
            (f"subscriber:{one.line_id}", one.session_id),
            (f"subscriber:{two.line_id}", two.session_id),
            ("system:test", None),
        ]


def test_what_the_database_refuses_to_one_is_nobody_elses(books: Books) -> None:
    account = books.account(paid=100)
    too_much = Leg(CASH, ("subscriber", account), byn(TOO_MUCH_FOR_A_COLUMN), "payment")
    done = in_one_turn(books, (WORKER, fee(account, 1), "a"), (WORKER, too_much, "b"), (WORKER, fee(account, 2), "c"))
    assert [isinstance(each, Posted) for each in done] == [True, False, True]
    assert isinstance(done[1], OverflowError | DBAPIError)
    assert books.balance(account) == 97


def test_legs_that_nobody_may_make_do_not_reach_the_group(books: Books) -> None:
    account = books.account(paid=100)
    done = in_one_turn(books, (WORKER, fee(account, 0), "a"), (WORKER, fee(account, 2), "b"))
    assert [type(each) for each in done] == [ValueError, Posted]


def test_whoever_goes_away_has_still_asked(books: Books) -> None:
    account = books.account(paid=100)

    async def leave() -> Posted:
        act = [wiring.do(post, WORKER, kind="test", key=key, legs=[fee(account, 10)], now=books.now) for key in "ab"]
        gone, stays = map(asyncio.create_task, act)
        await asyncio.sleep(0)
        gone.cancel()
        return await stays

    assert isinstance(asyncio.run(leave()), Posted)
    assert books.balance(account) == 80


def test_a_loop_that_ends_leaves_its_wish_to_the_next_group(books: Books) -> None:
    account = books.account(paid=100)
    loop = asyncio.new_event_loop()
    asked = loop.create_task(wiring.do(post, WORKER, kind="test", key="a", legs=[fee(account, 10)], now=books.now))
    loop.call_soon(loop.stop)
    loop.run_forever()
    assert not asked.done()
    asked.cancel()
    loop.run_until_complete(asyncio.gather(asked, return_exceptions=True))
    loop.close()
    books.post(fee(account, 1), key="b")
    assert books.balance(account) == 89


def test_threads_that_wait_for_the_one_writer_come_together(books: Books) -> None:
    accounts = [books.account(paid=100) for _ in range(12)]
    books.spend(accounts[0], 1, key="opens the account of the fees")
    waits, committed = Event(), commits(books)
    with ThreadPoolExecutor(len(accounts)) as threads:
        with books.db.transaction() as session:
            # PostgreSQL's group waits for these rows, SQLite's for the end of whoever writes.
            query = select(LedgerAccount).where(LedgerAccount.kind == "revenue").with_for_update()
            session.exec(query).all()
            acts = [threads.submit(books.spend, account, 10, key="k") for account in accounts[1:]]
            while len(wiring.wired().ledger._waiting) < (len(acts) if books.db.is_sqlite else 0):
                waits.wait(0.001)
        outcomes = [act.exception() or act.result() for act in acts]
    assert sum(isinstance(each, KeyReused) for each in outcomes) == 10
    assert committed() <= 1 + len(acts)
    assert not books.db.is_sqlite or committed() == 2


def test_a_rival_who_holds_an_account_too_long_is_waited_for(books: Books) -> None:
    account, other = books.account(paid=100), books.account(paid=100)
    books.spend(account, 1, key="opens the account of the fees")
    gave_up, released, held = Event(), Event(), Event()
    if not books.db.is_sqlite:
        event.listen(books.db.engine, "begin", lambda begun: begun.exec_driver_sql("SET LOCAL lock_timeout = '20ms'"))
        event.listen(books.db.engine, "rollback", lambda _: gave_up.set())

    def hold() -> None:
        with books.db.transaction() as session:
            query = select(LedgerAccount).where(col(LedgerAccount.account_id) == account).with_for_update()
            session.exec(query).all()
            held.set()
            assert released.wait(30)

    with ThreadPoolExecutor(3) as threads:
        rival = threads.submit(hold)
        assert held.wait(30)
        acts = [threads.submit(books.spend, each, 10, key=f"{each}") for each in (account, other)]
        assert books.db.is_sqlite or gave_up.wait(30)
        released.set()
        rival.result()
        assert all(isinstance(act.result(), Posted) for act in acts)
    assert (books.balance(account), books.balance(other)) == (89, 90)


def test_a_key_that_a_rival_takes_in_the_middle_of_a_group_is_found_again(books: Books) -> None:
    one, two, three = (books.account(paid=100) for _ in range(3))
    books.spend(one, 1, key="opens the account of the fees")
    decided = Event()

    def writes(*args: object) -> None:
        if "INSERT INTO operation" in str(args[2]) and "v.session_id" in str(args[2]):
            decided.set()

    event.listen(books.db.engine, "before_cursor_execute", writes)
    with ThreadPoolExecutor(1) as threads:
        with books.db.transaction() as session:
            # A transfer that touches none of the group's accounts: nothing but the key is between the two.
            leg = Leg(("subscriber", one), ("subscriber", two), byn(5), "fee")
            post(session, WORKER, kind="test", key="k", legs=[leg], now=books.now)
            group = threads.submit(at_once, books, [([fee(three, 5)], "k"), ([fee(three, 6)], "other")])
            # SQLite's group waits for the end of this transaction before it looks.
            assert books.db.is_sqlite or decided.wait(30)
        done = group.result()
    assert [type(each) for each in done] == [KeyReused, Posted]
    assert (books.balance(one), books.balance(three)) == (94, 94)


@pytest.mark.security("asvs_16_3_2")
def test_a_refusal_out_of_a_group_is_noted_as_any_other(books: Books, caplog: pytest.LogCaptureFixture) -> None:
    actor, account = books.customer(paid=1)
    with caplog.at_level(logging.INFO, "selfcare.access"):
        (refused,) = in_one_turn(books, (actor, fee(account, 2), "k"))
    assert isinstance(refused, NotEnough)
    assert [record.__dict__["code"] for record in caplog.records if record.message == "refused"] == [NotEnough.code]


def test_a_session_that_must_change_its_password_moves_nothing(books: Books) -> None:
    actor, own = books.customer(paid=100)
    (refused,) = in_one_turn(books, (replace(actor, must_change_password=True), fee(own, 1), "k"))
    assert isinstance(refused, PasswordDue)
    assert books.balance(own) == 100
