"""The screens of number change, driven event by event as a browser would."""

from typing import Any

import pytest

from selfcare_app import wiring
from selfcare_app.endpoints.orders import confirm_number_change
from selfcare_app.kit import clock
from selfcare_app.numbers import hold
from selfcare_app.numbers.rules import State
from selfcare_app.ui.pages.numbers.choose import ChooseNumber
from selfcare_app.ui.pages.numbers.review import NumberTerms
from selfcare_app.ui.pages.orders.order import OneOrder
from tests.harness import Tabs
from tests.numbers.conftest import Shop
from tests.numbers.pages.conftest import NUMBERS, Person


def numbers_of(rows: list[dict[str, Any]]) -> list[str]:
    return [row["number"] for row in rows]


@pytest.mark.requirement("ISSA-091")
async def test_the_page_begins_with_the_present_number_and_an_offer(person: Person) -> None:
    tab = await person.at("/number")
    reply = await tab.send(ChooseNumber.load())
    assert reply.var(ChooseNumber, "number") == {"$msisdn": person.line.msisdn}
    rows = reply.var(ChooseNumber, "rows")
    assert len(rows) == 20
    assert set(rows[0]) == {"number", "parts", "category", "price"}
    assert "".join(part["text"] for part in rows[0]["parts"]).startswith("+375 ")


@pytest.mark.requirement("ISSA-092")
async def test_a_mask_finds_numbers_and_marks_its_digits(person: Person) -> None:
    tab = await person.at("/number")
    await tab.send(ChooseNumber.choose_way("mask"))
    reply = await tab.send(ChooseNumber.find({"mask": "%000_7", "category": ""}))
    assert numbers_of(reply.var(ChooseNumber, "rows")) == ["375291900007", "375291900017", *NUMBERS[27:48:10]][:5]
    strong = [part["text"] for part in reply.var(ChooseNumber, "rows")[0]["parts"] if part["strong"]]
    assert "".join(strong).replace("-", "") == "0007"
    assert reply.var(ChooseNumber, "effects")[-1]["id"] == "results"
    second = await tab.send(ChooseNumber.find({"mask": "29 19%", "category": ""}))
    assert second.var(ChooseNumber, "has_next") is True
    third = await tab.send(ChooseNumber.following())
    assert numbers_of(third.var(ChooseNumber, "rows")) == NUMBERS[20:40]
    back = await tab.send(ChooseNumber.previous())
    assert numbers_of(back.var(ChooseNumber, "rows")) == NUMBERS[:20]


@pytest.mark.requirement("ISSA-093")
async def test_a_category_finds_its_numbers(person: Person) -> None:
    tab = await person.at("/number")
    await tab.send(ChooseNumber.choose_way("category"))
    reply = await tab.send(ChooseNumber.choose_category("platinum"))
    assert numbers_of(reply.var(ChooseNumber, "rows")) == ["375447777777"]
    assert reply.var(ChooseNumber, "rows")[0]["price"] == {"$money": [30000, 2, "BYN"]}


@pytest.mark.security("S-05")
@pytest.mark.parametrize(
    ("mask", "key"),
    [
        ("%" * 3000, "mask_too_long"),
        ("%' OR 1=1--", "mask_sign"),
        ("ABC", "mask_sign"),
        ("２９１%", "mask_sign"),
        ("25%", "mask_fits_nothing"),
    ],
)
async def test_a_wrong_mask_gets_its_sentence_at_the_field_and_is_kept(person: Person, mask: str, key: str) -> None:
    tab = await person.at("/number")
    await tab.send(ChooseNumber.choose_way("mask"))
    reply = await tab.send(ChooseNumber.find({"mask": mask, "category": ""}))
    assert reply.var(ChooseNumber, "errors")["mask"]["key"] == f"numbers.error.{key}"
    state = await tab.state(ChooseNumber)
    assert (state.mask, state.rows, state.found) == (mask, [], False)


async def test_an_empty_result_is_an_empty_page_and_no_error(person: Person) -> None:
    tab = await person.at("/number")
    await tab.send(ChooseNumber.choose_way("mask"))
    await tab.send(ChooseNumber.find({"mask": "%88888%", "category": ""}))
    state = await tab.state(ChooseNumber)
    assert (state.found, state.rows, state.errors, state.has_next) == (True, [], {}, False)


async def test_a_held_number_leaves_the_list_and_counts_down(person: Person) -> None:
    tab = await person.at("/number")
    await tab.send(ChooseNumber.load())
    chosen = (await tab.state(ChooseNumber)).rows[3]["number"]
    reply = await tab.send(ChooseNumber.hold(chosen))
    (held,) = reply.var(ChooseNumber, "held")
    assert held["number"] == chosen
    assert 895 <= held["seconds"] <= 900
    assert chosen not in numbers_of(reply.var(ChooseNumber, "rows"))
    again = await tab.send(ChooseNumber.let_go(chosen))
    assert again.var(ChooseNumber, "held") == []
    assert person.shop.state(chosen) == State.FREE


