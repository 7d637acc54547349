"""The desk's part of questions: the queue, the receipt beside, the answer, a correction by two, each once."""

from datetime import timedelta

import pytest

from selfcare_app.access import desk_look, desk_second
from selfcare_app.access.staff import Duty, NotYourDuty
from selfcare_app.care.charge_question import answer, ask, rules
from selfcare_app.care.charge_question.views import Question
from selfcare_app.journal.tables import JournalDetail, JournalEntry
from selfcare_app.kit.money import Money
from selfcare_app.usage import cleanup
from tests.care.conftest import ANSWER, WORDS, Counter

pytestmark = pytest.mark.requirement("ISSA-111")


def read(counter: Counter) -> Question:
    found: tuple[Question, ...] = counter.see(ask.mine, counter.subscriber())
    return found[0]


def actions(counter: Counter) -> list[str]:
    return [row.action for row in counter.load.rows(JournalEntry, "line_seq")]


@pytest.mark.security("T16")
def test_a_question_is_opened_with_its_receipt_and_answered_once(counter: Counter) -> None:
    made, clerk = counter.asked(counter.record()), counter.clerk("olga", Duty.QUESTIONS)
    (waits,) = counter.see(answer.queue, clerk, now=counter.detail.now)
    assert (waits.no, waits.amount, waits.reason, waits.is_late, waits.asked_by) == (
        made.no, Money(17, "BYN"), "in_package", False, "",
    )  # fmt: skip
    named = counter.looked(clerk, made)
    shown = counter.shown(clerk, named)
    assert (shown.question.words, shown.number, shown.fee) == (WORDS, "375291234567", None)
    assert shown.receipt is not None
    assert (shown.receipt.charge, shown.receipt.source, shown.draft) == (Money(17, "BYN"), "rated", "")
    counter.do(answer.reply, clerk, **named, words=ANSWER)
    seen = read(counter)
    assert (seen.state, seen.outcome, seen.answer, seen.answered_at) == (
        "answered",
        "explained",
        ANSWER,
        counter.detail.now,
    )
    assert counter.messages() == ["question.sms.explained"]
    assert actions(counter) == ["charge_questioned", "found_by_staff", "question_answered"]
    assert counter.see(answer.queue, clerk, now=counter.detail.now) == ()
    for again in (answer.reply, answer.ask_correction):
        with pytest.raises(answer.NotOpen):
            counter.do(again, clerk, **named, words=ANSWER)
    # What was answered may be asked about again.
    assert counter.asked(counter.record()).no != made.no


@pytest.mark.parametrize("days", [0, 5, 6])
def test_the_most_urgent_stands_first_and_what_is_late_is_said(counter: Counter, days: int) -> None:
    first = counter.asked(counter.record())
    clerk = counter.clerk("olga", Duty.QUESTIONS)
    counter.detail.now += timedelta(days=days)
    second = counter.asked(counter.fee())
    found = counter.see(answer.queue, clerk, now=counter.detail.now)
    assert [each.no for each in found] == [first.no, second.no]
    # It was due on Monday the 23rd.
    assert [each.is_late for each in found] == [days > 5, False]


@pytest.mark.security("asvs_8_2_1", "T16")
def test_it_takes_the_duty_and_a_look_of_ones_own(counter: Counter) -> None:
    made = counter.asked(counter.record())
    plain, clerk = (
        counter.clerk("petr", Duty.REFUNDS, Duty.CONFIRM, Duty.EMPLOYEES),
        counter.clerk("olga", Duty.QUESTIONS),
    )
    with pytest.raises(NotYourDuty):
        counter.see(answer.queue, plain, now=counter.detail.now)
    with pytest.raises(NotYourDuty):
        counter.looked(plain, made)
    named, other = counter.looked(clerk, made), counter.clerk("ivan", Duty.QUESTIONS)
    for act in (answer.reply, answer.ask_correction):
        with pytest.raises(NotYourDuty):
            counter.do(act, plain, **named, words=ANSWER)
        with pytest.raises(desk_look.LookOver):
            counter.do(act, other, **named, words=ANSWER)
        with pytest.raises(answer.NotOpen):
            counter.do(act, clerk, **(named | {"no": 1}), words=ANSWER)
    counter.detail.now += timedelta(seconds=counter.detail.profile.desk.look_seconds)
    with pytest.raises(desk_look.LookOver):
        counter.shown(clerk, named)
    assert read(counter).state == "open"


@pytest.mark.security("asvs_8_2_2")
def test_a_look_at_one_line_opens_no_question_of_another(counter: Counter) -> None:
    counter.load.usage("R7,L2,2026-11-02T10:00:00Z,call,outgoing,on_net,375291234567,100,,")
    mine, others = counter.asked(counter.record()), counter.asked(counter.record(1), by=counter.subscriber("L2"))
    clerk = counter.clerk("olga", Duty.QUESTIONS)
    named = counter.looked(clerk, mine) | {"no": others.no}
    with pytest.raises(answer.NotOpen):
        counter.shown(clerk, named)
    with pytest.raises(answer.NotOpen):
        counter.do(answer.reply, clerk, **named, words=ANSWER)


