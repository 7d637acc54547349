"""Searching the pool: by the plane, by the database alone and by brute force there is no difference."""

import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from selfcare_app import wiring
from selfcare_app.kit import clock
from selfcare_app.kit.actor import Subscriber
from selfcare_app.numbers import hold, memory, search
from selfcare_app.numbers import mask as masks
from selfcare_app.numbers.mask import Mask
from selfcare_app.numbers.rules import State
from selfcare_app.numbers.tables import PoolNumber
from selfcare_app.numbers.views import Found
from tests.numbers.conftest import WORKER, Shop, fault_of
from tests.numbers.test_mask import says

PREFIXES = ("375291", "375293", "375296", "375299", "37544")
CATEGORIES = ("platinum", "diamond", "gold", "silver", "bronze", "simple")


def pool(seed: int = 1, size: int = 4000) -> dict[str, tuple[str, State]]:
    chance = random.Random(seed)
    numbers = set()
    while len(numbers) < size:
        prefix = chance.choice(PREFIXES)
        # Few different digits, so that masks meet many numbers.
        numbers.add(prefix + "".join(chance.choice("0127") for _ in range(12 - len(prefix))))
    weights = (1, 2, 5, 20, 100, 400)
    return {
        number: (chance.choices(CATEGORIES, weights)[0], chance.choice([State.FREE] * 3 + [State.HELD, State.ASSIGNED]))
        for number in sorted(numbers)
    }


POOL = pool()


def fill(shop: Shop, content: dict[str, tuple[str, State]]) -> None:
    with shop.db.transaction() as session:
        session.add_all(
            PoolNumber(number=int(number), category=CATEGORIES.index(category), state=state)
            for number, (category, state) in content.items()
        )
        # Numbers of the operator that are not offered for a change.
        session.add(PoolNumber(number=375251111111, category=5, state=State.FREE))


def put_in_memory(shop: Shop) -> None:
    plan = memory.plan_of(shop.profile)
    assert plan is not None
    live = memory.LivePlane()
    live.reload(lambda: memory.load(shop.db, plan, len(CATEGORIES)))
    shop.db.info[memory.KEY] = live


@pytest.fixture
def by_plane(any_shop: Shop) -> Shop:
    fill(any_shop, POOL)
    put_in_memory(any_shop)
    return any_shop


@pytest.fixture(params=["plane", "database"])
def either(request: pytest.FixtureRequest, any_shop: Shop) -> Shop:
    fill(any_shop, POOL)
    if request.param == "plane":
        put_in_memory(any_shop)
    return any_shop


def look(shop: Shop, actor: Subscriber, minute: int = 0, **named: str) -> Found:
    moment = shop.now + timedelta(minutes=minute)
    admitted = wiring.do_now(search.admit, actor, now=moment)
    return wiring.ask_now(search.search, actor, admitted=admitted, **named)