async def test_a_number_that_was_taken_meanwhile_is_told_in_place_with_the_next_ones(
    person: Person, tabs: Tabs
) -> None:
    tab = await person.at("/number")
    await tab.send(ChooseNumber.choose_way("mask"))
    await tab.send(ChooseNumber.find({"mask": "29 19%", "category": ""}))
    faster = person.shop.world.subscriber()
    wiring.do_now(hold.hold, faster, number=NUMBERS[0], now=clock.now())
    reply = await tab.send(ChooseNumber.hold(NUMBERS[0]))
    assert reply.var(ChooseNumber, "refused")["key"] == "numbers.error.taken"
    assert reply.var(ChooseNumber, "was_taken") is True
    assert numbers_of(reply.var(ChooseNumber, "rows")) == NUMBERS[1:21]
    assert reply.var(ChooseNumber, "effects")[-1]["id"] == "refused"


async def test_the_fourth_hold_is_told_in_place(person: Person) -> None:
    tab = await person.at("/number")
    for number in NUMBERS[:4]:
        reply = await tab.send(ChooseNumber.hold(number))
    assert reply.var(ChooseNumber, "refused")["key"] == "numbers.error.too_many_holds"
    assert len((await tab.state(ChooseNumber)).held) == 3


async def test_the_check_says_everything_and_the_code_is_for_exactly_that(person: Person) -> None:
    tab = await person.reviewing()
    assert tab.path.startswith("/number/review/")
    reply = await tab.send(NumberTerms.load_review())
    assert (reply.var(NumberTerms, "at"), reply.var(NumberTerms, "of")) == (2, 3)
    assert reply.var(NumberTerms, "number") == {"$msisdn": NUMBERS[0]}
    assert reply.var(NumberTerms, "effect")["key"] == "numbers.review.after"
    code = await person.at(tab.path.replace("review", "code"))
    same = await code.send(NumberTerms.load_code())
    assert same.var(NumberTerms, "digest") == (await tab.state(NumberTerms)).digest
    assert same.var(NumberTerms, "at") == 3


@pytest.mark.security("S-18")
async def test_back_after_the_result_lands_on_the_result(person: Person) -> None:
    tab = await person.reviewing()
    await tab.send(NumberTerms.load_review())
    state = await tab.state(NumberTerms)
    sure = person.shop.proven(person.actor, state.digest, clock.now())
    landed = await confirm_number_change(sure, state.subject, state.digest, clock.now())
    assert landed == f"/orders/{state.subject}"
    assert await confirm_number_change(sure, state.subject, state.digest, clock.now()) == landed
    for step, load in (("review", NumberTerms.load_review), ("code", NumberTerms.load_code)):
        back = await person.at(f"/number/{step}/{state.subject}")
        reply = await back.send(load())
        assert (reply.events[0].payload["path"], reply.events[0].payload["replace"]) == (landed, True)
    choose = await person.at("/number")
    again = await choose.send(ChooseNumber.load())
    assert again.var(ChooseNumber, "obstacle")["key"] == "orders.error.open_order"
    assert again.var(ChooseNumber, "order") == landed


@pytest.mark.security("S-06", "S-18")
@pytest.mark.parametrize("end", ["01a2008e-0000-7000-8000-000000000000", "nonsense", "../../etc", ""])
async def test_an_address_that_is_not_ones_own_shows_nothing(person: Person, shop: Shop, tabs: Tabs, end: str) -> None:
    for path, load, var in (
        (f"/number/review/{end}", NumberTerms.load_review, "over"),
        (f"/number/code/{end}", NumberTerms.load_code, "over"),
        (f"/orders/{end}", OneOrder.load, "gone"),
    ):
        tab = await person.at(path)
        reply = await tab.send(load())
        state = NumberTerms if var == "over" else OneOrder
        assert reply.var(state, var)["key"] in ("orders.error.no_draft", "orders.error.no_order")


@pytest.mark.security("S-06")
async def test_anothers_draft_and_order_are_not_there(person: Person, shop: Shop, tabs: Tabs) -> None:
    other = Person(shop, tabs)
    tab = await other.reviewing()
    foreign = await person.at(tab.path)
    reply = await foreign.send(NumberTerms.load_review())
    assert reply.var(NumberTerms, "over")["key"] == "orders.error.no_draft"
    assert (await foreign.state(NumberTerms)).digest == ""
    order_id = shop.ordered(other.actor, NUMBERS[9], clock.now())
    peeking = await person.at(f"/orders/{order_id}")
    assert (await peeking.send(OneOrder.load())).var(OneOrder, "gone")["key"] == "orders.error.no_order"
    await peeking.send(OneOrder.withdraw())
    assert shop.orders(other.actor) == ["accepted"]


async def test_a_hold_that_is_over_is_said_on_the_check(person: Person) -> None:
    tab = await person.reviewing()
    wiring.do_now(hold.release, person.actor, number=NUMBERS[0], now=clock.now())
    reply = await tab.send(NumberTerms.load_review())
    assert reply.var(NumberTerms, "over")["key"] == "numbers.error.hold_over"


@pytest.mark.requirement("ISSA-041")
async def test_too_little_money_is_said_on_the_check_and_no_code_is_asked_for(shop: Shop, tabs: Tabs) -> None:
    poor = Person(shop, tabs, paid=100)
    tab = await poor.reviewing()
    reply = await tab.send(NumberTerms.load_review())
    assert reply.var(NumberTerms, "obstacle")["key"] == "numbers.error.not_enough_money"
    code = await poor.at(tab.path.replace("review", "code"))
    assert (await code.send(NumberTerms.load_code())).events[0].payload["path"] == tab.path
