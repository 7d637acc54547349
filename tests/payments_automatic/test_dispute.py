"""Payments that are not what was asked for: they stand at the desk, two employees credit them, one closes them."""

from datetime import timedelta
from uuid import UUID

import pytest

from selfcare_app import wiring
from selfcare_app.access import desk_second
from selfcare_app.access.desk_tables import StaffMember, StaffSession
from selfcare_app.access.staff import Duty
from selfcare_app.endpoints import desk_disputes_view, desk_second_view
from selfcare_app.endpoints.desk_view import Words
from selfcare_app.kit.actor import Staff, Subscriber
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.payments import hosted, hosted_work
from selfcare_app.payments.dispute import decide
from selfcare_app.payments.dispute.decide import AtDesk, Closing
from selfcare_app.payments.hosted_views import Facts, Outcome
from tests.payments_automatic.conftest import DOOR, Bank, Purse, fault_of

pytestmark = [pytest.mark.security("R11"), pytest.mark.requirement("ISSA-063")]


def clerk(purse: Purse, login: str, *duties: Duty) -> Staff:
    """An employee who is in."""
    actor = Staff(new_id(), new_id(), login, frozenset(duties))
    with purse.wires.db.transaction() as session:
        session.add(StaffMember(id=actor.staff_id, login=login, seed=b"", created_at=purse.now, duties=list(duties)))
        session.flush()
        until = purse.now + timedelta(hours=1)
        session.add(
            StaffSession(
                id=actor.session_id, token_digest=login, staff_id=actor.staff_id, created_at=purse.now,
                idle_until=until, absolute_until=until,
            )
        )  # fmt: skip
    return actor


@pytest.fixture
def olga(purse: Purse) -> Staff:
    return clerk(purse, "olga", Duty.REFUNDS)


@pytest.fixture
def ivan(purse: Purse) -> Staff:
    return clerk(purse, "ivan", Duty.REFUNDS, Duty.CONFIRM)


@pytest.fixture
def person(purse: Purse) -> Subscriber:
    return purse.person()


def begun(purse: Purse, person: Subscriber) -> UUID:
    """A payment of ten units that was begun."""
    ten = Money(1_000, purse.profile.currency)
    named = {"ticket": new_id(), "way": "bank_card", "acquirer": "bepaid", "number": "", "amount": ten}
    return wiring.do_now(hosted.begin, person, **named, now=purse.now).id


def told(purse: Purse, payment: UUID, minor: int = 990, currency: str = "BYN", transaction: str = "t-1") -> str:
    facts = Facts(payment, Outcome.PAID, minor, currency, transaction)
    return wiring.do_now(hosted_work.take, DOOR, acquirer="bepaid", facts=facts, now=purse.now)


def queue(purse: Purse, who: Staff) -> tuple[AtDesk, ...]:
    return wiring.ask_now(decide.queue, who, now=purse.now)


def accept(purse: Purse, who: Staff, found: AtDesk) -> None:
    wiring.do_now(decide.accept, who, dispute_id=found.id, now=purse.now)


def confirm(purse: Purse, who: Staff) -> None:
    (request,) = wiring.ask_now(desk_second.waiting, who, now=purse.now)
    wiring.do_now(desk_second.confirm, who, request_id=request.id, now=purse.now)


def close(purse: Purse, who: Staff, found: AtDesk, reason: str = "not_taken") -> None:
    wiring.do_now(decide.close, who, dispute_id=found.id, reason=reason, now=purse.now)


@pytest.mark.security("asvs_2_3_5", "T16")
def test_two_employees_credit_what_was_told(purse: Purse, person: Subscriber, olga: Staff, ivan: Staff) -> None:
    payment = begun(purse, person)
    assert (told(purse, payment), told(purse, payment)) == ("disputed", "disputed")
    (found,) = queue(purse, olga)
    assert found.told is not None
    assert (found.asked.minor, found.told.minor, found.transaction_id) == (1_000, 990, "t-1")
    accept(purse, olga, found)
    assert (purse.balance(person), queue(purse, olga)[0].asked_by) == (0, "olga")
    confirm(purse, ivan)
    assert (purse.balance(person), queue(purse, olga)) == (990, ())
    (paid,) = purse.payments()
    assert (paid.amount_minor, paid.external_id, paid.channel) == (990, "bepaid:t-1", "bank_card")
    assert purse.told(person) == ["dispute.sms.credited"]
    assert wiring.ask_now(hosted.own, person, payment_id=payment).state == "settled"


def test_the_acquirer_s_word_again_changes_nothing_after_it_was_decided(
    purse: Purse, person: Subscriber, olga: Staff, ivan: Staff
) -> None:
    payment = begun(purse, person)
    told(purse, payment)
    accept(purse, olga, queue(purse, olga)[0])
    confirm(purse, ivan)
    assert (told(purse, payment), told(purse, payment, minor=1_000)) == ("settled", "settled")
    assert (purse.balance(person), len(purse.payments()), queue(purse, olga)) == (990, 1, ())


