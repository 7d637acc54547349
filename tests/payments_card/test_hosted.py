"""A card payment from the form to the balance: once, whatever the acquirer says, how often and how late (R11)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from selfcare_app import wiring
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import NotANumber
from selfcare_app.payments import hosted, rules_top_up
from selfcare_app.payments.hosted_views import Outcome
from tests.access.engines import settings  # noqa: F401 - a fixture
from tests.payments_card.conftest import Begin, facts, held, open_, payments, row, take
from tests.world import World

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.requirement("ISSA-063")
@pytest.mark.security("R11")
def test_a_payment_is_credited_when_the_acquirer_says_so_and_not_before(
    begin: Begin, person: Subscriber, now: datetime
) -> None:
    payment = begin()
    assert (payment.state, held(person.line_id)) == ("new", 0)
    open_(payment, now)
    assert (row(payment).state, row(payment).url, held(person.line_id)) == (
        "pending",
        f"https://bank.example/{payment.no}",
        0,
    )
    assert take(facts(payment), now + MINUTE) == "paid"
    assert (held(person.line_id), payments(), row(payment).url) == (1_000, 1, "")


@pytest.mark.security("R11")
def test_a_callback_that_comes_fifty_times_at_once_credits_once(
    begin: Begin, person: Subscriber, now: datetime
) -> None:
    payment = begin()
    gate = Barrier(50)

    def tell(_: int) -> str:
        gate.wait()
        return take(facts(payment), now)

    with ThreadPoolExecutor(50) as crowd:
        assert set(crowd.map(tell, range(50))) == {"paid"}
    assert (held(person.line_id), payments()) == (1_000, 1)


@pytest.mark.security("R11")
@pytest.mark.parametrize(
    "changed",
    [{"amount_minor": 999}, {"amount_minor": 100_000}, {"currency": "USD"}, {"transaction_id": ""}],
)
def test_another_amount_or_currency_is_never_credited(
    begin: Begin, person: Subscriber, now: datetime, changed: dict[str, object]
) -> None:
    payment = begin()
    assert take(facts(payment, **changed), now) == "disputed"
    assert (held(person.line_id), payments()) == (0, 0)
    # The truth may still come afterwards: the money that was asked for is credited.
    assert take(facts(payment), now + HOUR) == "paid"
    assert held(person.line_id) == 1_000


@pytest.mark.security("R11")
def test_money_of_one_transaction_pays_one_payment(begin: Begin, person: Subscriber, now: datetime) -> None:
    first, second = begin(), begin()
    assert take(facts(first, transaction_id="t-9"), now) == "paid"
    assert take(facts(second, transaction_id="t-9"), now) == "disputed"
    assert held(person.line_id) == 1_000


@pytest.mark.security("R11")
def test_what_was_declined_may_be_paid_with_another_card_and_no_refusal_undoes_it(
    begin: Begin, person: Subscriber, now: datetime
) -> None:
    payment = begin()
    open_(payment, now)
    assert take(facts(payment, Outcome.FAILED), now) == "failed"
    assert take(facts(payment, transaction_id="t-2"), now + MINUTE) == "paid"
    assert take(facts(payment, Outcome.FAILED, transaction_id="t-3"), now + HOUR) == "paid"
    assert held(person.line_id) == 1_000


@pytest.mark.security("R11")
def test_another_acquirer_or_an_unknown_payment_is_not_heard(begin: Begin, person: Subscriber, now: datetime) -> None:
    payment = begin()
    assert take(facts(payment), now, acquirer="liqpay") == ""
    stranger = facts(payment)
    assert take(type(stranger)(new_id(), Outcome.PAID, 1_000, "BYN", "t-1"), now) == ""
    assert held(person.line_id) == 0


@pytest.mark.security("R4")
def test_a_form_sent_fifty_times_is_one_payment(begin: Begin, now: datetime) -> None:
    ticket, gate = new_id(), Barrier(50)

    def send(_: int) -> object:
        gate.wait()
        return begin(ticket=ticket).id

    with ThreadPoolExecutor(50) as crowd:
        assert set(crowd.map(send, range(50))) == {ticket}
    with pytest.raises(hosted.TicketSpent):
        begin(ticket=ticket, minor=2_000)


@pytest.mark.requirement("ISSA-063")
@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"minor": 99}, rules_top_up.TooLittle),
        ({"minor": 50_001}, rules_top_up.TooMuch),
        ({"way": "webmoney"}, hosted.WayClosed),
        ({"acquirer": ""}, hosted.WayClosed),
        ({"number": "12"}, NotANumber),
        ({"number": "+375 29 999-99-99"}, rules_top_up.OwnOnly),
    ],
)
def test_what_may_not_be_paid_is_refused_and_nothing_is_written(
    begin: Begin, said: dict[str, object], refusal: type[Fault]
) -> None:
    with pytest.raises(refusal):
        begin(**said)


@pytest.mark.parametrize("minor", [100, 50_000])
def test_the_very_limits_may_be_paid(begin: Begin, minor: int) -> None:
    assert begin(minor=minor).amount == Money(minor, "BYN")


def test_so_many_unfinished_and_no_more_until_one_has_its_end(begin: Begin, now: datetime) -> None:
    begun = [begin() for _ in range(5)]
    with pytest.raises(hosted.TooManyOpen):
        begin()
    take(facts(begun[0]), now)
    begin()


@pytest.mark.security("S-06")
def test_nobody_sees_another_s_payment(begin: Begin, world: World) -> None:
    payment, stranger = begin(), world.subscriber()
    with pytest.raises(hosted.NoPayment):
        wiring.ask_now(hosted.own, stranger, payment_id=payment.id)


def test_the_page_tells_what_is_unfinished(begin: Begin, person: Subscriber, now: datetime) -> None:
    done, waiting = begin(), begin()
    take(facts(done), now)
    offer = wiring.ask_now(hosted.offer, person, now=now)
    assert [each.id for each in offer.unfinished] == [waiting.id]
    assert (offer.least, offer.most, offer.other_least) == (Money(100, "BYN"), Money(50_000, "BYN"), None)


def test_a_line_without_a_number_tops_itself_up(begin: Begin, world: World, now: datetime) -> None:
    person = world.subscriber(msisdn=None)
    payment = begin(actor=person)
    assert (payment.is_other, payment.number) == (False, "")
    assert take(facts(payment), now) == "paid"
    assert held(person.line_id) == 1_000