def all_pages(shop: Shop, actor: Subscriber, pages: int = 12, **named: str) -> list[Found]:
    found = [look(shop, actor, **named)]
    while found[-1].next and len(found) < pages:
        found.append(look(shop, actor, minute=len(found) // 20 * 2, cursor=found[-1].next, **named))
    return found


def brute(mask: Mask, category: str = "") -> list[str]:
    return [
        number
        for number, (own, state) in POOL.items()
        if state == State.FREE and category in ("", own) and says(mask.text, number)
    ]


MASKS = ["%777%", "29 1%", "%0_0_0%", "44 ___ __ 77", "%7%7%7%7%", "_________", "375291%0", "%7_7_7", "%000000%", "%"]


@pytest.mark.requirement("ISSA-091", "ISSA-092", "ISSA-093")
def test_every_way_to_search_is_brute_force(either: Shop) -> None:
    shop = either
    assert shop.profile.number_change is not None
    for typed in MASKS:
        for category in ("", "simple", "gold", "platinum"):
            actor = shop.world.subscriber()
            expected = brute(masks.parse(typed, shop.profile.numbering, shop.profile.number_change), category)
            pages = all_pages(shop, actor, mask=typed, category=category)
            found = [str(offer.number) for page in pages for offer in page.offers]
            assert found == expected[: len(found)]
            assert len(found) == len(expected) or len(pages) == 12
            assert all(len(page.offers) == 20 for page in pages[:-1])
            if memory.KEY in shop.db.info:
                assert pages[0].total == (len(expected) if len(expected) <= search.COUNTED else None)
                assert pages[0].at_least == search.COUNTED


@pytest.mark.requirement("ISSA-092")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text("%%_0127", max_size=9).filter(str.strip), category=st.sampled_from(["", *CATEGORIES]))
def test_plane_database_and_brute_force_agree_on_any_mask(
    typed: str, category: str, compared: tuple[Shop, memory.LivePlane]
) -> None:
    shop, live = compared
    rule = shop.profile.number_change
    assert rule is not None
    try:
        expected = brute(masks.parse(typed, shop.profile.numbering, rule), category)[:20]
    except masks.MaskFitsNothing:
        return
    for plane in (live, memory.LivePlane()):
        shop.db.info[memory.KEY] = plane
        found = look(shop, shop.world.subscriber(), mask=typed, category=category)
        assert [str(offer.number) for offer in found.offers] == expected


@pytest.fixture
def compared(shop: Shop) -> tuple[Shop, memory.LivePlane]:
    fill(shop, POOL)
    put_in_memory(shop)
    return shop, shop.db.info[memory.KEY]


@pytest.mark.requirement("ISSA-091", "ISSA-093")
@pytest.mark.parametrize("category", ["", "gold"])
def test_a_list_goes_round_the_pool_once_and_stays_the_same_while_one_pages(either: Shop, category: str) -> None:
    shop = either
    actor = shop.world.subscriber()
    pages = all_pages(shop, actor, pages=200, category=category)
    found = [str(offer.number) for page in pages for offer in page.offers]
    assert sorted(found) == brute(masks.EVERYTHING, category)
    assert look(shop, actor, minute=30, category=category, cursor=pages[0].next).offers == pages[1].offers
    assert all(offer.category == (category or offer.category) for page in pages for offer in page.offers)
    others = {look(shop, actor, minute=40 + n, category=category).offers for n in range(5)}
    assert len(others) > 1
    if memory.KEY in shop.db.info:
        assert pages[0].total == len(found)


def test_an_offer_says_what_it_is_and_which_digits_were_asked_for(by_plane: Shop) -> None:
    number = next(n for n in brute(Mask.over("375291%"), "gold"))
    offer = look(by_plane, by_plane.world.subscriber(), mask=number[3:], category="gold").offers[0]
    assert (offer.number, offer.category, offer.price.minor, offer.price.currency) == (number, "gold", 7500, "BYN")
    assert offer.marked == tuple(range(3, 12))
    varied = look(by_plane, by_plane.world.subscriber()).offers[0]
    assert varied.marked == ()


def test_what_one_takes_another_does_not_see(by_plane: Shop) -> None:
    shop = by_plane
    one, other = shop.world.subscriber(), shop.world.subscriber()
    first = [str(o.number) for o in look(shop, other, mask="%777%").offers]
    wiring.do_now(hold.hold, one, number=first[0], now=shop.now)
    wiring.do_now(hold.hold, one, number=first[3], now=shop.now)
    left = [n for n in first if n not in (first[0], first[3])]
    now_seen = [str(o.number) for o in look(shop, other, mask="%777%").offers]
    assert now_seen[:18] == left
    assert len(now_seen) == 20
    wiring.do_now(hold.release, one, number=first[0], now=shop.now)
    wiring.do_now(hold.sweep, WORKER, now=shop.now + timedelta(minutes=15))
    assert [str(o.number) for o in look(shop, other, mask="%777%").offers] == first


def test_the_database_has_the_last_word_and_a_refused_act_leaves_no_trace(by_plane: Shop) -> None:
    shop = by_plane
    actor = shop.world.subscriber()
    first = [str(o.number) for o in look(shop, actor, mask="%777%").offers]
    # Another process has taken them: this process's plane has not heard of it.
    with shop.db.transaction() as session:
        for number in first[:19]:
            session.get_one(PoolNumber, int(number)).state = State.ASSIGNED
    page = look(shop, actor, mask="%777%")
    assert str(page.offers[0].number) == first[19]
    assert len(page.offers) == 20
    plane = shop.db.info[memory.KEY].plane
    before = plane.count(None)
    assert fault_of(wiring.do_now, hold.hold, actor, number=first[0], now=shop.now) == "numbers.taken"
    assert plane.count(None) == before


def test_a_plane_that_is_loaded_while_numbers_come_and_go_misses_nothing(shop: Shop) -> None:
    fill(shop, POOL)
    actor, plan = shop.world.subscriber(), memory.plan_of(shop.profile)
    assert plan is not None
    live = memory.LivePlane()
    shop.db.info[memory.KEY] = live
    number = brute(masks.EVERYTHING)[0]

    def slow() -> memory.Plane:
        plane = memory.load(shop.db, plan, len(CATEGORIES))
        wiring.do_now(hold.hold, actor, number=number, now=shop.now)
        return plane

    live.reload(slow)
    assert live.plane is not None
    assert live.plane.ascending(Mask.over(number), None, 0, 1) == []


def test_holds_that_ended_in_another_process_are_heard_of(shop: Shop) -> None:
    fill(shop, POOL)
    actor, number = shop.world.subscriber(), brute(masks.EVERYTHING)[0]
    wiring.do_now(hold.hold, actor, number=number, now=shop.now)
    put_in_memory(shop)
    live = shop.db.info.pop(memory.KEY)
    wiring.do_now(hold.release, actor, number=number, now=shop.now)
    assert live.plane.ascending(Mask.over(number), None, 0, 1) == []
    memory.refresh(shop.db, live, since=shop.now - timedelta(minutes=1))
    assert live.plane.ascending(Mask.over(number), None, 0, 1) == [int(number)]


def test_the_loader_brings_the_pool_into_memory(shop: Shop) -> None:
    fill(shop, POOL)
    loader = memory.start(shop.db, shop.profile, clock.now)
    assert loader.loaded.wait(30)
    assert look(shop, shop.world.subscriber()).total == len(brute(masks.EVERYTHING))
    loader.stop()
    assert not loader.is_alive()


@pytest.mark.parametrize("operator", ["assa", "ihelper"])
def test_an_operator_without_number_change_loads_nothing(shop: Shop) -> None:
    loader = memory.start(shop.db, shop.profile, clock.now)
    loader.join(10)
    assert not loader.is_alive()
    assert fault_of(wiring.do_now, search.admit, shop.world.subscriber(), now=shop.now) == "numbers.not_offered"


@pytest.mark.security("S-11", "asvs_2_4_1")
def test_a_minute_has_so_many_searches(shop: Shop) -> None:
    fill(shop, pool(size=30))
    actor, other = shop.world.subscriber(), shop.world.subscriber()
    ends = [fault_of(wiring.do_now, search.admit, actor, now=shop.now) for _ in range(200)]
    assert ends == [""] * 30 + ["numbers.too_many_searches"] * 170
    assert fault_of(wiring.do_now, search.admit, other, now=shop.now) == ""
    assert fault_of(wiring.do_now, search.admit, actor, now=shop.now + timedelta(seconds=60)) == ""
    admitted = wiring.do_now(search.admit, other, now=shop.now)
    with pytest.raises(ValueError, match="another line"):
        wiring.ask_now(search.search, actor, admitted=admitted)


@pytest.mark.security("S-05")
def test_wrong_masks_and_categories_get_their_sentence(shop: Shop) -> None:
    actor = shop.world.subscriber()
    for typed, code in (("%' OR 1=1--", "mask_sign"), ("%" * 10_000, "mask_too_long"), ("25%", "mask_fits_nothing")):
        assert fault_of(look, shop, actor, mask=typed) == f"numbers.{code}"
    assert fault_of(look, shop, actor, category="brilliant") == "numbers.no_such_category"
    assert look(shop, actor, mask="%777%").offers == ()


@pytest.mark.security("S-05", "asvs_1_2_4")
def test_a_mask_goes_to_the_database_as_a_value_and_never_as_text(shop: Shop) -> None:
    fill(shop, POOL)
    actor = shop.world.subscriber()
    seen: list[tuple[str, Any]] = []
    event.listen(shop.db.engine, "before_cursor_execute", lambda *happened: seen.append(happened[2:4]))
    assert look(shop, actor, mask="%7%7%7%").offers
    compared = [(statement, values) for statement, values in seen if "LIKE" in statement]
    assert len(compared) == 1
    statement, values = compared[0]
    assert "%7%" not in statement
    assert "375%7%7%7%" in values