@pytest.mark.security("asvs_2_3_5")
def test_nobody_credits_alone_or_without_the_duty(purse: Purse, person: Subscriber, olga: Staff, ivan: Staff) -> None:
    told(purse, begun(purse, person))
    (found,) = queue(purse, olga)
    stranger = clerk(purse, "petr", Duty.CONFIRM)
    for call in (queue, lambda p, who: accept(p, who, found), lambda p, who: close(p, who, found)):
        assert fault_of(call, purse, stranger) == "desk.not_your_duty"
    accept(purse, ivan, found)
    assert fault_of(confirm, purse, ivan) == "desk.own_request"
    assert fault_of(accept, purse, olga, found) == "desk.asked_already"
    assert purse.balance(person) == 0


@pytest.mark.parametrize("reason", list(Closing))
def test_one_employee_closes_it_for_a_reason_and_the_subscriber_is_told(
    purse: Purse, person: Subscriber, olga: Staff, ivan: Staff, reason: Closing
) -> None:
    told(purse, begun(purse, person))
    (found,) = queue(purse, olga)
    assert fault_of(close, purse, olga, found, "because") == "dispute.no_reason"
    accept(purse, olga, found)
    close(purse, olga, found, reason)
    assert (queue(purse, olga), purse.told(person)) == ((), [f"dispute.sms.closed_{reason}"])
    assert fault_of(confirm, purse, ivan) == "dispute.not_waiting"
    assert fault_of(close, purse, olga, found) == "dispute.not_waiting"
    assert purse.balance(person) == 0


@pytest.mark.parametrize(
    ("minor", "currency", "transaction"),
    [(1_000, "USD", "t-1"), (0, "BYN", "t-1"), (-5, "BYN", "t-1"), (1_000, "BYN", "")],
)
def test_what_is_no_sum_of_the_account_s_is_only_closed(
    purse: Purse, person: Subscriber, olga: Staff, minor: int, currency: str, transaction: str
) -> None:
    told(purse, begun(purse, person), minor, currency, transaction)
    (found,) = queue(purse, olga)
    assert fault_of(accept, purse, olga, found) == "dispute.not_creditable"
    close(purse, olga, found, "given_back")


def test_a_second_transaction_of_a_paid_payment_stands_at_the_desk(
    purse: Purse, person: Subscriber, olga: Staff, ivan: Staff
) -> None:
    payment = begun(purse, person)
    assert told(purse, payment, minor=1_000) == "paid"
    assert told(purse, payment, minor=1_000, transaction="t-2") == "paid"
    (found,) = queue(purse, olga)
    accept(purse, olga, found)
    confirm(purse, ivan)
    assert purse.balance(person) == 2_000
    assert wiring.ask_now(hosted.own, person, payment_id=payment).state == "paid"


def test_money_that_was_credited_meanwhile_is_not_credited_again(
    purse: Purse, person: Subscriber, olga: Staff, ivan: Staff
) -> None:
    payment = begun(purse, person)
    told(purse, payment)
    accept(purse, olga, queue(purse, olga)[0])
    assert told(purse, payment, minor=1_000) == "paid"
    assert fault_of(confirm, purse, ivan) == "dispute.credited_already"
    assert (purse.balance(person), len(purse.payments())) == (1_000, 1)


def test_a_charge_of_a_kept_card_stands_there_too(purse: Purse, olga: Staff, ivan: Staff) -> None:
    actor = purse.below()
    purse.bank.facts = lambda each, **_: Bank.facts(purse.bank, each, amount_minor=1_001)  # type: ignore[method-assign]
    purse.work()
    accept(purse, olga, queue(purse, olga)[0])
    confirm(purse, ivan)
    seen = purse.standing(actor)
    assert seen.last is not None
    assert (purse.balance(actor), seen.last.state, seen.taken.minor) == (1_201, "settled", 1_000)


@pytest.mark.parametrize("language", ["ru", "uk", "be", "en"])
def test_the_desk_s_page_says_it_in_every_language(
    purse: Purse, person: Subscriber, olga: Staff, ivan: Staff, language: str
) -> None:
    told(purse, begun(purse, person), transaction="<t>")
    told(purse, begun(purse, person), currency="U<D")
    words = Words.of(purse.profile, language)
    page = desk_disputes_view.disputes(words, olga, queue(purse, olga), done="accept")
    assert "&lt;t&gt;" in page and "<t>" not in page and "U<D" not in page
    assert page.count("<section>") == 2 and 'href="/desk/disputes"' in page
    accept(purse, olga, queue(purse, olga)[0])
    (request,) = wiring.ask_now(desk_second.waiting, ivan, now=purse.now)
    shown = desk_second_view.requests(words, ivan, [request])
    assert "&lt;t&gt;" in shown and words.plain("request_kind.dispute") in shown
    empty = desk_disputes_view.disputes(words, olga, ())
    assert words.plain("disputes.none") in empty