@pytest.mark.parametrize(("words", "refusal"), [(" ", rules.NoWords), ("x" * 1_001, rules.TooLong)])
def test_an_answer_says_something(counter: Counter, words: str, refusal: type[Exception]) -> None:
    made, clerk = counter.asked(counter.fee()), counter.clerk("olga", Duty.QUESTIONS)
    with pytest.raises(refusal):
        counter.do(answer.reply, clerk, **counter.looked(clerk, made), words=words)
    assert read(counter).state == "open"


@pytest.mark.security("asvs_2_3_5", "T16")
def test_two_employees_correct_a_charge_and_the_money_comes_back(both: Counter) -> None:
    made = both.asked(both.record())
    maker, checker = both.clerk("olga", Duty.QUESTIONS, Duty.CONFIRM), both.clerk("ivan", Duty.CONFIRM)
    named = both.looked(maker, made)
    with pytest.raises(answer.NothingToCorrect):
        both.do(answer.ask_correction, maker, **named, words=ANSWER)
    both.cheaper()
    shown = both.shown(maker, named)
    assert shown.correction is not None
    assert (shown.correction.records, shown.correction.before, shown.correction.after) == (
        1, Money(17, "BYN"), Money(10, "BYN"),
    )  # fmt: skip
    request = both.do(answer.ask_correction, maker, **named, words=ANSWER)
    assert (both.load.spent(), read(both).answer, both.shown(maker, named).draft) == (17, None, ANSWER)
    for act in (answer.reply, answer.ask_correction):
        with pytest.raises(answer.CorrectionWaits):
            both.do(act, maker, **named, words=ANSWER)
    with pytest.raises(desk_second.OwnRequest):
        both.do(desk_second.confirm, maker, request_id=request)
    (waits,) = both.see(desk_second.waiting, checker, now=both.detail.now)
    assert (waits.kind, waits.terms["before"], waits.terms["after"]) == ("correction", "0.17 BYN", "0.10 BYN")
    both.do(desk_second.confirm, checker, request_id=request)
    seen = read(both)
    assert (seen.outcome, seen.answer, seen.month) == ("corrected", ANSWER, (Money(17, "BYN"), Money(10, "BYN")))
    assert (both.load.spent(), both.messages()) == (10, ["question.sms.corrected"])
    (details,) = [row.details for row in both.load.rows(JournalDetail) if "before" in row.details]
    assert details == {"no": made.no, "before": "0.17 BYN", "after": "0.10 BYN"}
    with pytest.raises(desk_second.NoRequest):
        both.do(desk_second.confirm, checker, request_id=request)
    assert both.load.spent() == 10
    assert both.broken() == []


def test_what_comes_to_other_sums_by_then_is_not_corrected(counter: Counter) -> None:
    made = counter.asked(counter.record())
    maker, checker = counter.clerk("olga", Duty.QUESTIONS), counter.clerk("ivan", Duty.CONFIRM)
    named = counter.looked(maker, made)
    counter.cheaper()
    request = counter.do(answer.ask_correction, maker, **named, words=ANSWER)
    counter.load.usage("R9,L1,2026-11-05T10:00:00Z,call,outgoing,on_net,375291234568,60,,")
    with pytest.raises(answer.OtherSums):
        counter.do(desk_second.confirm, checker, request_id=request)
    assert (read(counter).state, counter.load.charges()[0]) == ("open", 168_600)
    counter.do(desk_second.decline, checker, request_id=request)
    counter.do(answer.reply, maker, **named, words="Проверили ещё раз.")
    assert (read(counter).outcome, read(counter).answer) == ("explained", "Проверили ещё раз.")


def test_a_fee_and_what_the_billing_charged_are_answered_in_words_alone(counter: Counter) -> None:
    counter.load.usage("R8,L1,2026-11-03T10:00:00Z,call,outgoing,on_net,375291234568,60,0.01,")
    clerk = counter.clerk("olga", Duty.QUESTIONS)
    counter.cheaper()
    for charge in (counter.fee(), counter.record(1)):
        named = counter.looked(clerk, counter.asked(charge))
        shown = counter.shown(clerk, named)
        assert shown.correction is None
        assert (shown.fee is None) != (shown.receipt is None)
        with pytest.raises(answer.NothingToCorrect):
            counter.do(answer.ask_correction, clerk, **named, words=ANSWER)


def test_a_question_outlives_its_record(counter: Counter) -> None:
    counter.load.usage("R0,L1,2026-02-02T10:00:00Z,call,outgoing,on_net,375291234568,181,,")
    made, clerk = counter.asked(counter.record()), counter.clerk("olga", Duty.QUESTIONS)
    counter.do(lambda session, actor, now: cleanup.purge(session, actor, after_no=-1, now=now), clerk)
    named = counter.looked(clerk, made)
    shown = counter.shown(clerk, named)
    assert (shown.receipt, shown.fee, shown.correction) == (None, None, None)
    assert shown.question.amount == made.amount
    counter.do(answer.reply, clerk, **named, words=ANSWER)
    assert read(counter).answer == ANSWER
