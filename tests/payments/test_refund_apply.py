"""Applying for the return of a wrong payment: the conditions at their bounds and one beyond, the code, the limits."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from selfcare_app.access import halt
from selfcare_app.kit.actor import Acting, OwnOnly, ProofNeeded
from selfcare_app.kit.amount import NotAnAmount
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.msisdn import NotANumber
from selfcare_app.orders import draft
from selfcare_app.orders.draft import NotAnswered
from selfcare_app.orders.tables import Draft
from selfcare_app.payments.refund import apply, rules, typed
from selfcare_app.payments.refund.tables import RefundApplication
from selfcare_app.subscribers.tables import Line
from tests.payments.conftest import Till
from tests.payments.desks import applied, proven, slip, wrong_line

GOOD = {"amount": "10", "paid_on": "2026-11-17", "receipt": ""}


def faults(till: Till, line: Line, **change: str) -> dict[str, Fault]:
    """What stands against each field of a form; {} for one that is taken."""
    told = {"number": slip(line.msisdn)} | GOOD | change
    try:
        till.do(apply.begin, till.actor(line), **told)
    except NotAnswered as refused:
        return refused.faults
    return {}


@pytest.fixture
def mine(till: Till) -> Line:
    return till.line(has=0, msisdn="375291234567")


@pytest.mark.requirement("ISSA-065")
@pytest.mark.parametrize(
    ("amount", "refusal"),
    [("30", None), ("30,01", rules.TooMuch), ("0,01", None), ("0", rules.Nothing), ("-5", NotAnAmount), ("x", NotAnAmount),
     ("", NotAnAmount), ("1" * 4_000, NotAnAmount)],
)  # fmt: skip
def test_the_amount(till: Till, mine: Line, amount: str, refusal: type[Fault] | None) -> None:
    found = faults(till, mine, amount=amount)
    assert {name: type(fault) for name, fault in found.items()} == ({"amount": refusal} if refusal else {})
    if refusal is rules.TooMuch:
        assert found["amount"].params == {"most": till.money(3_000)}


@pytest.mark.requirement("ISSA-066")
@pytest.mark.parametrize(
    ("day", "refusal"),
    [("2026-11-18", None), ("2026-11-04", None), ("2026-11-03", rules.TooOld), ("2026-11-19", rules.InFuture),
     ("18.11.2026", typed.NotADay), ("", typed.NotADay), ("2026-13-01", typed.NotADay), ("0001-01-01", rules.TooOld)],
)  # fmt: skip
def test_the_day(till: Till, mine: Line, day: str, refusal: type[Fault] | None) -> None:
    found = faults(till, mine, paid_on=day)
    assert {name: type(fault) for name, fault in found.items()} == ({"paid_on": refusal} if refusal else {})


@pytest.mark.requirement("ISSA-067", "ISSA-069")
@pytest.mark.security("asvs_2_2_3")
@pytest.mark.parametrize(
    ("number", "refusal"),
    [("375291234568", None), ("+375 29 123-45-99", None), ("80291234599", None), ("375441234567", None),
     ("375291234000", rules.TooDifferent), ("375291234567", rules.SameNumber), ("375331234567", typed.OtherOperator),
     ("12", NotANumber), ("", NotANumber), ("' OR 1=1 --", NotANumber)],
)  # fmt: skip
def test_the_number(till: Till, mine: Line, number: str, refusal: type[Fault] | None) -> None:
    found = faults(till, mine, number=number)
    assert {name: type(fault) for name, fault in found.items()} == ({"number": refusal} if refusal else {})


def test_every_field_is_told_at_once_and_nothing_is_kept(till: Till, mine: Line) -> None:
    told = {"number": "12", "amount": "99", "paid_on": "2020-01-01", "receipt": "x" * 41}
    assert set(faults(till, mine, **told)) == set(told)
    assert isinstance(faults(till, mine, receipt="a\x07b")["receipt"], typed.NotAReceipt)
    assert till.rows(Draft) == []


@pytest.mark.security("T13")
def test_whether_the_wrong_number_is_anybody_s_is_not_told(till: Till, mine: Line) -> None:
    wrong_line(till, mine, has=0)
    assert faults(till, mine, number=slip(mine.msisdn)) == faults(till, mine, number="375291234560") == {}


@pytest.mark.requirement("ISSA-070")
def test_it_is_handed_in_once_with_its_number_and_the_day_of_the_answer(till: Till, mine: Line) -> None:
    wrong = wrong_line(till, mine, has=0)
    payment = till.paid(wrong, 1_000, days_ago=1)
    made = applied(till, mine, payment, wrong.msisdn)
    # A Wednesday: Thursday, Friday, Monday.
    assert (made.state, made.due_on, made.wrong) == ("waiting", date(2026, 11, 23), wrong.msisdn)
    assert [found.no for found in till.ask(apply.mine, till.actor(mine))] == [made.no]
    ((key, args),) = till.messages(mine)
    assert (key, args["no"]) == ("refund.sms.applied", made.no)
    assert till.ask(apply.mine, till.actor(wrong)) == ()


@pytest.mark.requirement("ISSA-070")
@pytest.mark.parametrize(
    ("applied_on", "due"),
    [(date(2026, 11, 16), date(2026, 11, 19)), (date(2026, 11, 18), date(2026, 11, 23)),
     (date(2026, 11, 20), date(2026, 11, 25)), (date(2026, 11, 21), date(2026, 11, 25)),
     (date(2026, 11, 22), date(2026, 11, 25))],
)  # fmt: skip
def test_three_working_days_go_round_the_weekend(applied_on: date, due: date) -> None:
    assert rules.review_by(applied_on, 3) == due


@pytest.mark.security("asvs_7_5_1", "asvs_6_6_2")
def test_without_the_code_for_exactly_this_nothing_is_handed_in(till: Till, mine: Line) -> None:
    actor = till.actor(mine)
    first, second = (
        till.do(apply.begin, actor, **(GOOD | {"number": slip(mine.msisdn), "amount": amount})).id
        for amount in ("10", "20")
    )
    one, other = (till.ask_at(apply.review, actor, draft_id=each).digest for each in (first, second))
    assert one != other
    with pytest.raises(ProofNeeded):
        till.do(apply.confirm, actor, draft_id=first, digest=one)
    with pytest.raises(ProofNeeded):
        till.do(apply.confirm, proven(till, actor, other), draft_id=first, digest=one)
    with pytest.raises(apply.TermsChanged):
        till.do(apply.confirm, proven(till, actor, other), draft_id=first, digest=other)
    assert till.rows(RefundApplication) == []
    again = proven(till, actor, one)
    made = till.do(apply.confirm, again, draft_id=first, digest=one)
    assert till.do(apply.confirm, again, draft_id=first, digest=one) == made
    assert len(till.rows(RefundApplication)) == 1


def test_a_payment_that_grows_too_old_before_the_code_is_not_applied_for(till: Till, mine: Line) -> None:
    actor = till.actor(mine)
    draft_id = till.do(apply.begin, actor, **(GOOD | {"number": slip(mine.msisdn), "paid_on": "2026-11-04"})).id
    till.now = datetime(2026, 11, 18, 20, 59, 59, tzinfo=UTC)
    digest = till.ask_at(apply.review, actor, draft_id=draft_id).digest
    till.later(seconds=1)
    with pytest.raises(NotAnswered) as refused:
        till.do(apply.confirm, proven(till, actor, digest), draft_id=draft_id, digest=digest)
    assert isinstance(refused.value.faults["paid_on"], rules.TooOld)


def test_the_same_payment_waits_once_and_no_more_than_three_wait(till: Till, mine: Line) -> None:
    wrong = wrong_line(till, mine, has=0)
    payments = [till.paid(wrong, minor, days_ago=1) for minor in (100, 200, 300, 400)]
    made = applied(till, mine, payments[0], wrong.msisdn)
    with pytest.raises(apply.AppliedAlready) as told:
        applied(till, mine, payments[0], wrong.msisdn)
    assert told.value.params == {"no": made.no}
    for payment in payments[1:3]:
        applied(till, mine, payment, wrong.msisdn)
    with pytest.raises(apply.TooManyWaiting):
        applied(till, mine, payments[3], wrong.msisdn)
    assert isinstance(till.ask_at(apply.terms, till.actor(mine)).obstacle, apply.TooManyWaiting)


@pytest.mark.security("asvs_8_2_2", "T18")
def test_it_is_nobody_else_s(till: Till, mine: Line) -> None:
    actor, stranger = till.actor(mine), till.actor(till.line(has=0))
    draft_id = till.do(apply.begin, actor, **(GOOD | {"number": slip(mine.msisdn)})).id
    for known in (draft_id, new_id()):
        with pytest.raises(draft.NoDraft):
            till.ask_at(apply.review, stranger, draft_id=known)
    acting = replace(actor, acting=Acting(stranger.line_id, "curator", "manage"))
    with pytest.raises(OwnOnly), till.wires.db.snapshot() as session:
        apply.terms(session, acting, now=till.now)


def test_a_stopped_line_applies_for_nothing(till: Till, mine: Line) -> None:
    actor = till.actor(mine)
    till.do(halt.stop, actor)
    with pytest.raises(halt.Halted):
        faults(till, mine)


@pytest.mark.parametrize("operator", ["ihelper", "assa"])
def test_an_operator_without_it_takes_none(till: Till) -> None:
    with pytest.raises(apply.NotOffered):
        till.ask_at(apply.terms, till.actor(till.line(has=0)))


def test_a_line_without_a_number_applies_for_nothing(till: Till) -> None:
    line = till.line(has=0)
    with till.wires.db.transaction() as session:
        session.get_one(Line, line.id).msisdn = None
    with pytest.raises(apply.NoNumber):
        faults(till, replace_number(line))


def replace_number(line: Line) -> Line:
    line.msisdn = "375290000001"
    return line


def test_age_is_counted_in_days_of_the_calendar() -> None:
    rule = apply.Rule(
        max_minor=1, max_age_days=14, max_differing_digits=2, prepaid_needs_unspent=True, review_working_days=3,
        waiting_at_once=1,
    )  # fmt: skip
    today = date(2028, 3, 1)
    rules.check_age(today - timedelta(days=14), today, rule)
    with pytest.raises(rules.TooOld):
        rules.check_age(today - timedelta(days=15), today, rule)
