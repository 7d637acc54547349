"""Services of a line: connected, disconnected, replaced, undone; and what each has cost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from selfcare_app import wiring
from selfcare_app.kit.actor import Subscriber
from selfcare_app.ledger.tables import Transfer
from selfcare_app.orders import order, services, undo
from selfcare_app.orders.rules import OrderState
from selfcare_app.subscribers.tables import LineService
from selfcare_app.usage.codes import Direction, Kind, Zone
from selfcare_app.usage.tables import Allowance, UsageRecord
from tests.numbers.conftest import fault_of
from tests.orders.conftest import Counter

ON, OFF = services.ON, services.OFF
ROUNDED = {190: 82, 500: 217, 900: 390, 1_200: 520}
"""13 of the 30 days of November, from the 18th."""


@pytest.fixture
def shop(counter: Counter) -> Counter:
    counter.plan("light", 790)
    counter.plan("comfort", 2_190)
    counter.service("melody", 190, category="entertainment", connect_fee_minor=50)
    counter.service("who_called", 0, category="calls")
    counter.service("family", 300, plans=["comfort"])
    counter.service("old", 100, open_for_change=False)
    counter.service("net5", 500, category="mobile_internet", package={"bytes": 3_000})
    counter.service("net20", 1_200, category="mobile_internet", package={"bytes": 12_000})
    counter.work(counter.now)
    return counter


def listed(shop: Counter, actor: Subscriber, now: datetime | None = None) -> dict[str, str]:
    found = wiring.ask_now(services.listing, actor, now=now or shop.now)
    return {item.service.code: item.state for item in found.items}


def connection(shop: Counter, actor: Subscriber, code: str) -> UUID:
    with shop.db.snapshot() as session:
        query = select(LineService.id).where(LineService.line_id == actor.line_id, LineService.service == code)
        return session.exec(query.order_by(col(LineService.connected_at).desc())).first()  # type: ignore[return-value]


def given(shop: Counter, actor: Subscriber) -> dict[str, int]:
    with shop.db.snapshot() as session:
        rows = session.exec(select(Allowance).where(Allowance.line_id == actor.line_id)).all()
        return {row.code: row.total for row in rows}


@pytest.mark.requirement("ISSA-090", "ADM-023", "ADM-029", "AS-049", "AS-052", "IH-032")
def test_the_list_says_what_there_is_and_what_the_plan_foresees(shop: Counter) -> None:
    actor = shop.customer("light", money=900, services=("old",))
    assert listed(shop, actor) == {"who_called": "off", "melody": "off", "old": "on"}
    assert "family" in listed(shop, shop.customer("comfort"))
    found = wiring.ask_now(services.packages, actor, now=shop.now)
    assert sorted(item.service.code for item in found.items) == ["net20", "net5"]


@pytest.mark.requirement("ISSA-090", "ISSA-037", "ISSA-041")
def test_connecting_costs_the_rest_of_the_month_and_the_price_of_it(shop: Counter) -> None:
    actor = shop.customer("light", money=ROUNDED[190] + 50)
    placed = shop.ordered(actor, ON, "melody")
    assert placed.price.minor == ROUNDED[190] + 50
    assert listed(shop, actor)["melody"] == "connecting"
    shop.work(shop.now)
    assert (listed(shop, actor)["melody"], shop.balance(actor)) == ("on", 0)
    assert {(item, minor) for item, _, _, minor in shop.amounts(actor)} == {("connect", 50), ("service", ROUNDED[190])}
    poor = shop.customer("light", money=ROUNDED[190] + 49)
    assert fault_of(shop.ordered, poor, ON, "melody") == "change.not_enough_money"


@pytest.mark.requirement("ISSA-042", "AS-052")
def test_what_stands_against_a_service(shop: Counter) -> None:
    paused = shop.customer("light", money=900, state="paused")
    assert fault_of(shop.ordered, paused, ON, "who_called") == "change.line_not_active"
    assert wiring.ask_now(services.listing, paused, now=shop.now).obstacle is not None
    actor = shop.customer("light", money=900, services=("melody",))
    assert fault_of(shop.ordered, actor, ON, "family") == "change.not_on_this_plan"
    assert fault_of(shop.ordered, actor, ON, "old") == "change.not_on_this_plan"
    assert fault_of(shop.ordered, actor, ON, "melody") == "change.has_it_already"
    assert fault_of(shop.ordered, actor, OFF, "who_called") == "change.has_it_not"
    assert fault_of(shop.ordered, actor, ON, "nothing") == "change.not_offered"
    shop.ordered(actor, ON, "who_called")
    assert fault_of(shop.ordered, actor, ON, "who_called") == "orders.open_order"


@pytest.mark.requirement("AS-051")
def test_disconnected_and_connected_again_in_a_month_it_costs_once(shop: Counter) -> None:
    actor = shop.customer("light", money=2_000)
    shop.ordered(actor, ON, "melody")
    shop.work(shop.now)
    day = shop.now
    for _ in range(3):
        day += timedelta(hours=7)
        shop.ordered(actor, OFF, "melody", now=day)
        shop.work(day)
        day += timedelta(hours=7)
        shop.ordered(actor, ON, "melody", now=day)
        shop.work(day)
    paid = [minor for item, code, _, minor in shop.amounts(actor) if (item, code) == ("service", "melody")]
    assert paid == [ROUNDED[190]]
    # It is had in December, and was had no more in January.
    shop.work(shop.at(2026, 12, 1))
    shop.ordered(actor, OFF, "melody", now=shop.at(2026, 12, 5))
    shop.work(shop.at(2027, 1, 1))
    months = [day for item, code, day, _ in shop.amounts(actor) if (item, code) == ("service", "melody")]
    assert months == [date(2026, 11, 1), date(2026, 12, 1)]


@pytest.mark.requirement("ISSA-094", "ADM-031")
def test_another_package_of_mobile_internet_takes_the_place_of_the_one_before(shop: Counter) -> None:
    actor = shop.customer("light", money=5_000)
    shop.ordered(actor, ON, "net5")
    shop.work(shop.now)
    assert given(shop, actor) == {"net5.bytes": 1_300}
    shop.ordered(actor, ON, "net20")
    shop.work(shop.now + timedelta(minutes=1))
    states = {
        item.service.code: item.state
        for item in wiring.ask_now(services.packages, actor, now=shop.now + timedelta(1)).items
    }
    assert states == {"net5": "off", "net20": "on"}
    shop.work(shop.at(2026, 12, 1))
    assert [code for _, code, day, _ in shop.amounts(actor) if day == date(2026, 12, 1)] == ["light", "net20"]


def undone(shop: Counter, actor: Subscriber, code: str, *, after: timedelta = timedelta(minutes=14)) -> Any:
    named = {"connection_id": connection(shop, actor, code), "now": shop.now + after}
    return wiring.do_now(undo.undo, actor, **named)


def test_a_service_connected_by_mistake_is_undone_with_all_it_has_cost(any_counter: Counter) -> None:
    shop = any_counter
    shop.plan("light", 790)
    shop.service("melody", 190, connect_fee_minor=50)
    shop.work(shop.now)
    actor = shop.customer("light", money=1_000)
    shop.ordered(actor, ON, "melody")
    shop.work(shop.now)
    item = next(
        each for each in wiring.ask_now(services.listing, actor, now=shop.now).items if each.service.code == "melody"
    )
    assert item.undo_amount is not None and item.undo_amount.minor == ROUNDED[190] + 50
    assert item.undo_until == shop.now + timedelta(minutes=15)
    with ThreadPoolExecutor(20) as crowd:
        results = list(crowd.map(lambda _no: undone(shop, actor, "melody"), range(20)))
    assert len({result.order_id for result in results}) == 1
    assert results[0].amount.minor == ROUNDED[190] + 50
    assert shop.balance(actor) == 1_000
    assert sum(minor for _, _, _, minor in shop.amounts(actor)) == 0
    with shop.db.snapshot() as session:
        assert len(session.exec(select(Transfer).where(col(Transfer.reverses).is_not(None))).all()) == 2
    assert listed(shop, actor, shop.now + timedelta(minutes=14))["melody"] == "off"
    assert wiring.ask_now(order.own, actor, order_id=results[0].order_id).state == OrderState.DONE
    # It may be connected again, and costs again.
    shop.ordered(actor, ON, "melody", now=shop.now + timedelta(hours=1))
    shop.work(shop.now + timedelta(hours=1))
    assert shop.balance(actor) == 1_000 - ROUNDED[190] - 50
    shop.work(shop.at(2026, 12, 1))
    assert shop.balance(actor) == 1_000 - ROUNDED[190] - 50 - 190 - 790


def test_undo_ends_with_its_time_and_with_the_first_use(shop: Counter) -> None:
    actor = shop.customer("light", money=9_000)
    for code in ("melody", "who_called", "net5", "net20"):
        shop.ordered(actor, ON, code)
        shop.work(shop.now)
    assert fault_of(undone, shop, actor, "melody", after=timedelta(minutes=15)) == "service.too_late_to_undo"
    assert fault_of(undone, shop, actor, "who_called") == "service.nothing_paid"
    stranger = shop.customer("light")
    named = {"connection_id": connection(shop, actor, "melody"), "now": shop.now}
    assert fault_of(wiring.do_now, undo.undo, stranger, **named) == "service.no_connection"
    with shop.db.transaction() as session:
        session.add(
            UsageRecord(
                line_no=shop.read(actor).no, started_at=shop.now + timedelta(minutes=1), record_key=1, kind=Kind.DATA,
                direction=Direction.OUTGOING, zone=Zone.NONE, bytes_in=10,
            )
        )  # fmt: skip
    assert fault_of(undone, shop, actor, "net20") == "service.used"
    assert fault_of(undone, shop, actor, "melody") == ""


def test_undoing_a_package_brings_back_the_one_it_replaced(shop: Counter) -> None:
    actor = shop.customer("light", money=9_000, services=("net5",))
    shop.ordered(actor, ON, "net20")
    shop.work(shop.now)
    assert given(shop, actor) == {"net20.bytes": 5_200}
    undone(shop, actor, "net20")
    states = {
        item.service.code: item.state
        for item in wiring.ask_now(services.packages, actor, now=shop.now + timedelta(minutes=15)).items
    }
    assert (states, given(shop, actor)) == ({"net5": "on", "net20": "off"}, {})
    assert shop.balance(actor) == 9_000
