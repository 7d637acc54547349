"""The desk's part of returns: the queue and its clock, two employees, the money, the SMS, once however many try."""

from typing import Any

import pytest

from selfcare_app.access import desk_second
from selfcare_app.access.desk_second import OwnRequest
from selfcare_app.access.staff import Duty, NotYourDuty
from selfcare_app.access.tables import AccessEvent
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.ids import new_id
from selfcare_app.ledger.reverse import reverse
from selfcare_app.ledger.tables import Transfer
from selfcare_app.payments.refund import apply, decide, move
from selfcare_app.payments.refund.tables import RefundApplication
from selfcare_app.payments.tables import Payment
from selfcare_app.subscribers.tables import Account
from tests.payments.conftest import Till
from tests.payments.desks import BOTH, accepted, applied, clerk, waiting, wrong_line


@pytest.mark.requirement("ISSA-070")
@pytest.mark.security("asvs_2_3_5", "T16")
def test_two_employees_return_a_payment_and_both_sides_are_told(till: Till) -> None:
    mine = till.line(has=0)
    wrong = wrong_line(till, mine, has=500)
    payment = till.paid(wrong, 1_000, days_ago=1)
    made = applied(till, mine, payment, wrong.msisdn)
    maker, checker = clerk(till, "olga", Duty.REFUNDS), clerk(till, "ivan", Duty.CONFIRM)
    found = waiting(till, maker)
    assert (found.application.no, found.receipt, found.is_late, found.asked_by) == (made.no, "4417", False, "")
    assert [(each.payment_id, each.is_spent) for each in found.candidates] == [(payment.id, False)]
    till.do(decide.accept, maker, application_id=made.id, payment_id=payment.id)
    assert (till.balance(mine), till.balance(wrong), waiting(till, maker).asked_by) == (0, 1_500, "olga")
    (request,) = till.ask_at(desk_second.waiting, checker)
    assert (request.kind, request.terms["amount"], request.reason) == ("refund", "10.00 BYN", str(made.no))
    till.do(desk_second.confirm, checker, request_id=request.id)
    assert (till.balance(mine), till.balance(wrong)) == (1_000, 500)
    (row,) = till.rows(RefundApplication)
    assert (row.state, row.payment_id, row.decided_by) == ("accepted", payment.id, checker.staff_id)
    assert till.ask_at(decide.queue, maker) == ()
    assert [key for key, _ in till.messages(mine)] == ["refund.sms.applied", "refund.sms.accepted"]
    assert [key for key, _ in till.messages(wrong)] == ["refund.sms.taken"]
    actions = [[row.action for row in till.rows(JournalEntry, line_id=line.id)] for line in (mine, wrong)]
    assert actions == [["refund_applied", "refund_accepted"], ["refund_taken"]]
    (reversal,) = [row for row in till.rows(Transfer) if row.reverses is not None]
    assert reversal.amount_minor == 1_000
    assert {row.channel for row in till.rows(Payment, account_id=mine.account_id)} == {"refund"}


@pytest.mark.requirement("ISSA-068")
@pytest.mark.parametrize(("left", "spent"), [(1_000, False), (999, True), (0, True)])
def test_a_prepaid_number_has_to_have_the_money_still(till: Till, left: int, spent: bool) -> None:
    mine = till.line(has=0)
    wrong = wrong_line(till, mine, has=0)
    payment = till.paid(wrong, 1_000, days_ago=1)
    applied(till, mine, payment, wrong.msisdn)
    till.spent(wrong, 1_000 - left) if left < 1_000 else None
    maker, checker = clerk(till, "olga", *BOTH), clerk(till, "ivan", *BOTH)
    found = waiting(till, maker)
    assert found.candidates[0].is_spent == spent
    if not spent:
        accepted(till, maker, checker)
        assert (till.balance(mine), till.balance(wrong)) == (1_000, 0)
        return
    with pytest.raises(move.Spent):
        till.do(decide.accept, maker, application_id=found.application.id, payment_id=payment.id)
    till.do(decide.refuse, maker, application_id=found.application.id, reason="spent")
    assert (till.balance(mine), till.balance(wrong)) == (0, left)
    assert [key for key, _ in till.messages(mine)][-1] == "refund.sms.refused_spent"


@pytest.mark.requirement("ISSA-068")
def test_what_is_spent_between_the_two_employees_is_not_returned(till: Till) -> None:
    mine = till.line(has=0)
    wrong = wrong_line(till, mine, has=0)
    payment = till.paid(wrong, 1_000, days_ago=1)
    made = applied(till, mine, payment, wrong.msisdn)
    maker, checker = clerk(till, "olga", *BOTH), clerk(till, "ivan", *BOTH)
    till.do(decide.accept, maker, application_id=made.id, payment_id=payment.id)
    till.spent(wrong, 1)
    (request,) = till.ask_at(desk_second.waiting, checker)
    with pytest.raises(move.Spent):
        till.do(desk_second.confirm, checker, request_id=request.id)
    assert (till.balance(mine), till.balance(wrong)) == (0, 999)
    till.do(desk_second.decline, checker, request_id=request.id)
    assert waiting(till, maker).asked_by == ""


