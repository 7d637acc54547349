"""Who may change the number: a line that works, with money enough, not too often."""

from datetime import timedelta
from uuid import UUID

import pytest

from selfcare_app import wiring
from selfcare_app.kit.actor import Subscriber
from selfcare_app.numbers import change_number, hold
from selfcare_app.numbers.eligibility import ChangedLately
from selfcare_app.orders import order
from selfcare_app.orders.rules import OrderState
from tests.numbers.conftest import Shop, fault_of
from tests.numbers.test_change_number import NUMBER, OTHER, confirm


@pytest.mark.requirement("ISSA-042")
@pytest.mark.parametrize("state", ["paused", "blocked", "closed"])
def test_a_line_that_does_not_work_keeps_its_number(shop: Shop, state: str) -> None:
    shop.stock(NUMBER)
    actor = shop.customer()
    review = shop.reviewed(actor, NUMBER)
    with shop.db.transaction() as session:
        hold.lock_line(session, actor.line_id).state = state
    sure = shop.proven(actor, review.digest)
    assert fault_of(confirm, sure, review.draft_id, review.digest, shop.now) == "numbers.line_not_active"
    assert fault_of(wiring.do_now, change_number.begin, actor, number=NUMBER, now=shop.now) == "numbers.line_not_active"


@pytest.mark.requirement("ISSA-041")
def test_a_prepaid_balance_must_cover_the_price(shop: Shop) -> None:
    shop.stock(NUMBER, category="gold")
    actor = shop.customer(paid=7499)
    review = shop.reviewed(actor, NUMBER)
    assert review.obstacle is not None
    assert {name: money.minor for name, money in review.obstacle.params.items()} == {
        "balance": 7499,
        "price": 7500,
        "missing": 1,
    }
    sure = shop.proven(actor, review.digest)
    assert fault_of(confirm, sure, review.draft_id, review.digest, shop.now) == "numbers.not_enough_money"


@pytest.mark.requirement("ISSA-041")
@pytest.mark.parametrize(("paid", "settlement"), [(500, "prepaid"), (0, "postpaid")])
def test_the_exact_price_or_a_bill_is_enough(shop: Shop, paid: int, settlement: str) -> None:
    shop.stock(NUMBER)
    actor = shop.customer(paid=paid, settlement=settlement)
    review = shop.reviewed(actor, NUMBER)
    assert review.obstacle is None


def test_the_number_changes_so_often_in_a_while_and_not_more(shop: Shop) -> None:
    shop.stock(NUMBER, OTHER)
    actor = shop.customer()
    shop.ordered(actor, NUMBER)
    done = shop.now + timedelta(hours=12)
    with shop.db.transaction() as session:
        order.finish(session, order_id=shop_order(shop, actor), state=OrderState.DONE, now=done)
    soon, later = done + timedelta(days=29, hours=23), done + timedelta(days=30)
    wiring.do_now(hold.hold, actor, number=OTHER, now=soon)
    with pytest.raises(ChangedLately) as refused:
        wiring.do_now(change_number.begin, actor, number=OTHER, now=soon)
    assert refused.value.params == {"possible_at": later}
    wiring.do_now(hold.hold, actor, number=OTHER, now=later)
    assert wiring.do_now(change_number.begin, actor, number=OTHER, now=later).is_open


def shop_order(shop: Shop, actor: Subscriber) -> UUID:
    return wiring.ask_now(order.list_own, actor).items[0].id
