"""The card is charged once for each falling below: two workers, a crash, a double run, a lost answer, a late word."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from selfcare_app import wiring
from selfcare_app.adapters.cards.port import AcquirerAway
from selfcare_app.payments.automatic import charge, setup, watch
from selfcare_app.payments.hosted_views import Charge, Facts, Outcome
from selfcare_app.worker import automatic as worker
from tests.payments_automatic.conftest import DOOR, TEST, Bank, Purse

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def take(purse: Purse, facts: Facts, acquirer: str = "bepaid") -> str:
    return wiring.do_now(charge.take, DOOR, acquirer=acquirer, facts=facts, now=purse.now)


@pytest.mark.security("R4", "R11")
def test_below_by_the_last_unit_and_not_by_one_more(purse: Purse) -> None:
    actor = purse.on()
    purse.spend(actor, 500)
    assert (purse.balance(actor), purse.work(), purse.charges(actor)) == (500, 0, [])
    purse.spend(actor, 1)
    assert purse.work() == 1
    assert (purse.balance(actor), purse.states(actor), purse.told(actor)) == (1_499, ["paid"], ["on", "paid"])
    (sent,) = purse.bank.sent
    assert (sent.token, sent.amount.minor) == ("token-of-the-card", 1_000)


def test_each_fall_is_charged_for_once_and_the_next_again(purse: Purse) -> None:
    actor = purse.below()
    for _ in range(3):
        purse.work()
    assert len(purse.bank.sent) == 1
    purse.spend(actor, 1_000)
    for _ in range(3):
        purse.work()
    assert [(row.fall, row.attempt) for row in purse.charges(actor)] == [(1, 1), (2, 1)]
    assert purse.balance(actor) == 1_200
    seen = purse.standing(actor)
    assert (seen.taken.minor, seen.last is not None and seen.last.state) == (2_000, "paid")


def test_the_payment_stands_in_the_history_like_any_by_card(purse: Purse) -> None:
    actor = purse.below()
    purse.work()
    (row,) = purse.charges(actor)
    _, paid = purse.payments()
    assert (paid.operation_id, paid.amount_minor) == (row.operation_id, 1_000)
    assert (paid.channel, paid.external_id) == ("bank_card", f"bepaid:t-{row.id}")


@pytest.mark.security("R1", "R4")
def test_fifty_workers_at_once_charge_once(any_purse: Purse) -> None:
    actors = [any_purse.below() for _ in range(3)]
    with ThreadPoolExecutor(16) as crowd:
        list(crowd.map(any_purse.work, [f"w{n}" for n in range(50)]))
    assert Counter(each.id for each in any_purse.bank.sent).most_common(1)[0][1] == 1
    assert [any_purse.states(actor) for actor in actors] == [["paid"]] * 3
    assert [any_purse.balance(actor) for actor in actors] == [1_200] * 3


@pytest.mark.security("R1")
def test_a_second_worker_in_the_middle_of_the_charge_finds_nothing_to_do(purse: Purse) -> None:
    actor = purse.below()
    purse.bank.meanwhile = lambda: _second(purse)
    assert purse.work("first") == 1
    assert (len(purse.bank.sent), purse.balance(actor)) == (1, 1_200)


def _second(purse: Purse) -> None:
    assert purse.work("second") == 0


@pytest.mark.security("R1")
@pytest.mark.parametrize("is_charged", [True, False])
def test_whoever_dies_with_a_charge_has_it_asked_after_and_never_sent_again(purse: Purse, is_charged: bool) -> None:
    actor = purse.below()

    def die(one: Charge, *, description: str) -> Facts:
        if is_charged:
            purse.bank.sent.append(one)
        raise KeyboardInterrupt

    alive, purse.bank.charge = purse.bank.charge, die  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        purse.work("dead")
    purse.bank.charge = alive  # type: ignore[method-assign]
    first = purse.charges(actor)[0].id
    for seconds in (MINUTE, 4 * MINUTE, HOUR, HOUR, DAY):
        purse.later(seconds=seconds)
        purse.work("other")
    sent = [each.id for each in purse.bank.sent]
    assert purse.balance(actor) == 1_200
    assert sent == [first] if is_charged else first not in sent
    assert purse.states(actor) == (["paid"] if is_charged else ["void", "paid"])


@pytest.mark.security("R11")
def test_a_lost_answer_is_asked_for_after_five_minutes_and_credited_once(purse: Purse) -> None:
    actor = purse.below()
    purse.bank.keeps_quiet = True
    assert purse.work() == 0
    assert (purse.states(actor), purse.standing(actor).next_at) == (["sent"], None)
    purse.later(seconds=5 * MINUTE - 1)
    purse.work()
    assert purse.bank.looked == []
    purse.later(seconds=1)
    purse.work()
    assert (purse.balance(actor), purse.states(actor), len(purse.bank.sent)) == (1_200, ["paid"], 1)


@pytest.mark.security("R11")
def test_the_callback_and_the_answer_are_one_credit(purse: Purse) -> None:
    actor = purse.below()
    purse.bank.meanwhile = lambda: _called_back(purse)
    purse.work()
    assert _called_back(purse) == "paid"
    assert (purse.balance(actor), purse.told(actor)) == (1_200, ["on", "paid"])


def _called_back(purse: Purse) -> str:
    return take(purse, purse.bank.facts(purse.bank.sent[-1]))


@pytest.mark.security("R11")
def test_a_bank_that_is_away_for_long_is_asked_and_its_late_word_counts(purse: Purse) -> None:
    actor = purse.below()
    purse.bank.keeps_quiet = True
    purse.work()
    purse.bank.is_away = True
    for _ in range(5):
        assert purse.charges(actor)[0].state == "sent"
        purse.later(seconds=DAY)
        purse.work()
    assert purse.charges(actor)[0].state == "void"
    assert purse.told(actor)[:2] == ["on", "refused"]
    assert take(purse, purse.bank.facts(purse.bank.sent[0])) == "paid"
    assert purse.balance(actor) == 1_200


@pytest.mark.security("R11")
@pytest.mark.parametrize("said", [{"amount_minor": 1}, {"currency": "USD"}, {"transaction_id": ""}])
def test_another_sum_is_not_credited_and_nothing_more_is_taken(purse: Purse, said: dict[str, object]) -> None:
    actor = purse.below()
    purse.bank.facts = lambda one, **_: Bank.facts(purse.bank, one, **said)  # type: ignore[method-assign]
    purse.work()
    purse.later(seconds=2 * DAY)
    purse.work()
    assert (purse.balance(actor), purse.states(actor), len(purse.bank.sent)) == (200, ["disputed"], 1)


@pytest.mark.security("R11")
def test_the_money_of_another_payment_is_not_credited_twice(purse: Purse) -> None:
    actor = purse.on()
    (first,) = purse.payments()
    purse.spend(actor, 800)
    one = first.external_id.removeprefix("bepaid:")
    purse.bank.facts = lambda each, **_: Bank.facts(purse.bank, each, transaction_id=one)  # type: ignore[method-assign]
    purse.work()
    assert (purse.balance(actor), purse.states(actor)) == (200, ["disputed"])


@pytest.mark.security("R11")
def test_another_acquirer_s_word_is_none(purse: Purse) -> None:
    actor = purse.below()
    purse.bank.keeps_quiet = True
    purse.work()
    assert take(purse, purse.bank.facts(purse.bank.sent[0]), acquirer="liqpay") == ""
    assert purse.balance(actor) == 200


def test_money_that_comes_another_way_ends_the_wait(purse: Purse) -> None:
    actor = purse.below()
    purse.bank.answer = Outcome.FAILED
    purse.work()
    purse.pay(actor, 5_000)
    purse.bank.answer = Outcome.PAID
    purse.later(seconds=HOUR)
    purse.work()
    assert (purse.states(actor), len(purse.bank.sent)) == (["refused", "void"], 1)
    purse.spend(actor, 5_000)
    purse.work()
    assert (purse.states(actor), purse.balance(actor)) == (["refused", "void", "paid"], 1_200)


def test_no_acquirer_means_that_it_waits_and_goes_on_when_there_is_one(purse: Purse) -> None:
    actor = purse.below()
    purse.wires.cards = None
    assert purse.work() == 0
    assert purse.states(actor) == ["new"]
    purse.wires.cards = purse.bank
    purse.later(seconds=HOUR)
    assert (purse.work(), purse.balance(actor)) == (1, 1_200)


def test_one_bank_that_is_away_is_waited_for_once_a_round(purse: Purse) -> None:
    actors = [purse.below() for _ in range(3)]
    tried: list[Charge] = []

    def away(one: Charge, *, description: str) -> Facts:
        tried.append(one)
        raise AcquirerAway()

    purse.bank.charge = away  # type: ignore[method-assign]
    purse.work()
    assert len(tried) == 1
    assert sorted(purse.states(actor)[0] for actor in actors) == ["new", "new", "sent"]


@pytest.mark.security("R4")
def test_turning_it_off_while_it_is_charged_leaves_one_true_end(purse: Purse) -> None:
    actor = purse.below()
    purse.bank.answer = Outcome.FAILED
    purse.bank.meanwhile = lambda: wiring.do_now(setup.switch_off, actor, now=purse.now)
    purse.work()
    purse.later(seconds=2 * DAY)
    purse.work()
    assert (purse.states(actor), purse.row(actor).state) == (["refused"], "off")


def test_the_month_has_what_was_chosen_and_no_more(purse: Purse) -> None:
    actor = purse.below(month="20")
    purse.work()
    purse.spend(actor, 1_000)
    purse.work()
    purse.spend(actor, 1_000)
    purse.work()
    assert (purse.balance(actor), len(purse.bank.sent)) == (200, 2)
    seen = purse.standing(actor)
    first = purse.now.astimezone(purse.profile.zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    assert seen.next_at == (first + timedelta(days=32)).replace(day=1)
    assert seen.last is not None and seen.last.reason == "automatic.month_spent"
    assert purse.told(actor) == ["on", "paid", "paid", "month_spent"]
    purse.work()
    assert purse.told(actor).count("month_spent") == 1
    purse.now = seen.next_at
    purse.work()
    assert (purse.balance(actor), len(purse.bank.sent)) == (1_200, 3)


def test_a_watch_that_runs_twice_sees_a_fall_once(purse: Purse) -> None:
    purse.below()
    seen = [wiring.do_now(watch.watch, TEST, limit=worker.WATCHED, now=purse.now) for _ in range(2)]
    assert seen == [1, 0]
