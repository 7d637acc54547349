"""What is told by SMS and written into the journal has words in every language, with the values that it is given."""

from datetime import date

import pytest

from selfcare_app.i18n import catalogue
from selfcare_app.i18n.speak import Speaker
from selfcare_app.kit.money import Money
from selfcare_app.operators.registry import profile as profile_of
from selfcare_app.payments.refund.rules import Refusal
from tests.conftest import NOW

MONEY = Money(1_234, "BYN")
SMS = {
    "voucher.sms.paid_in": {"amount": MONEY, "balance": MONEY},
    "promise.sms.made": {"amount": MONEY, "due": NOW},
    "promise.sms.repaid": {"amount": MONEY, "balance": MONEY},
    "promise.sms.taken_back": {"amount": MONEY, "balance": -MONEY},
    "refund.sms.applied": {"no": 123_456_789, "due": date(2026, 11, 23)},
    "refund.sms.accepted": {"no": 123_456_789, "amount": MONEY, "balance": MONEY},
    "refund.sms.taken": {"amount": MONEY},
} | {f"refund.sms.refused_{reason}": {"no": 123_456_789} for reason in Refusal}
ACTIONS = (
    "voucher_redeemed", "promised_payment", "promise_repaid", "promise_taken_back", "refund_applied", "refund_accepted",
    "refund_refused", "refund_taken", "viewed_payments", "viewed_account",
)  # fmt: skip


@pytest.mark.requirement("ISSA-070", "ISSA-071")
@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_message_is_said_whole(language: str) -> None:
    speaker = Speaker(language, profile_of("issa"))
    said = {key: speaker.text(key, **args) for key, args in SMS.items()}
    assert [key for key, text in said.items() if "{" in text or not text] == []
    assert len(set(said.values())) == len(said)
    # A message of four parts costs as four.
    assert [key for key, text in said.items() if len(text) > 4 * 67] == []


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_entry_of_the_journal_has_its_words(language: str) -> None:
    known = catalogue.load(language)
    assert [action for action in ACTIONS if f"journal.action.{action}" not in known] == []
