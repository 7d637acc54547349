"""Confirming a number change: exactly what was seen, by the one who proved it, once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from selfcare_app import wiring
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.ids import new_id
from selfcare_app.numbers import change_number, hold
from selfcare_app.numbers.rules import State
from selfcare_app.orders import draft, order
from selfcare_app.orders.rules import OrderState
from tests.numbers.conftest import Shop, fault_of

NUMBER, OTHER = "375291900001", "375291900002"


def confirm(actor: Subscriber, draft_id: UUID, digest: str, now: datetime) -> Any:
    return wiring.do_now(change_number.confirm, actor, draft_id=draft_id, digest=digest, now=now)


def with_rule(shop: Shop, **change: object) -> None:
    """The operator changes its rule while people are in the cabinet."""
    assert shop.profile.number_change is not None
    rule = shop.profile.number_change.model_copy(update=change)
    shop.db.info["profile"] = shop.profile.model_copy(update={"number_change": rule})


def with_effect(shop: Shop, **change: object) -> None:
    assert shop.profile.number_change is not None
    with_rule(shop, effect=shop.profile.number_change.effect.model_copy(update=change))


@pytest.mark.requirement("ISSA-091", "ISSA-040")
def test_the_review_says_what_will_be_confirmed(shop: Shop) -> None:
    shop.stock(NUMBER, category="gold")
    actor = shop.customer()
    review = shop.reviewed(actor, NUMBER)
    assert (review.number, review.old_number, review.category) == (NUMBER, shop.line(actor).msisdn, "gold")
    assert (review.price.minor, review.price.currency) == (7500, "BYN")
    assert review.due_at == shop.now + timedelta(minutes=5)
    assert (review.effect, review.at_most_seconds) == ("within", 86_400)
    assert (review.quarantine_days, review.held_until) == (60, shop.now + timedelta(minutes=15))
    assert review.obstacle is None


@pytest.mark.requirement("ISSA-091")
def test_a_confirmed_change_is_an_order_and_a_message(shop: Shop) -> None:
    shop.stock(NUMBER, category="gold")
    actor = shop.customer()
    old = shop.line(actor).msisdn
    review = shop.reviewed(actor, NUMBER)
    placed = confirm(shop.proven(actor, review.digest), review.draft_id, review.digest, shop.now)
    assert placed == wiring.ask_now(order.own, actor, order_id=review.draft_id)
    assert (placed.kind, placed.state, placed.price, placed.due_at) == (
        "number_change",
        OrderState.ACCEPTED,
        review.price,
        review.due_at,
    )
    assert placed.params == {"number": NUMBER, "old_number": old, "category": "gold"}
    assert 100_000_000 <= placed.no < 1_000_000_000
    assert shop.messages() == [(old, "accepted")]
    assert shop.line(actor).msisdn == old
    assert shop.balance(actor) == 100_000
    # The claim does not run out with the hold.
    assert shop.state(NUMBER) == State.HELD
    assert wiring.ask_now(hold.held_by, actor, now=shop.now) == ()
    other = shop.world.subscriber()
    late = shop.now + timedelta(hours=5)
    assert fault_of(wiring.do_now, hold.hold, other, number=NUMBER, now=late) == "numbers.taken"


@pytest.mark.security("S-09", "S-10", "asvs_15_4_2")
def test_fifty_confirmations_at_once_are_one_order_and_one_message(any_shop: Shop) -> None:
    any_shop.stock(NUMBER)
    actor = any_shop.customer()
    review = any_shop.reviewed(actor, NUMBER)
    sure = any_shop.proven(actor, review.digest)
    with ThreadPoolExecutor(50) as crowd:
        ends = [crowd.submit(confirm, sure, review.draft_id, review.digest, any_shop.now) for _ in range(50)]
        placed = [end.result() for end in ends]
    assert all(each == placed[0] for each in placed)
    assert any_shop.orders(actor) == ["accepted"]
    assert len(any_shop.messages()) == 1
    # An hour later, with the proof long gone, it is still the same order.
    assert confirm(actor, review.draft_id, review.digest, any_shop.now + timedelta(hours=1)) == placed[0]


@pytest.mark.security("S-11")
def test_many_tabs_with_different_drafts_get_one_order(any_shop: Shop) -> None:
    line = any_shop.world.line()
    any_shop.customer()
    reviews = []
    for at in range(12):
        number = f"3752919001{at:02d}"
        any_shop.stock(number, category="simple")
        actor = any_shop.world.session(line)
        reviews.append((actor, number))
    with_rule(
        any_shop,
        categories=tuple(
            row.model_copy(update={"price_minor": 0})
            for row in any_shop.profile.number_change.categories  # type: ignore[union-attr]
        ),
        holds_per_day=100,
    )
    ready = [(actor, any_shop.reviewed(actor, number)) for actor, number in reviews]
    with ThreadPoolExecutor(12) as crowd:
        ends = list(
            crowd.map(
                lambda one: fault_of(
                    confirm, any_shop.proven(one[0], one[1].digest), one[1].draft_id, one[1].digest, any_shop.now
                ),
                ready,
            )
        )
    assert sorted(ends) == [""] + ["orders.open_order"] * 11
    assert any_shop.orders(ready[0][0]) == ["accepted"]


@pytest.mark.security("S-10", "asvs_4_1_5")
def test_without_the_proof_of_exactly_these_terms_nothing_is_ordered(shop: Shop) -> None:
    shop.stock(NUMBER, OTHER)
    actor = shop.customer()
    review, another = shop.reviewed(actor, NUMBER), shop.reviewed(actor, OTHER)
    assert review.digest != another.digest
    strangers = (
        actor,
        shop.proven(actor, ""),
        shop.proven(actor, another.digest),
        replace(
            actor, proofs=tuple(replace(p, purpose="call_detail") for p in shop.proven(actor, review.digest).proofs)
        ),
        replace(actor, proofs=tuple(replace(p, expires_at=shop.now) for p in shop.proven(actor, review.digest).proofs)),
    )
    for unproven in strangers:
        assert fault_of(confirm, unproven, review.draft_id, review.digest, shop.now) == "kit.proof_needed"
    sure = shop.proven(actor, review.digest)
    first = "A" if review.digest[0] != "A" else "B"
    for wrong in (another.digest, first + review.digest[1:], "", review.digest.swapcase()):
        assert fault_of(confirm, sure, review.draft_id, wrong, shop.now) == "numbers.terms_changed"
    assert (shop.orders(actor), shop.messages()) == ([], [])


@pytest.mark.security("S-19", "asvs_4_1_5")
def test_a_price_that_changed_after_the_review_is_not_confirmed(shop: Shop) -> None:
    shop.stock(NUMBER)
    actor = shop.customer()
    review = shop.reviewed(actor, NUMBER)
    sure = shop.proven(actor, review.digest)
    assert shop.profile.number_change is not None
    dearer = tuple(
        r.model_copy(update={"price_minor": r.price_minor + 1}) for r in shop.profile.number_change.categories
    )
    with_rule(shop, categories=dearer)
    assert fault_of(confirm, sure, review.draft_id, review.digest, shop.now) == "numbers.terms_changed"
    anew = wiring.ask_now(change_number.review, actor, draft_id=review.draft_id, now=shop.now)
    assert (anew.price.minor, anew.digest != review.digest) == (501, True)
    assert fault_of(confirm, sure, review.draft_id, anew.digest, shop.now) == "kit.proof_needed"
    confirm(shop.proven(actor, anew.digest), review.draft_id, anew.digest, shop.now)
    assert shop.orders(actor) == ["accepted"]


@pytest.mark.security("S-19")
def test_a_day_that_changed_after_the_review_is_not_confirmed(shop: Shop) -> None:
    shop.stock(NUMBER)
    actor = shop.customer()
    with_effect(shop, kind="next_day")
    evening = shop.now.replace(hour=20, minute=55)
    review = shop.reviewed(actor, NUMBER, evening)
    sure = shop.proven(actor, review.digest, evening)
    after_midnight = evening + timedelta(minutes=6)
    assert fault_of(confirm, sure, review.draft_id, review.digest, after_midnight) == "numbers.terms_changed"
    assert review.due_at == datetime(2026, 11, 18, 21, 0, tzinfo=UTC)  # midnight in Minsk
    anew = wiring.ask_now(change_number.review, actor, draft_id=review.draft_id, now=after_midnight)
    assert anew.due_at == review.due_at + timedelta(days=1)


def test_a_promise_within_some_time_stays_the_same_promise(shop: Shop) -> None:
    with_effect(shop, kind="within", at_least_seconds=None, at_most_seconds=3600)
    shop.stock(NUMBER)
    actor = shop.customer()
    review = shop.reviewed(actor, NUMBER)
    later = shop.now + timedelta(minutes=3)
    placed = confirm(shop.proven(actor, review.digest), review.draft_id, review.digest, later)
    assert placed.due_at == later


@pytest.mark.security("S-18", "asvs_2_3_1")
def test_steps_can_not_be_skipped(shop: Shop) -> None:
    shop.stock(NUMBER, OTHER)
    actor = shop.customer()
    # No hold, no draft; no such draft; a draft without a number.
    assert fault_of(wiring.do_now, change_number.begin, actor, number=NUMBER, now=shop.now) == "numbers.hold_over"
    assert fault_of(confirm, actor, new_id(), "x", shop.now) == "orders.no_draft"
    empty = wiring.do_now(draft.begin, actor, kind="number_change", answers={}, now=shop.now)
    assert fault_of(confirm, actor, empty.id, "x", shop.now) == "orders.step_not_yet"
    assert (
        fault_of(wiring.ask_now, change_number.review, actor, draft_id=empty.id, now=shop.now) == "orders.step_not_yet"
    )
    # A draft of another kind is not a number change.
    strange = wiring.do_now(draft.begin, actor, kind="pause", answers={"number": {"number": NUMBER}}, now=shop.now)
    assert fault_of(confirm, actor, strange.id, "x", shop.now) == "orders.draft_closed"
    # The number in the draft is one that the session does not hold.
    forged = wiring.do_now(
        draft.begin, actor, kind="number_change", answers={"number": {"number": OTHER}}, now=shop.now
    )
    assert fault_of(confirm, actor, forged.id, "x", shop.now) == "numbers.hold_over"
    assert shop.orders(actor) == []


@pytest.mark.security("S-18")
def test_two_journeys_side_by_side_stay_apart(shop: Shop) -> None:
    shop.stock(NUMBER, OTHER)
    actor = shop.customer()
    first, second = shop.reviewed(actor, NUMBER), shop.reviewed(actor, OTHER)
    assert first.draft_id != second.draft_id
    assert wiring.do_now(change_number.begin, actor, number=NUMBER, now=shop.now).id == first.draft_id
    placed = confirm(shop.proven(actor, first.digest), first.draft_id, first.digest, shop.now)
    assert placed.params["number"] == NUMBER
    sure = shop.proven(actor, second.digest)
    assert fault_of(confirm, sure, second.draft_id, second.digest, shop.now) == "orders.open_order"
    again = wiring.ask_now(change_number.review, actor, draft_id=second.draft_id, now=shop.now)
    assert again.obstacle is not None
    assert again.obstacle.params == {"no": placed.no}


@pytest.mark.security("S-06", "S-09")
def test_a_draft_is_its_sessions_alone_and_dies_with_it(shop: Shop) -> None:
    shop.stock(NUMBER)
    line = shop.world.line()
    one, other_tab = shop.world.session(line), shop.world.session(line)
    review = shop.reviewed(one, NUMBER)
    for stranger in (other_tab, shop.customer()):
        thief = shop.proven(stranger, review.digest)
        assert fault_of(confirm, thief, review.draft_id, review.digest, shop.now) == "orders.no_draft"
        assert fault_of(wiring.ask_now, draft.read, stranger, draft_id=review.draft_id) == "orders.no_draft"
    with shop.db.transaction() as session:
        draft.annul(session, (one.session_id,), shop.now)
    assert (
        fault_of(confirm, shop.proven(one, review.digest), review.draft_id, review.digest, shop.now)
        == "orders.no_draft"
    )


def test_a_hold_that_ran_out_or_was_given_back_confirms_nothing(shop: Shop) -> None:
    shop.stock(NUMBER)
    actor, other = shop.customer(), shop.customer()
    review = shop.reviewed(actor, NUMBER)
    sure = shop.proven(actor, review.digest)
    assert fault_of(confirm, sure, review.draft_id, review.digest, review.held_until) == "numbers.hold_over"
    wiring.do_now(hold.release, actor, number=NUMBER, now=shop.now)
    assert fault_of(confirm, sure, review.draft_id, review.digest, shop.now) == "numbers.hold_over"
    wiring.do_now(hold.hold, other, number=NUMBER, now=shop.now)
    assert fault_of(confirm, sure, review.draft_id, review.digest, shop.now) == "numbers.hold_over"
