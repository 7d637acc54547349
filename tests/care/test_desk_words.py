"""The desk's pages of questions in every language: what stands on them, and what never does."""

from datetime import timedelta

import pytest

from selfcare_app.access import desk_second
from selfcare_app.access.staff import Duty
from selfcare_app.care.charge_question import answer
from selfcare_app.endpoints import desk_questions_view, desk_second_view
from selfcare_app.endpoints.desk_view import Words
from selfcare_app.i18n import catalogue
from selfcare_app.i18n.speak import Speaker
from selfcare_app.kit.actor import Staff
from tests.care.conftest import ANSWER, Counter

pytestmark = pytest.mark.requirement("ISSA-111")

SCRIPT = "<script>alert(1)</script>"


def opened(counter: Counter, clerk: Staff, speech: Words, charge: object, **typed: str) -> str:
    made = counter.asked(charge, **typed)  # type: ignore[arg-type]
    named = counter.looked(clerk, made)
    return desk_questions_view.question(speech, clerk, counter.shown(clerk, named), str(named["look_id"]))


@pytest.mark.security("asvs_1_2_1", "T16")
@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_a_question_stands_beside_its_receipt_without_the_other_sides_number(counter: Counter, language: str) -> None:
    words, clerk = Words.of(counter.detail.profile, language), counter.clerk("olga", Duty.QUESTIONS)
    page = opened(counter, clerk, words, counter.record(), words=f"Почему? {SCRIPT}")
    assert SCRIPT not in page
    assert "&lt;script&gt;" in page
    # 375291234568 was called; four of its digits are enough to tell calls apart by nobody.
    assert "375291234568" not in page
    assert "+37529123••••" in page
    assert words.say.text("receipt.paid") in page
    assert words.plain("questions.same_sums") in page
    assert 'value="reply"' in page
    assert 'value="correct"' not in page
    fee = opened(counter, clerk, words, counter.fee())
    assert words.say.text("receipt.fee.item.plan") in fee
    assert words.plain("questions.no_correction") in fee


@pytest.mark.security("T16")
@pytest.mark.parametrize(
    ("row", "shown", "hidden"),
    [
        ("sms,outgoing,on_net,1234,0,,", "1234", "•"),
        ("sms,outgoing,international,4915112345678,0,,", "+491511234••••", "4915112345678"),
        ("data,outgoing,none,,60,0.10,YouTube", "Интернет", "YouTube"),
    ],
)
def test_the_desk_sees_services_by_short_number_and_not_what_is_read(
    counter: Counter, row: str, shown: str, hidden: str
) -> None:
    counter.load.usage(f"R4,L1,2026-11-04T10:00:00Z,{row}")
    words, clerk = Words.of(counter.detail.profile, "ru"), counter.clerk("olga", Duty.QUESTIONS)
    page = opened(counter, clerk, words, counter.record(1))
    assert shown in page
    assert hidden not in page


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_a_correction_says_what_it_comes_to_to_both_employees(counter: Counter, language: str) -> None:
    words, made = Words.of(counter.detail.profile, language), counter.asked(counter.record())
    maker, checker = counter.clerk("olga", Duty.QUESTIONS), counter.clerk("ivan", Duty.CONFIRM)
    named = counter.looked(maker, made)
    counter.cheaper()
    page = desk_questions_view.question(words, maker, counter.shown(maker, named), str(named["look_id"]))
    assert all(said in page for said in ("0,17" if language != "en" else "0.17", 'value="correct"'))
    counter.do(answer.ask_correction, maker, **named, words=ANSWER)
    waits = desk_questions_view.question(words, maker, counter.shown(maker, named), str(named["look_id"]))
    assert words.plain("questions.asked_by", login="olga") in waits
    assert "<textarea" not in waits
    found = counter.see(desk_second.waiting, checker, now=counter.detail.now)
    asked = desk_second_view.requests(words, checker, found)
    assert all(said in asked for said in (str(made.no), "0.17 BYN", "0.10 BYN", words.plain("request_kind.correction")))


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_the_queue_tells_nobodys_number(counter: Counter, language: str) -> None:
    words, clerk = Words.of(counter.detail.profile, language), counter.clerk("olga", Duty.QUESTIONS)
    empty = desk_questions_view.questions(words, clerk, ())
    assert words.plain("questions.none") in empty
    made = counter.asked(counter.record())
    counter.detail.now += timedelta(days=7)
    found = counter.see(answer.queue, clerk, now=counter.detail.now)
    page = desk_questions_view.questions(words, clerk, found, done="reply")
    assert all(
        said in page for said in (str(made.no), words.plain("questions.late"), words.plain("questions.done.reply"))
    )
    assert counter.line().msisdn not in page
    assert words.plain("questions.title") in desk_second_view.requests(words, clerk, ())


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_what_is_told_by_sms_is_short(counter: Counter, language: str) -> None:
    speaker = Speaker(language, counter.detail.profile)
    said = [speaker.text(f"question.sms.{outcome}", no=999_999_999) for outcome in ("explained", "corrected")]
    assert len(set(said)) == 2
    assert [text for text in said if len(text) > 2 * 67 or "{" in text] == []
    known = catalogue.load(language)
    written = ("charge_questioned", "question_answered", "charge_corrected")
    assert [action for action in written if f"journal.action.{action}" not in known] == []
    reasons = counter.detail.profile.charge_question.reasons  # type: ignore[union-attr]
    assert [reason for reason in reasons if f"question.reason.{reason}" not in known] == []
