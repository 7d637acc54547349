"""How much may be given: once, a day, a month, to somebody new, out of what is one's own, with a fee."""

from datetime import date, timedelta

import pytest

from selfcare_app import wiring
from selfcare_app.payments import transfer
from selfcare_app.subscribers.tables import Account
from tests.payments_sharing.conftest import Town, fault_of, faults

# The profile's limits: 0.10 at least, 50.00 at most, 100.00 and five a day, 20.00 to somebody new on the first day.


@pytest.mark.parametrize(
    ("typed", "refused"),
    [
        ("0,10", ""),
        ("0,09", "sharing.too_little"),
        ("0", "sharing.too_little"),
        ("20", ""),
        ("20,01", "sharing.too_much"),
        ("50,01", "sharing.too_much"),
        ("99999999", "sharing.too_much"),
        ("", "kit.not_an_amount"),
        ("-5", "kit.not_an_amount"),
        ("5,001", "kit.not_an_amount"),
        ("1e3", "kit.not_an_amount"),
        ("five", "kit.not_an_amount"),
        ("٥", ""),
        ("9" * 500, "kit.not_an_amount"),
        ("5\x00", "kit.not_an_amount"),
    ],
)
def test_each_amount_at_its_boundary(town: Town, typed: str, refused: str) -> None:
    anna, boris = town.person(), town.person()
    found = faults(town, anna, town.number(boris), typed)
    if typed == "٥":
        # Digits of another script are either digits or no amount, never another amount.
        assert found in ({}, {"amount": "kit.not_an_amount"})
    else:
        assert found == ({"amount": refused} if refused else {})


def test_somebody_is_new_until_a_day_after_the_first_transfer(town: Town) -> None:
    anna, boris = town.person(), town.person()
    to = town.number(boris)
    town.send(anna, to, "15")
    begun = town.begin(anna, to, "5,01")
    assert begun.faults["amount"].code == "sharing.new_recipient"
    assert begun.faults["amount"].params["left"].minor == 500
    assert begun.faults["amount"].params["possible_at"] == town.now + timedelta(days=1)
    town.send(anna, to, "5")
    just_before = town.now + timedelta(days=1, microseconds=-1)
    assert faults(town, anna, to, "0,10", now=just_before) == {"amount": "sharing.new_recipient"}
    assert faults(town, anna, to, "50", now=town.now + timedelta(days=1)) == {}


def test_a_day_has_its_sum_and_its_count_and_the_next_one_begins_at_midnight(town: Town) -> None:
    anna, boris, carol = town.person(), town.person(), town.person()
    to = town.number(boris)
    town.send(anna, to, "1", now=town.now - timedelta(days=3))
    for amount in ("50", "40"):
        town.send(anna, to, amount)
    begun = town.begin(anna, to, "10,01")
    assert begun.faults["amount"].code == "sharing.too_much_today"
    assert (begun.faults["amount"].params["left"].minor, begun.faults["amount"].params["possible_on"]) == (
        1_000,
        date(2026, 11, 19),
    )
    for _ in range(3):
        town.send(anna, to, "1")
    again = town.begin(anna, to, "1")
    assert (again.faults["amount"].code, again.faults["amount"].params["possible_on"]) == (
        "sharing.too_often",
        date(2026, 11, 19),
    )
    # Midnight in the operator's zone is nine in the evening, UTC.
    midnight = town.now.replace(hour=21, minute=0)
    assert faults(town, anna, to, "1", now=midnight - timedelta(microseconds=1)) == {"amount": "sharing.too_often"}
    assert faults(town, anna, to, "50", now=midnight) == {}
    assert faults(town, carol, town.number(boris), "1") == {}


@pytest.mark.requirement("AS-063")
@pytest.mark.parametrize("operator", ["assa"])
def test_a_month_has_a_thousand_and_ten_is_the_least(town: Town) -> None:
    anna, boris = town.person(paid=500_000), town.person(paid=0)
    to = town.number(boris)
    assert faults(town, anna, to, "9,99") == {"amount": "sharing.too_little"}
    town.send(anna, to, "10", now=town.now - timedelta(days=10))
    town.send(anna, to, "490", now=town.now - timedelta(days=5))
    town.send(anna, to, "480")
    begun = town.begin(anna, to, "20,01")
    assert begun.faults["amount"].code == "sharing.too_much_this_month"
    assert begun.faults["amount"].params["left"].minor == 2_000
    assert begun.faults["amount"].params["possible_on"] == date(2026, 12, 1)
    town.send(anna, to, "20")
    assert town.balance(boris) == 100_000
    # Kyiv's December begins at ten in the evening, UTC.
    december = town.now.replace(day=30, hour=22, minute=0)
    assert faults(town, anna, to, "10", now=december - timedelta(microseconds=1)) == {
        "amount": "sharing.too_much_this_month"
    }
    assert faults(town, anna, to, "10", now=december) == {}


def test_a_balance_goes_to_the_last_unit_and_not_beyond(town: Town) -> None:
    anna, boris = town.person(paid=1_000), town.person(paid=0)
    sure, draft_id, digest = town.ready(anna, town.number(boris), "10,01")
    terms = wiring.ask_now(transfer.review, anna, draft_id=draft_id, now=town.now)
    assert terms.obstacle is not None
    assert (terms.obstacle.code, terms.obstacle.params["missing"].minor) == ("sharing.not_enough", 1)
    assert (
        fault_of(wiring.do_now, transfer.confirm, sure, draft_id=draft_id, digest=digest, now=town.now)
        == "sharing.not_enough"
    )
    town.send(anna, town.number(boris), "10")
    assert (town.balance(anna), town.balance(boris)) == (0, 1_000)


def test_neither_credit_nor_a_promise_is_given_away(town: Town) -> None:
    anna, boris, carol = town.person(paid=500, settlement="postpaid"), town.person(paid=300), town.person(paid=0)
    town.change(Account, town.line(anna).account_id, credit_limit_minor=10_000)
    account_id = town.line(boris).account_id
    town.pay(town.line(boris), 300, debit=("promised_receivable", str(account_id)), key="promise")
    to = town.number(carol)
    for giver, most, beyond in ((anna, "5", "5,01"), (boris, "3", "3,01")):
        _, draft_id, _ = town.ready(giver, to, beyond)
        obstacle = wiring.ask_now(transfer.review, giver, draft_id=draft_id, now=town.now).obstacle
        assert obstacle is not None
        assert obstacle.code == "sharing.not_enough"
        town.send(giver, to, most)
    assert (town.balance(anna), town.balance(boris), town.balance(carol)) == (0, 300, 800)


def test_a_fee_is_taken_beside_and_counts_for_the_balance(town: Town) -> None:
    town.rule(fee_minor=25)
    anna, boris = town.person(paid=1_024), town.person(paid=0)
    to = town.number(boris)
    _, draft_id, _ = town.ready(anna, to, "10")
    terms = wiring.ask_now(transfer.review, anna, draft_id=draft_id, now=town.now)
    assert (terms.fee.minor, terms.total.minor) == (25, 1_025)
    assert terms.obstacle is not None
    assert terms.obstacle.code == "sharing.not_enough"
    done = town.send(anna, to, "9,99")
    assert done.sent is not None
    assert (done.sent.fee.minor, town.balance(anna), town.balance(boris)) == (25, 0, 999)