def test_a_postpaid_number_pays_what_is_missing_with_its_bill(till: Till) -> None:
    mine = till.line(has=0)
    wrong = wrong_line(till, mine, has=0, settlement="postpaid")
    payment = till.paid(wrong, 1_000, days_ago=1)
    till.spent(wrong, 900)
    applied(till, mine, payment, wrong.msisdn)
    accepted(till, clerk(till, "olga", *BOTH), clerk(till, "ivan", *BOTH))
    assert (till.balance(mine), till.balance(wrong)) == (1_000, -900)


def test_a_payment_from_before_the_imported_balance_goes_through_clearing(till: Till) -> None:
    mine = till.line(has=0)
    wrong = wrong_line(till, mine, has=5_000)
    with till.wires.db.transaction() as session:
        session.get_one(Account, wrong.account_id).balance_as_of = till.now
    payment = till.paid(wrong, 1_000, days_ago=1)
    assert (payment.operation_id, till.balance(wrong)) == (None, 5_000)
    applied(till, mine, payment, wrong.msisdn)
    accepted(till, clerk(till, "olga", *BOTH), clerk(till, "ivan", *BOTH))
    assert (till.balance(mine), till.balance(wrong)) == (1_000, 4_000)


@pytest.mark.parametrize("days", [0, 1, 2])
def test_a_payment_fits_on_its_day_and_the_ones_beside(till: Till, days: int) -> None:
    mine = till.line(has=0)
    wrong = wrong_line(till, mine, has=0)
    told = till.paid(wrong, 700, days_ago=1)
    till.paid(wrong, 700, days_ago=1 + days) if days else None
    for minor, other in ((699, wrong), (700, till.line(has=0))):
        till.paid(other, minor, days_ago=1)
    till.paid(wrong, 700, days_ago=1, channel="promised")
    applied(till, mine, told, wrong.msisdn)
    assert len(waiting(till, clerk(till, "olga", *BOTH)).candidates) == {0: 1, 1: 2, 2: 1}[days]


def test_a_payment_that_was_taken_back_already_is_not_taken_again(till: Till) -> None:
    mine = till.line(has=0)
    wrong = wrong_line(till, mine, has=9_000)
    payment = till.paid(wrong, 1_000, days_ago=1)
    made = applied(till, mine, payment, wrong.msisdn)
    maker, checker = clerk(till, "olga", *BOTH), clerk(till, "ivan", *BOTH)
    till.do(decide.accept, maker, application_id=made.id, payment_id=payment.id)
    (transfer,) = till.rows(Transfer, operation_id=payment.operation_id)
    till.do(reverse, transfer_id=transfer.id, key="chargeback")
    (request,) = till.ask_at(desk_second.waiting, checker)
    with pytest.raises(move.Returned):
        till.do(desk_second.confirm, checker, request_id=request.id)
    assert (till.balance(mine), till.balance(wrong)) == (0, 9_000)


@pytest.mark.security("asvs_2_3_5", "asvs_8_2_1")
def test_who_has_not_the_duty_neither_sees_nor_decides_and_nobody_confirms_himself(till: Till) -> None:
    mine = till.line(has=0)
    wrong = wrong_line(till, mine, has=0)
    payment = till.paid(wrong, 1_000, days_ago=1)
    made = applied(till, mine, payment, wrong.msisdn)
    plain, maker = clerk(till, "petr", Duty.CONFIRM, Duty.EMPLOYEES), clerk(till, "olga", *BOTH)
    with pytest.raises(NotYourDuty):
        till.ask_at(decide.queue, plain)
    with pytest.raises(NotYourDuty):
        till.do(decide.accept, plain, application_id=made.id, payment_id=payment.id)
    with pytest.raises(NotYourDuty):
        till.do(decide.refuse, plain, application_id=made.id, reason="spent")
    till.do(decide.accept, maker, application_id=made.id, payment_id=payment.id)
    (request,) = till.ask_at(desk_second.waiting, maker)
    with pytest.raises(OwnRequest):
        till.do(desk_second.confirm, maker, request_id=request.id)
    with pytest.raises(desk_second.AskedAlready):
        till.do(decide.accept, maker, application_id=made.id, payment_id=payment.id)
    assert till.balance(mine) == 0


def test_two_applications_of_one_line_wait_for_the_second_employee_side_by_side(till: Till) -> None:
    mine = till.line(has=0)
    wrong = wrong_line(till, mine, has=0)
    maker, checker = clerk(till, "olga", *BOTH), clerk(till, "ivan", *BOTH)
    for minor in (100, 200):
        payment = till.paid(wrong, minor, days_ago=1)
        made = applied(till, mine, payment, wrong.msisdn)
        till.do(decide.accept, maker, application_id=made.id, payment_id=payment.id)
    for request in till.ask_at(desk_second.waiting, checker):
        till.do(desk_second.confirm, checker, request_id=request.id)
    assert till.balance(mine) == 300


