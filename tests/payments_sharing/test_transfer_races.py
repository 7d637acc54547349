"""Many transfers at once, on both engines: exactly as many as the limit and the balance allow."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from selfcare_app import wiring
from selfcare_app.kit.actor import Subscriber
from selfcare_app.payments import transfer
from tests.payments_sharing.conftest import Town, fault_of

TIMES = 50


def at_once(town: Town, ready: list[tuple[Subscriber, object, str]]) -> Counter[str]:
    """What became of the confirmations, all at once."""

    def confirm(each: tuple[Subscriber, object, str]) -> str:
        actor, draft_id, digest = each
        return fault_of(wiring.do_now, transfer.confirm, actor, draft_id=draft_id, digest=digest, now=town.now)

    with ThreadPoolExecutor(16) as crowd:
        return Counter(crowd.map(confirm, ready))


@pytest.mark.security("R4", "asvs_15_4_2")
def test_one_draft_fifty_times_is_one_transfer(any_town: Town) -> None:
    anna, boris = any_town.person(), any_town.person(paid=0)
    ready = any_town.ready(anna, any_town.number(boris), "10")
    assert at_once(any_town, [ready] * TIMES) == {"": TIMES}
    assert (any_town.balance(anna), any_town.balance(boris)) == (99_000, 1_000)
    assert len(any_town.sent()) == 1
    assert len(any_town.messages()) == 2


@pytest.mark.security("R4")
def test_fifty_drafts_are_as_many_as_the_day_allows(any_town: Town) -> None:
    line = any_town.line(any_town.person())
    boris = any_town.person(paid=0)
    ready = [any_town.ready(any_town.world.session(line), any_town.number(boris), "1") for _ in range(TIMES)]
    assert at_once(any_town, ready) == {"": 5, "sharing.too_often": TIMES - 5}
    assert any_town.balance(boris) == 500


@pytest.mark.security("R4")
def test_fifty_drafts_are_as_many_as_the_money_allows(any_town: Town) -> None:
    any_town.rule(per_day=100)
    line = any_town.line(any_town.person(paid=950))
    boris = any_town.person(paid=0)
    ready = [any_town.ready(any_town.world.session(line), any_town.number(boris), "1") for _ in range(TIMES)]
    assert at_once(any_town, ready) == {"": 9, "sharing.not_enough": TIMES - 9}
    assert any_town.balance(boris) == 900


@pytest.mark.security("R3")
def test_those_who_give_to_each_other_do_not_wait_in_a_ring(any_town: Town) -> None:
    any_town.rule(per_day=100)
    people = [any_town.person(paid=5_000) for _ in range(4)]
    # Another number may be asked about some seconds later.
    ready = [
        any_town.ready(
            any_town.world.session(any_town.line(giver)), any_town.number(people[(at + step) % 4]), "1", now=then
        )
        for step, then in ((1, any_town.now), (3, any_town.now + timedelta(seconds=10)))
        for at, giver in enumerate(people)
        for _ in range(4)
    ]
    assert at_once(any_town, ready) == {"": len(ready)}
    assert [any_town.balance(each) for each in people] == [5_000] * 4
