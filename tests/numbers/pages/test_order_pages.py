"""The screens of orders: they follow what the worker does, and give the way back."""

import itertools
from datetime import timedelta

from selfcare_app import wiring
from selfcare_app.kit import clock
from selfcare_app.numbers import carry_out
from selfcare_app.numbers.rules import State
from selfcare_app.ui.pages.orders.order import OneOrder
from selfcare_app.ui.pages.orders.orders import Orders
from selfcare_app.ui.session import AppState
from tests.numbers.conftest import WORKER
from tests.numbers.pages.conftest import NUMBERS, Person


async def test_the_order_follows_what_the_worker_does(person: Person) -> None:
    order_id = person.shop.ordered(person.actor, NUMBERS[0], clock.now())
    tab = await person.at(f"/orders/{order_id}")
    reply = await tab.send(OneOrder.load())
    assert reply.var(OneOrder, "title")["key"] == "numbers.order.accepted"
    assert 295 <= reply.var(OneOrder, "seconds") <= 300
    assert reply.var(OneOrder, "sure")["key"] == "numbers.order.withdraw_sure"
    later = clock.now() + timedelta(minutes=6)
    assert wiring.do_now(carry_out.carry_out, WORKER, order_id=order_id, now=later)
    seen = await tab.send(OneOrder.look_again())
    assert seen.var(OneOrder, "title") == {
        "key": "numbers.order.done",
        "args": {"number": {"$msisdn": NUMBERS[0]}},
    }
    assert (seen.var(OneOrder, "tone"), seen.var(OneOrder, "seconds")) == ("good", 0)
    tab = await person.at("/orders")
    (day,) = (await tab.send(Orders.load())).var(Orders, "days")
    assert [(row["state"], row["to"]) for row in day["rows"]] == [("done", f"/orders/{order_id}")]


async def test_while_the_worker_is_late_the_page_asks_again_and_again(person: Person) -> None:
    order_id = person.shop.ordered(person.actor, NUMBERS[0], clock.now() - timedelta(minutes=6))
    tab = await person.at(f"/orders/{order_id}")
    looks = [(await tab.send(OneOrder.load())).var(OneOrder, "look")]
    for _ in range(3):
        looks.append((await tab.send(OneOrder.look_again())).var(OneOrder, "look"))
    assert all(one != other and one > 0 for one, other in itertools.pairwise(looks))
    assert (await tab.state(OneOrder)).title == {"key": "numbers.order.changing"}


async def test_an_order_is_taken_back_after_a_second_thought(person: Person) -> None:
    order_id = person.shop.ordered(person.actor, NUMBERS[0], clock.now())
    tab = await person.at(f"/orders/{order_id}")
    await tab.send(OneOrder.load())
    assert (await tab.send(OneOrder.ask_back())).var(OneOrder, "asking") is True
    reply = await tab.send(OneOrder.withdraw())
    assert reply.var(OneOrder, "title")["key"] == "numbers.order.withdrawn"
    assert person.shop.state(NUMBERS[0]) == State.FREE


async def test_taking_back_too_late_shows_what_has_happened(person: Person) -> None:
    order_id = person.shop.ordered(person.actor, NUMBERS[0], clock.now())
    tab = await person.at(f"/orders/{order_id}")
    await tab.send(OneOrder.load())
    wiring.do_now(carry_out.carry_out, WORKER, order_id=order_id, now=clock.now() + timedelta(minutes=6))
    reply = await tab.send(OneOrder.withdraw())
    assert reply.var(AppState, "notice")["key"] == "orders.error.too_late"
    assert reply.var(OneOrder, "title")["key"] == "numbers.order.done"
