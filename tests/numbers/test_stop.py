"""An emergency code also stops a number change that somebody else may have ordered."""

import pytest

from selfcare_app import wiring
from selfcare_app.access import emergency
from selfcare_app.kit.actor import System, Visitor
from selfcare_app.numbers import carry_out
from selfcare_app.numbers.rules import State
from selfcare_app.orders.tables import Order
from tests.numbers.conftest import Shop

NUMBER = "375291230001"


@pytest.mark.security("asvs_7_4_2")
def test_a_waiting_number_change_is_taken_back_with_the_closing(any_shop: Shop) -> None:
    any_shop.stock(NUMBER)
    owner = any_shop.customer()
    code = wiring.do_now(emergency.make, owner, now=any_shop.now)
    order_id = any_shop.ordered(owner, NUMBER)
    before = any_shop.balance(owner)
    assert wiring.do_now(emergency.block, Visitor(), typed=code, now=any_shop.now) is None
    assert any_shop.orders(owner) == ["withdrawn"]
    assert any_shop.state(NUMBER) == State.FREE
    assert any_shop.line(owner).access == "closed_by_subscriber"
    with any_shop.db.snapshot() as session:
        due = session.get_one(Order, order_id).due_at
    assert not wiring.do_now(carry_out.carry_out, System("orders"), order_id=order_id, now=due)
    assert (any_shop.balance(owner), any_shop.line(owner).msisdn != NUMBER) == (before, True)
