"""What happens when the bank refuses: told, tried again by the operator's rule, turned off; and what stops it."""

from datetime import datetime, timedelta

import pytest

from selfcare_app import wiring
from selfcare_app.access import account_lock
from selfcare_app.access.halt import guard_of
from selfcare_app.access.sim_window import HALF, limits_factor
from selfcare_app.i18n.speak import Speaker
from selfcare_app.kit.actor import Proof
from selfcare_app.payments.automatic import setup
from selfcare_app.payments.hosted_views import Outcome
from selfcare_app.subscribers.tables import Line
from tests.payments_automatic.conftest import Purse, change

HOUR, DAY = 3_600, 86_400


@pytest.mark.requirement("ISSA-063")
def test_refused_it_is_tried_an_hour_and_a_day_later_and_turned_off_then(purse: Purse) -> None:
    actor = purse.below()
    purse.bank.answer = Outcome.FAILED
    began, asked_at = purse.now, list[datetime]()
    purse.bank.meanwhile = lambda: asked_at.append(purse.now)
    for _ in range(30):
        purse.work()
        purse.later(seconds=HOUR)
    assert [moment - began for moment in asked_at] == [
        timedelta(), timedelta(seconds=HOUR), timedelta(seconds=HOUR + DAY)
    ]  # fmt: skip
    assert purse.told(actor) == ["on", "refused", "refused", "refused_off"]
    row, seen = purse.row(actor), purse.standing(actor)
    assert (row.state, row.off_reason, row.token) == ("off", "refused", None)
    assert (seen.is_on, seen.off_reason, seen.next_at) == (False, "refused", None)
    assert len({each.id for each in purse.bank.sent}) == 3


def test_the_page_says_what_came_of_the_last_and_when_the_next_is(purse: Purse) -> None:
    actor = purse.below()
    purse.bank.answer = Outcome.FAILED
    purse.work()
    seen = purse.standing(actor)
    assert seen.last is not None
    assert (seen.last.state, seen.last.reason, seen.last.at) == ("refused", "automatic.refused", purse.now)
    assert seen.next_at == purse.now + timedelta(hours=1)


def test_refusals_count_in_a_row_also_when_the_money_came_another_way_between(purse: Purse) -> None:
    actor = purse.below()
    purse.bank.answer = Outcome.FAILED
    for _ in range(3):
        assert purse.row(actor).state == "on"
        purse.work()
        purse.pay(actor, 1_000)
        purse.work()
        purse.spend(actor, 1_000)
    assert purse.row(actor).state == "off"


def test_one_that_was_paid_ends_the_row_of_refusals(purse: Purse) -> None:
    actor = purse.below()
    for answer in (Outcome.FAILED, Outcome.FAILED, Outcome.PAID, Outcome.FAILED, Outcome.FAILED):
        if purse.balance(actor) > 500:
            purse.spend(actor, purse.balance(actor) - 200)
        purse.bank.answer = answer
        purse.work()
        purse.later(seconds=DAY)
    row = purse.row(actor)
    assert (row.state, row.refusals) == ("on", 2)


@pytest.mark.security("R11")
def test_a_charge_that_the_bank_never_heard_of_is_tried_again_under_another_id(purse: Purse) -> None:
    actor = purse.below()
    purse.bank.is_away = True
    purse.work()
    purse.bank.is_away = False
    for minutes in (5, 55):
        assert purse.states(actor) == ["sent"]
        purse.later(minutes=minutes)
        purse.work()
    assert (purse.states(actor), purse.told(actor)) == (["void", "new"], ["on", "refused"])
    purse.later(seconds=HOUR)
    purse.work()
    assert (purse.states(actor), purse.balance(actor)) == (["void", "paid"], 1_200)


@pytest.mark.security("T5")
def test_the_account_lock_stops_it_and_taking_it_off_lets_it_go_on(purse: Purse) -> None:
    actor = purse.below()
    wiring.do_now(account_lock.lock, actor, now=purse.now)
    for _ in range(3):
        purse.work()
        purse.later(seconds=HOUR)
    seen = purse.standing(actor)
    assert (purse.bank.sent, purse.told(actor).count("stopped")) == ([], 1)
    assert seen.obstacle is not None and seen.obstacle.code == "automatic.locked"
    assert seen.last is not None and seen.last.reason == "automatic.locked"
    proof = Proof(account_lock.PURPOSE, "sms", purse.now, purse.now + timedelta(minutes=5))
    sure = type(actor)(actor.line_id, actor.session_id, (proof,))
    wiring.do_now(account_lock.unlock, sure, now=purse.now)
    purse.later(seconds=HOUR)
    purse.work()
    assert purse.balance(actor) == 1_200


@pytest.mark.security("T5")
def test_a_replaced_sim_stops_it_for_a_day_and_then_leaves_half_of_the_month(purse: Purse) -> None:
    actor = purse.below(month="30")
    with purse.wires.db.transaction() as session:
        change(session, session.get_one(Line, actor.line_id), sim_changed_at=purse.now)
    replaced = purse.now
    purse.work()
    seen = purse.standing(actor)
    assert (purse.bank.sent, seen.next_at) == ([], replaced + timedelta(hours=24))
    assert purse.told(actor) == ["on", "sim_changed"]
    purse.later(hours=24)
    with purse.wires.db.snapshot() as session:
        assert limits_factor(session, line_id=actor.line_id, now=purse.now) == HALF
    purse.work()
    assert purse.balance(actor) == 1_200
    purse.spend(actor, 1_000)
    purse.work()
    assert (purse.balance(actor), purse.told(actor)[-1]) == (200, "month_spent")


@pytest.mark.security("T5", "T11")
def test_this_was_not_me_stops_it(purse: Purse) -> None:
    actor = purse.below()
    with purse.wires.db.transaction() as session:
        guard_of(session, line_id=actor.line_id).halted_at = purse.now
    purse.work()
    seen = purse.standing(actor)
    assert (purse.bank.sent, purse.told(actor)) == ([], ["on", "stopped"])
    assert seen.obstacle is not None and seen.obstacle.code == "security.halted"
    wiring.do_now(setup.switch_off, actor, now=purse.now)
    assert purse.row(actor).state == "off"


@pytest.mark.parametrize("language", ["ru", "uk", "be", "en"])
def test_every_message_is_said_in_every_language(purse: Purse, language: str) -> None:
    speaker = Speaker(language, purse.profile)
    money = purse.standing(purse.person()).taken
    every = {"threshold": money, "amount": money, "month": money, "most": money, "tail": "4242"}
    every |= {"again": purse.now, "until": purse.now}
    for about in (
        "on",
        "changed",
        "off",
        "no_card",
        "paid",
        "refused",
        "refused_off",
        "month_spent",
        "sim_changed",
        "stopped",
    ):
        said = speaker.text(f"automatic.sms.{about}", **every)
        assert "{" not in said and len(said) < 300