@pytest.mark.requirement("ISSA-070")
@pytest.mark.parametrize("reason", ["not_found", "spent", "receipt"])
def test_a_refusal_has_a_reason_that_the_sms_says(till: Till, reason: str) -> None:
    mine = till.line(has=0)
    wrong = wrong_line(till, mine, has=0)
    made = applied(till, mine, till.paid(wrong, 1_000, days_ago=1), wrong.msisdn)
    actor = clerk(till, "olga", Duty.REFUNDS)
    for nonsense in ("", "because", "spent "):
        with pytest.raises(decide.NoReason):
            till.do(decide.refuse, actor, application_id=made.id, reason=nonsense)
    till.do(decide.refuse, actor, application_id=made.id, reason=reason)
    assert [key for key, _ in till.messages(mine)][-1] == f"refund.sms.refused_{reason}"
    (shown,) = till.ask(apply.mine, till.actor(mine))
    assert (shown.state, shown.reason) == ("refused", reason)
    (said,) = till.rows(AccessEvent, kind="desk", outcome="refund_refused")
    assert said.details["login"] == "olga"
    for act in (decide.refuse, decide.accept):
        more: dict[str, Any] = {"reason": reason} if act is decide.refuse else {"payment_id": new_id()}
        with pytest.raises(decide.NotWaiting):
            till.do(act, actor, application_id=made.id, **more)


def test_a_refused_application_is_not_carried_out_by_a_late_confirmation(till: Till) -> None:
    mine = till.line(has=0)
    wrong = wrong_line(till, mine, has=0)
    payment = till.paid(wrong, 1_000, days_ago=1)
    made = applied(till, mine, payment, wrong.msisdn)
    maker, checker = clerk(till, "olga", *BOTH), clerk(till, "ivan", *BOTH)
    till.do(decide.accept, maker, application_id=made.id, payment_id=payment.id)
    till.do(decide.refuse, checker, application_id=made.id, reason="receipt")
    (request,) = till.ask_at(desk_second.waiting, checker)
    with pytest.raises(decide.NotWaiting):
        till.do(desk_second.confirm, checker, request_id=request.id)
    assert (till.balance(mine), till.balance(wrong)) == (0, 1_000)


def test_a_payment_that_is_not_of_the_application_is_not_returned(till: Till) -> None:
    mine = till.line(has=0)
    wrong = wrong_line(till, mine, has=0)
    made = applied(till, mine, till.paid(wrong, 1_000, days_ago=1), wrong.msisdn)
    foreign = till.paid(till.line(has=0), 1_000, days_ago=1)
    for payment_id in (foreign.id, new_id()):
        with pytest.raises(decide.NoSuchPayment):
            till.do(decide.accept, clerk(till, str(payment_id), *BOTH), application_id=made.id, payment_id=payment_id)


def test_both_numbers_of_one_account_have_nothing_to_return(till: Till) -> None:
    mine = till.line(has=0)
    wrong = wrong_line(till, mine, has=None, account_id=mine.account_id)
    payment = till.paid(mine, 1_000, days_ago=1)
    applied(till, mine, payment, wrong.msisdn)
    with pytest.raises(move.SameAccount):
        accepted(till, clerk(till, "olga", *BOTH), clerk(till, "ivan", *BOTH))


@pytest.mark.requirement("ISSA-070")
def test_the_queue_has_the_most_urgent_first_and_says_what_is_late(till: Till) -> None:
    maker = clerk(till, "olga", Duty.REFUNDS)
    numbers = []
    for days in (1, 1):
        mine = till.line(has=0)
        wrong = wrong_line(till, mine, has=0)
        numbers.append(applied(till, mine, till.paid(wrong, 500, days_ago=1), wrong.msisdn).no)
        till.later(days=days)
    till.later(days=3)  # Monday 23rd: the last day of the first application.
    found = till.ask_at(decide.queue, maker)
    assert [(each.application.no, each.is_late) for each in found] == [(numbers[0], False), (numbers[1], False)]
    till.later(days=1)
    assert [each.is_late for each in till.ask_at(decide.queue, maker)] == [True, False]


def test_the_check_sees_a_return_that_was_not_given(till: Till) -> None:
    mine = till.line(has=0)
    wrong = wrong_line(till, mine, has=0)
    applied(till, mine, till.paid(wrong, 1_000, days_ago=1), wrong.msisdn)
    maker: Staff = clerk(till, "olga", *BOTH)
    accepted(till, maker, clerk(till, "ivan", *BOTH))
    (row,) = till.rows(RefundApplication)
    for minor, wrong_now in ((900, ["I8"]), (1_000, [])):
        with till.wires.db.transaction() as session:
            session.get_one(RefundApplication, row.id).amount_minor = minor
        assert [found.partition(" ")[0] for found in till.broken()] == wrong_now
