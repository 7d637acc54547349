"""What was not heard of: asked after in five minutes, an hour, a day; void then, and credited all the same if it was paid."""

from datetime import datetime, timedelta

import pytest

from selfcare_app import wiring
from selfcare_app.adapters.cards.port import AcquirerAway
from selfcare_app.kit.actor import Subscriber
from selfcare_app.payments.hosted_views import Asked, Facts, HostedView, Opened, Outcome
from selfcare_app.worker import hosted as worker
from tests.payments_card.conftest import Begin, facts, held, payments, row, take

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Bank:
    """An acquirer of the port's own kind, that answers what it is told to."""

    name = "bepaid"

    def __init__(self) -> None:
        self.away, self.answer, self.asked = False, None, list[datetime]()
        self.opened = 0

    def begin(self, payment: Asked, *, description: str) -> Opened:
        self._here()
        assert str(payment.no) in description
        self.opened += 1
        return Opened(f"https://bank.example/{payment.no}", "token")

    def ask(self, payment: Asked) -> Facts | None:
        self._here()
        assert payment.reference == "token"
        self.asked.append(payment.created_at)
        return self.answer

    def verify(self, headers: object, body: bytes) -> Facts:
        raise AssertionError("the janitor asks, nobody calls it back")

    def _here(self) -> None:
        if self.away:
            raise AcquirerAway()


@pytest.fixture
def bank(wires: wiring.Wiring) -> Bank:
    wires.cards = Bank()
    return wires.cards


@pytest.fixture
def payment(begin: Begin, bank: Bank, now: datetime) -> HostedView:
    made = begin()
    assert worker.work("w", now) == 1
    return made


def work(now: datetime, *, name: str = "w") -> str:
    worker.work(name, now)
    return name


@pytest.mark.security("R11")
def test_a_lost_callback_is_found_after_five_minutes(
    payment: HostedView, bank: Bank, person: Subscriber, now: datetime
) -> None:
    bank.answer = facts(payment)
    work(now + 5 * MINUTE - timedelta(seconds=1))
    assert held(person.line_id) == 0
    work(now + 5 * MINUTE)
    assert (held(person.line_id), row(payment).state) == (1_000, "paid")
    work(now + 2 * DAY)
    assert len(bank.asked) == 1


@pytest.mark.security("R11")
def test_it_is_asked_three_times_and_void_after_a_day(payment: HostedView, bank: Bank, now: datetime) -> None:
    for after, state in ((5 * MINUTE, "pending"), (HOUR, "pending"), (DAY - MINUTE, "pending"), (DAY, "void")):
        work(now + after)
        assert row(payment).state == state, after
    assert len(bank.asked) == 3
    work(now + 3 * DAY)
    assert len(bank.asked) == 3


@pytest.mark.security("R11")
def test_a_late_callback_credits_what_was_void(
    payment: HostedView, bank: Bank, person: Subscriber, now: datetime
) -> None:
    for after in (5 * MINUTE, HOUR, DAY):
        work(now + after)
    assert take(facts(payment), now + 3 * DAY) == "paid"
    assert take(facts(payment), now + 4 * DAY) == "paid"
    assert (held(person.line_id), payments()) == (1_000, 1)


@pytest.mark.security("R11")
def test_one_question_is_enough_after_a_long_stop(payment: HostedView, bank: Bank, now: datetime) -> None:
    work(now + 2 * DAY)
    assert (row(payment).state, len(bank.asked)) == ("void", 1)


@pytest.mark.security("R11")
def test_a_bank_that_is_away_is_asked_again_and_nothing_is_void_before_it_answered(
    payment: HostedView, bank: Bank, person: Subscriber, now: datetime
) -> None:
    bank.away = True
    for hours in range(1, 30):
        work(now + hours * HOUR)
    assert row(payment).state == "pending"
    bank.away, bank.answer = False, facts(payment)
    work(now + 31 * HOUR)
    assert held(person.line_id) == 1_000


def test_a_bank_that_never_answers_is_given_up_after_five_days(payment: HostedView, bank: Bank, now: datetime) -> None:
    bank.away = True
    for hours in range(1, 5 * 24 + 3):
        work(now + hours * HOUR)
    assert row(payment).state == "void"


@pytest.mark.security("R11")
def test_an_answer_with_another_amount_is_not_credited(
    payment: HostedView, bank: Bank, person: Subscriber, now: datetime
) -> None:
    bank.answer = facts(payment, amount_minor=1)
    work(now + 5 * MINUTE)
    assert (row(payment).state, held(person.line_id)) == ("disputed", 0)


def test_a_declined_card_is_asked_after_too_because_another_may_have_paid(
    payment: HostedView, bank: Bank, person: Subscriber, now: datetime
) -> None:
    take(facts(payment, Outcome.FAILED), now + MINUTE)
    bank.answer = facts(payment, transaction_id="t-2")
    work(now + 5 * MINUTE)
    assert held(person.line_id) == 1_000


def test_what_was_declined_may_be_paid_for_a_day_and_no_longer(payment: HostedView, bank: Bank, now: datetime) -> None:
    take(facts(payment, Outcome.FAILED), now + MINUTE)
    assert row(payment).url
    for after in (5 * MINUTE, HOUR, DAY):
        work(now + after)
    assert (row(payment).state, row(payment).url, row(payment).due_at) == ("failed", "", None)


def test_a_page_that_the_bank_does_not_open_is_tried_again_and_given_up(
    begin: Begin, bank: Bank, now: datetime
) -> None:
    bank.away = True
    made = begin()
    assert worker.work("w", now) == 0
    assert row(made).state == "new"
    bank.away = False
    worker.work("w", now + MINUTE)
    assert (row(made).state, bank.opened) == ("pending", 1)
    other = begin()
    bank.away = True
    for seconds in range(0, 16 * 60, 30):
        worker.work("w", now + timedelta(seconds=seconds))
    assert row(other).state == "void"


@pytest.mark.security("R11")
def test_two_workers_open_one_page(begin: Begin, bank: Bank, now: datetime) -> None:
    made = begin()
    bank.begin = lambda payment, *, description: _meanwhile(bank, now, payment)  # type: ignore[method-assign]
    worker.work("first", now)
    assert (row(made).state, bank.opened) == ("pending", 1)


def _meanwhile(bank: Bank, now: datetime, payment: Asked) -> Opened:
    """While the first waits for the bank, a second worker looks for something to do."""
    assert worker.work("second", now) == 0
    bank.opened += 1
    return Opened("https://bank.example/1", "token")


@pytest.mark.security("R1")
def test_a_worker_that_died_while_it_asked_is_followed_by_another(begin: Begin, bank: Bank, now: datetime) -> None:
    made = begin()

    def die(payment: Asked, *, description: str) -> Opened:
        raise KeyboardInterrupt

    alive, bank.begin = bank.begin, die  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        worker.work("dead", now)
    bank.begin = alive  # type: ignore[method-assign]
    assert worker.work("other", now + timedelta(seconds=59)) == 0
    assert worker.work("other", now + timedelta(seconds=60)) == 1
    assert row(made).state == "pending"
