"""Carrying a number change out: everything or nothing, once, whoever dies in between."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from selfcare_app import wiring
from selfcare_app.kit.actor import Subscriber
from selfcare_app.ledger.tables import Operation
from selfcare_app.numbers import carry_out, change_number, hold
from selfcare_app.numbers.rules import State
from selfcare_app.numbers.tables import NumberHold, PoolNumber
from selfcare_app.orders import order
from selfcare_app.orders.rules import OrderState
from selfcare_app.subscribers.tables import LineNumber
from selfcare_app.worker import orders as worker
from tests.numbers.conftest import WORKER, Shop, fault_of

NUMBER = "375291900001"


def due(shop: Shop) -> Any:
    return shop.now + timedelta(minutes=5)


def carried(shop: Shop, order_id: UUID) -> bool:
    return wiring.do_now(carry_out.carry_out, WORKER, order_id=order_id, now=due(shop))


def history(shop: Shop, actor: Subscriber) -> list[tuple[str, bool]]:
    with shop.db.snapshot() as session:
        query = select(LineNumber).where(LineNumber.line_id == actor.line_id).order_by(col(LineNumber.valid_from))
        return [(row.msisdn, row.valid_until is None) for row in session.exec(query).all()]


def everything(shop: Shop, actor: Subscriber) -> tuple[Any, ...]:
    return (
        shop.line(actor).msisdn,
        shop.balance(actor),
        shop.orders(actor),
        shop.state(NUMBER),
        history(shop, actor),
        shop.messages(),
    )


@pytest.mark.requirement("ISSA-091", "ISSA-040")
def test_the_line_has_the_new_number_and_pays_for_it(any_shop: Shop) -> None:
    shop = any_shop
    shop.stock(NUMBER, category="gold")
    actor = shop.customer()
    old = shop.line(actor).msisdn
    assert old is not None
    order_id = shop.ordered(actor, NUMBER)
    assert carried(shop, order_id)
    line = shop.line(actor)
    assert (line.msisdn, line.number_changed_at) == (NUMBER, due(shop))
    assert shop.balance(actor) == 100_000 - 7_500
    assert history(shop, actor) == [(old, False), (NUMBER, True)]
    assert (shop.state(NUMBER), shop.state(old)) == (State.ASSIGNED, State.RESTING)
    assert shop.messages() == [(old, "accepted"), (NUMBER, "done"), (old, "done_old")]
    done = wiring.ask_now(order.own, actor, order_id=order_id)
    assert (done.state, done.finished_at) == (OrderState.DONE, due(shop))


def test_nothing_happens_before_it_is_due(shop: Shop) -> None:
    shop.stock(NUMBER)
    actor = shop.customer()
    order_id = shop.ordered(actor, NUMBER)
    early = due(shop) - timedelta(microseconds=1)
    assert not wiring.do_now(carry_out.carry_out, WORKER, order_id=order_id, now=early)
    assert worker.carry_out_due("w", early) == 0
    assert worker.carry_out_due("w", due(shop)) == 1
    assert shop.orders(actor) == ["done"]


def test_ten_workers_carry_an_order_out_once(any_shop: Shop) -> None:
    shop = any_shop
    shop.stock(NUMBER)
    actor = shop.customer()
    order_id = shop.ordered(actor, NUMBER)
    with ThreadPoolExecutor(10) as workers:
        ends = list(workers.map(lambda _: carried(shop, order_id), range(10)))
    assert ends.count(True) == 1
    assert not carried(shop, order_id)
    assert shop.balance(actor) == 100_000 - 500
    assert [what for _, what in shop.messages()] == ["accepted", "done", "done_old"]
    with shop.db.snapshot() as session:
        assert len(session.exec(select(Operation).where(Operation.kind == "number_change")).all()) == 1


class Killed(Exception):
    """The worker dies here."""


def test_a_worker_that_dies_after_any_statement_has_done_nothing(shop: Shop) -> None:
    shop.stock(NUMBER, category="gold")
    actor = shop.customer()
    order_id = shop.ordered(actor, NUMBER)
    before = everything(shop, actor)
    at = 0
    while True:
        left = iter(range(at))

        def die(*happened: Any, left: Any = left) -> None:
            # A connection whose BEGIN was cut off would stay open here; with a process it ends.
            if "BEGIN" not in happened[2] and next(left, None) is None:
                raise Killed()

        event.listen(shop.db.engine, "after_cursor_execute", die)
        try:
            ended = carried(shop, order_id)
        except Killed:
            ended = False
        finally:
            event.remove(shop.db.engine, "after_cursor_execute", die)
        if ended:
            break
        assert everything(shop, actor) == before
        at += 1
    assert at > 15
    assert shop.balance(actor) == 100_000 - 7_500
    assert shop.orders(actor) == ["done"]
    assert [what for _, what in shop.messages()] == ["accepted", "done", "done_old"]


@pytest.mark.requirement("ISSA-040")
def test_money_that_is_gone_meanwhile_ends_the_order_with_its_reason(any_shop: Shop) -> None:
    shop = any_shop
    shop.stock(NUMBER, category="gold")
    actor = shop.customer(paid=7_500)
    old = shop.line(actor).msisdn
    order_id = shop.ordered(actor, NUMBER)
    shop.spend(actor, 1)
    assert carried(shop, order_id)
    ended = wiring.ask_now(order.own, actor, order_id=order_id)
    assert (ended.state, ended.failure) == (OrderState.FAILED, "not_enough")
    assert (shop.line(actor).msisdn, shop.balance(actor), shop.state(NUMBER)) == (old, 7_499, State.FREE)
    assert shop.messages() == [(old, "accepted"), (old, "failed_not_enough")]
    assert history(shop, actor) == [(old, True)]


@pytest.mark.requirement("ISSA-042")
@pytest.mark.parametrize("state", ["paused", "blocked", "closed"])
def test_a_line_that_was_suspended_meanwhile_keeps_its_number(shop: Shop, state: str) -> None:
    shop.stock(NUMBER)
    actor = shop.customer()
    order_id = shop.ordered(actor, NUMBER)
    with shop.db.transaction() as session:
        hold.lock_line(session, actor.line_id).state = state
    assert carried(shop, order_id)
    ended = wiring.ask_now(order.own, actor, order_id=order_id)
    assert (ended.state, ended.failure) == (OrderState.FAILED, "line_not_active")
    assert (shop.balance(actor), shop.state(NUMBER)) == (100_000, State.FREE)


def test_a_number_that_was_lost_ends_the_order(shop: Shop) -> None:
    shop.stock(NUMBER)
    actor = shop.customer()
    order_id = shop.ordered(actor, NUMBER)
    with shop.db.transaction() as session:
        session.get_one(PoolNumber, int(NUMBER)).state = State.WITHHELD
    assert carried(shop, order_id)
    assert wiring.ask_now(order.own, actor, order_id=order_id).failure == "lost"
    assert (shop.balance(actor), shop.state(NUMBER)) == (100_000, State.WITHHELD)


def test_one_broken_order_does_not_stop_the_others(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    shop.stock(NUMBER, "375291900002")
    one, other = shop.customer(), shop.customer()
    broken, whole = shop.ordered(one, NUMBER), shop.ordered(other, "375291900002")
    with shop.db.transaction() as session:
        order_row(session, broken).params = {}
    assert worker.carry_out_due("w", due(shop)) == 1
    assert (shop.orders(one), shop.orders(other)) == (["accepted"], ["done"])
    assert wiring.ask_now(order.own, other, order_id=whole).state == OrderState.DONE
    assert "an order could not be carried out" in caplog.text


def order_row(session: Any, order_id: UUID) -> Any:
    from selfcare_app.orders.tables import Order

    return session.get_one(Order, order_id)


# Taking back


@pytest.mark.requirement("ISSA-091")
def test_an_order_that_is_taken_back_costs_nothing_and_frees_the_number(shop: Shop) -> None:
    shop.stock(NUMBER)
    actor = shop.customer()
    order_id = shop.ordered(actor, NUMBER)
    taken_back = wiring.do_now(change_number.withdraw, actor, order_id=order_id, now=shop.now)
    assert taken_back.state == OrderState.WITHDRAWN
    assert (shop.state(NUMBER), shop.balance(actor)) == (State.FREE, 100_000)
    assert not carried(shop, order_id)
    assert wiring.do_now(change_number.withdraw, actor, order_id=order_id, now=shop.now) == taken_back
    other = shop.world.subscriber()
    assert fault_of(wiring.do_now, hold.hold, other, number=NUMBER, now=shop.now) == ""
    # Once more from the start: the one that was taken back does not count as a change.
    shop.stock("375291900002")
    shop.ordered(actor, "375291900002")
    assert sorted(shop.orders(actor)) == ["accepted", "withdrawn"]


@pytest.mark.security("S-06")
def test_nobody_takes_back_anothers_order_or_one_that_is_done(shop: Shop) -> None:
    shop.stock(NUMBER)
    actor, stranger = shop.customer(), shop.customer()
    order_id = shop.ordered(actor, NUMBER)
    named = {"order_id": order_id, "now": shop.now}
    assert fault_of(wiring.do_now, change_number.withdraw, stranger, **named) == "orders.no_order"
    assert fault_of(wiring.ask_now, order.own, stranger, order_id=order_id) == "orders.no_order"
    assert carried(shop, order_id)
    assert fault_of(wiring.do_now, change_number.withdraw, actor, **named) == "orders.too_late"
    assert shop.state(NUMBER) == State.ASSIGNED


def test_taking_back_and_carrying_out_at_once_is_one_of_the_two(any_shop: Shop) -> None:
    shop = any_shop
    for at in range(8):
        number = f"3752919001{at:02d}"
        shop.stock(number)
        actor = shop.customer()
        order_id = shop.ordered(actor, number)
        with ThreadPoolExecutor(2) as two:
            done = two.submit(carried, shop, order_id)
            back = two.submit(fault_of, wiring.do_now, change_number.withdraw, actor, order_id=order_id, now=due(shop))
        if done.result():
            assert (back.result(), shop.orders(actor)) == ("orders.too_late", ["done"])
            assert (shop.balance(actor), shop.state(number)) == (99_500, State.ASSIGNED)
        else:
            assert (back.result(), shop.orders(actor)) == ("", ["withdrawn"])
            assert (shop.balance(actor), shop.state(number)) == (100_000, State.FREE)


# Rest


def test_the_old_number_rests_and_comes_back(any_shop: Shop) -> None:
    shop = any_shop
    shop.stock(NUMBER)
    actor, other = shop.customer(), shop.customer()
    old = shop.line(actor).msisdn
    assert old is not None
    assert carried(shop, shop.ordered(actor, NUMBER))
    rested = due(shop) + timedelta(days=60)
    early = rested - timedelta(seconds=1)
    assert wiring.do_now(carry_out.wake_rested, WORKER, now=early) == 0
    assert fault_of(wiring.do_now, hold.hold, other, number=old, now=early) == "numbers.taken"
    assert wiring.do_now(carry_out.wake_rested, WORKER, now=rested) == 1
    assert wiring.do_now(carry_out.wake_rested, WORKER, now=rested) == 0
    assert shop.state(old) == State.FREE
    assert fault_of(wiring.do_now, hold.hold, other, number=old, now=rested) == ""


def test_an_old_number_that_the_pool_did_not_know_rests_too(shop: Shop) -> None:
    shop.stock(NUMBER)
    actor = shop.customer(msisdn="375447777777")
    with shop.db.transaction() as session:
        session.delete(session.get_one(PoolNumber, 375447777777))
    assert carried(shop, shop.ordered(actor, NUMBER))
    with shop.db.snapshot() as session:
        row = session.get_one(PoolNumber, 375447777777)
        assert (row.state, row.category, row.rests_until) == (State.RESTING, 0, due(shop) + timedelta(days=60))


def test_no_hold_is_left_behind(shop: Shop) -> None:
    shop.stock(NUMBER)
    actor = shop.customer()
    assert carried(shop, shop.ordered(actor, NUMBER))
    with shop.db.snapshot() as session:
        assert session.exec(select(NumberHold).where(col(NumberHold.released_at).is_(None))).all() == []
