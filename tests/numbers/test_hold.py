"""Holding a number: one holder at any instant, so many at once and a day, over when its time is."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from selfcare_app import wiring
from selfcare_app.access import session as web_session
from selfcare_app.numbers import hold
from selfcare_app.numbers.rules import State
from tests.numbers.conftest import WORKER, Shop, fault_of

NUMBER = "375291900001"


@pytest.mark.requirement("ISSA-091")
@pytest.mark.security("S-11", "asvs_2_3_4", "asvs_15_4_1", "asvs_15_4_2")
def test_of_fifty_sessions_exactly_one_gets_the_number(any_shop: Shop) -> None:
    any_shop.stock(NUMBER)
    actors = [any_shop.world.subscriber() for _ in range(50)]
    with ThreadPoolExecutor(50) as crowd:
        ends = list(crowd.map(lambda a: fault_of(wiring.do_now, hold.hold, a, number=NUMBER, now=any_shop.now), actors))
    assert sorted(ends) == [""] + ["numbers.taken"] * 49
    assert any_shop.state(NUMBER) == State.HELD
    holders = [a for a in actors if wiring.ask_now(hold.held_by, a, now=any_shop.now)]
    assert len(holders) == 1


@pytest.mark.security("asvs_2_3_2", "asvs_15_4_2")
def test_one_session_asking_at_once_for_ten_numbers_gets_three(any_shop: Shop) -> None:
    numbers = [f"37529190000{at}" for at in range(10)]
    any_shop.stock(*numbers)
    actor = any_shop.world.subscriber()
    with ThreadPoolExecutor(10) as crowd:
        ends = list(crowd.map(lambda n: fault_of(wiring.do_now, hold.hold, actor, number=n, now=any_shop.now), numbers))
    assert sorted(ends) == ["", "", ""] + ["numbers.too_many_holds"] * 7
    assert len(wiring.ask_now(hold.held_by, actor, now=any_shop.now)) == 3
    assert [any_shop.state(number) for number in numbers].count(State.HELD) == 3


def test_a_hold_lasts_as_long_as_it_was_promised_and_is_not_made_longer(shop: Shop) -> None:
    shop.stock(NUMBER)
    one, other = shop.world.subscriber(), shop.world.subscriber()
    kept = wiring.do_now(hold.hold, one, number=NUMBER, now=shop.now)
    assert kept.until == shop.now + timedelta(minutes=15)
    again = wiring.do_now(hold.hold, one, number="+375 29 190-00-01", now=shop.now + timedelta(minutes=14))
    assert again == kept
    last = kept.until - timedelta(microseconds=1)
    assert wiring.ask_now(hold.held_by, one, now=last) == (kept,)
    assert fault_of(wiring.do_now, hold.hold, other, number=NUMBER, now=last) == "numbers.taken"
    # Nobody has swept: the hold is over by the clock alone.
    assert wiring.ask_now(hold.held_by, one, now=kept.until) == ()
    assert wiring.do_now(hold.hold, other, number=NUMBER, now=kept.until).until == kept.until + timedelta(minutes=15)
    assert wiring.ask_now(hold.held_by, one, now=kept.until) == ()


@pytest.mark.security("asvs_2_3_2")
def test_the_fourth_hold_is_refused_until_one_is_given_back(shop: Shop) -> None:
    numbers = [f"37529190000{at}" for at in range(4)]
    shop.stock(*numbers)
    actor = shop.world.subscriber()
    for number in numbers[:3]:
        wiring.do_now(hold.hold, actor, number=number, now=shop.now)
    assert fault_of(wiring.do_now, hold.hold, actor, number=numbers[3], now=shop.now) == "numbers.too_many_holds"
    assert shop.state(numbers[3]) == State.FREE
    wiring.do_now(hold.release, actor, number=numbers[0], now=shop.now)
    assert shop.state(numbers[0]) == State.FREE
    wiring.do_now(hold.hold, actor, number=numbers[3], now=shop.now)
    assert [str(kept.number) for kept in wiring.ask_now(hold.held_by, actor, now=shop.now)] == numbers[1:]


@pytest.mark.security("asvs_2_3_2")
def test_holds_of_a_day_are_counted_by_line_and_end_with_the_local_day(shop: Shop) -> None:
    numbers = [f"3752919000{at:02d}" for at in range(12)]
    shop.stock(*numbers)
    line = shop.world.line()
    for number in numbers[:10]:
        actor = shop.world.session(line)
        wiring.do_now(hold.hold, actor, number=number, now=shop.now)
        wiring.do_now(hold.release, actor, number=number, now=shop.now)
    late = shop.now.replace(hour=20, minute=59)  # 23:59 in Minsk
    actor = shop.world.session(line)
    assert fault_of(wiring.do_now, hold.hold, actor, number=numbers[10], now=late) == "numbers.too_many_holds_today"
    assert fault_of(wiring.do_now, hold.hold, actor, number=numbers[10], now=late + timedelta(minutes=1)) == ""


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("375291900002", "numbers.no_such_number"),
        ("375251900001", "numbers.no_such_number"),
        ("37529190000", "kit.not_a_number"),
        ("'; DROP TABLE pool_number", "kit.not_a_number"),
    ],
)
def test_what_is_not_offered_is_not_held(shop: Shop, number: str, code: str) -> None:
    shop.stock("375251900001")
    assert fault_of(wiring.do_now, hold.hold, shop.world.subscriber(), number=number, now=shop.now) == code


@pytest.mark.parametrize("state", [State.HELD, State.ASSIGNED, State.RESTING, State.WITHHELD])
def test_only_a_free_number_is_held(shop: Shop, state: State) -> None:
    shop.stock(NUMBER, state=state)
    assert fault_of(wiring.do_now, hold.hold, shop.world.subscriber(), number=NUMBER, now=shop.now) == "numbers.taken"
    assert shop.state(NUMBER) == state


@pytest.mark.security("S-06")
def test_nobody_gives_back_what_another_holds(shop: Shop) -> None:
    shop.stock(NUMBER)
    line = shop.world.line()
    one, other_tab, other = shop.world.session(line), shop.world.session(line), shop.world.subscriber()
    wiring.do_now(hold.hold, one, number=NUMBER, now=shop.now)
    for stranger in (other_tab, other):
        wiring.do_now(hold.release, stranger, number=NUMBER, now=shop.now)
    assert shop.state(NUMBER) == State.HELD


@pytest.mark.requirement("ISSA-024")
def test_a_session_that_ends_frees_what_it_held(shop: Shop) -> None:
    shop.stock(NUMBER, "375291900002", "375291900003")
    one, other = shop.customer(), shop.world.subscriber()
    shop.ordered(one, "375291900003")
    wiring.do_now(hold.hold, one, number=NUMBER, now=shop.now)
    wiring.do_now(hold.hold, other, number="375291900002", now=shop.now)
    with shop.db.transaction() as session:
        hold.release_of(session, (one.session_id,), shop.now)
    assert [shop.state(n) for n in (NUMBER, "375291900002", "375291900003")] == [State.FREE, State.HELD, State.HELD]


@pytest.mark.requirement("ISSA-024")
def test_the_end_of_a_session_is_wired_to_its_holds(shop: Shop) -> None:
    shop.stock(NUMBER)
    actor = shop.world.subscriber()
    wiring.do_now(hold.hold, actor, number=NUMBER, now=shop.now)
    wiring.do_now(web_session.end, actor, session_id=actor.session_id, reason="signed_out", now=shop.now)
    assert shop.state(NUMBER) == State.FREE


@pytest.mark.security("asvs_2_3_4")
def test_the_sweeper_frees_what_has_run_out_and_nothing_else(shop: Shop) -> None:
    shop.stock(NUMBER, "375291900002", "375291900003")
    one, other = shop.customer(), shop.world.subscriber()
    shop.ordered(one, "375291900003")
    wiring.do_now(hold.hold, one, number=NUMBER, now=shop.now)
    wiring.do_now(hold.hold, other, number="375291900002", now=shop.now + timedelta(seconds=1))
    assert wiring.do_now(hold.sweep, WORKER, now=shop.now + timedelta(minutes=15)) == 1
    assert [shop.state(n) for n in (NUMBER, "375291900002", "375291900003")] == [State.FREE, State.HELD, State.HELD]
    assert wiring.do_now(hold.sweep, WORKER, now=shop.now + timedelta(minutes=16)) == 1
    assert wiring.do_now(hold.sweep, WORKER, now=shop.now + timedelta(days=9)) == 0
    assert shop.state("375291900003") == State.HELD


@pytest.mark.parametrize("operator", ["assa", "ihelper"])
def test_an_operator_without_number_change_has_no_holds(shop: Shop) -> None:
    assert (
        fault_of(wiring.do_now, hold.hold, shop.world.subscriber(), number=NUMBER, now=shop.now)
        == "numbers.not_offered"
    )
