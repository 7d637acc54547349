"""The history of payments, its periods and total; what is owed, by when, and how much to pay."""

from datetime import UTC, date, datetime, timedelta

import pytest

from selfcare_app.access import delegation, subjects
from selfcare_app.catalogue.tables import TariffPlan
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.ids import new_id
from selfcare_app.payments import debt, history, rules
from selfcare_app.payments.promise import register
from selfcare_app.subscribers.tables import Account, Line
from tests.payments.conftest import Till

DAY = timedelta(days=1)


def month(till: Till, line: Line, first: date, last: date) -> history.PaymentsOfPeriod:
    found = till.ask_at(history.of_period, till.actor(line), first=first, last_day=last)
    assert isinstance(found, history.PaymentsOfPeriod)
    return found


@pytest.mark.requirement("ISSA-058", "ADM-006")
def test_two_months_and_this_one_are_offered_and_nothing_older(till: Till) -> None:
    line = till.line(has=0)
    shown = till.ask_at(history.offered, till.actor(line))
    assert shown.months == (date(2026, 11, 1), date(2026, 10, 1), date(2026, 9, 1))
    assert month(till, line, date(2026, 9, 1), date(2026, 9, 30)).payments == ()
    for first, last in (
        (date(2026, 8, 1), date(2026, 8, 31)),
        (date(2026, 12, 1), date(2026, 12, 31)),
        (date(2026, 10, 1), date(2026, 11, 18)),
        (date(2026, 10, 2), date(2026, 10, 31)),
        (date(2026, 11, 1), date(2026, 11, 30)),
    ):
        with pytest.raises(history.NoSuchPeriod):
            month(till, line, first, last)


@pytest.mark.requirement("ISSA-058", "IH-013")
def test_a_month_begins_and_ends_at_the_operator_s_midnight(till: Till) -> None:
    line = till.line(has=0)
    midnight = datetime(2026, 10, 31, 21, tzinfo=UTC)
    for minor, at in ((100, midnight - timedelta(microseconds=1)), (200, midnight), (400, till.now)):
        till.paid(line, minor, days_ago=(till.now - at) / DAY)
    october = month(till, line, date(2026, 10, 1), date(2026, 10, 31))
    november = month(till, line, date(2026, 11, 1), date(2026, 11, 18))
    assert ([each.amount.minor for each in october.payments], october.total) == ([100], till.money(100))
    assert ([each.amount.minor for each in november.payments], november.total) == ([400, 200], till.money(600))
    assert (november.count, november.payments[0].channel) == (2, "cash")


@pytest.mark.requirement("IH-012", "IH-013", "AS-043")
@pytest.mark.parametrize("operator", ["ihelper", "assa"])
def test_any_days_of_half_a_year_are_shown_with_their_total(till: Till) -> None:
    line = till.line(has=0)
    for days, minor in ((0, 100), (9, 200), (40, 400)):
        till.paid(line, minor, days_ago=days)
    found = month(till, line, date(2026, 10, 1), date(2026, 11, 9))
    assert ([each.amount.minor for each in found.payments], found.total.minor) == ([200, 400], 600)
    assert month(till, line, date(2026, 11, 18), date(2026, 11, 18)).count == 1
    with pytest.raises(history.BackToFront):
        month(till, line, date(2026, 11, 9), date(2026, 11, 8))
    month(till, line, date(2026, 5, 1), date(2026, 11, 18))
    for first, last in ((date(2026, 4, 30), date(2026, 5, 9)), (date(2026, 11, 1), date(2026, 11, 19))):
        with pytest.raises(history.NoSuchPeriod) as told:
            month(till, line, first, last)
        assert told.value.params == {"first": date(2026, 5, 1), "last": date(2026, 11, 18)}


@pytest.mark.security("asvs_8_2_2")
def test_nobody_sees_another_s_payments(till: Till) -> None:
    till.paid(till.line(has=0), 900)
    assert month(till, till.line(has=0), date(2026, 11, 1), date(2026, 11, 18)).payments == ()


def test_the_total_is_of_all_and_the_newest_are_shown(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "SHOWN", 2)
    line = till.line(has=0)
    for days in (1, 2, 3):
        till.paid(line, 100 * days, days_ago=days)
    found = month(till, line, date(2026, 11, 1), date(2026, 11, 18))
    assert ([each.amount.minor for each in found.payments], found.total.minor, found.count) == ([100, 200], 600, 3)


@pytest.mark.requirement("ADM-006")
@pytest.mark.security("asvs_8_4_1")
def test_an_administrator_sees_the_payments_of_the_organisation_s_accounts_alone(till: Till) -> None:
    keeper = till.line(has=0, client_kind="organisation")
    stranger = till.line(has=0, client_kind="organisation")
    till.paid(keeper, 900)
    till.paid(stranger, 500)
    client_id = till.row(Account, keeper.account_id).client_id
    days = {"first": date(2026, 11, 1), "last_day": date(2026, 11, 18)}
    with pytest.raises(subjects.NotAKeeper):
        till.ask_at(history.of_client, till.actor(keeper), **days)
    with till.wires.db.transaction() as session:
        delegation.grant(
            session, Staff(new_id(), new_id(), "clerk"), delegate=session.get_one(Line, keeper.id),
            role="administrator", level="manage", over="client", over_id=client_id, now=till.now,
        )  # fmt: skip
    found = till.ask_at(history.of_client, till.actor(keeper), **days)
    number = till.row(Account, keeper.account_id).number
    assert [(each.amount.minor, each.account) for each in found.payments] == [(900, number)]
    assert (found.total.minor, found.count) == (900, 1)
    with pytest.raises(history.NoSuchPeriod):
        till.ask_at(history.of_client, till.actor(keeper), first=date(2026, 8, 1), last_day=date(2026, 8, 31))


def with_fee(till: Till, fee: int) -> None:
    with till.wires.db.transaction() as session:
        since = till.now - timedelta(days=900)
        session.add(TariffPlan(id=new_id(), code="basic", name="Basic", fee_minor=fee, valid_from=since))


@pytest.mark.requirement("ISSA-055")
@pytest.mark.parametrize(("has", "owed", "pay"), [(2_000, 0, 0), (1_999, 0, 1), (0, 0, 2_000), (-1, 1, 2_001)])
def test_a_prepaid_account_is_told_its_debt_and_what_the_next_fee_needs(
    till: Till, has: int, owed: int, pay: int
) -> None:
    with_fee(till, 2_000)
    found = till.ask_at(debt.read, till.actor(till.line(has=has)))
    assert (found.debt.minor, found.recommended.minor, found.due_on) == (owed, pay, None)
    assert found.safe_on == (date(2026, 12, 1) if pay else None)


@pytest.mark.requirement("ISSA-055")
def test_a_promise_is_no_money_of_one_s_own(till: Till) -> None:
    with_fee(till, 2_000)
    line = till.line(has=1_900)
    actor = till.actor(line)
    draft_id = till.do(register.begin, actor, amount="3").id
    till.do(register.confirm, actor, draft_id=draft_id)
    found = till.ask_at(debt.read, actor)
    assert (found.debt.minor, found.promised.minor, found.recommended.minor) == (0, 300, 100)


@pytest.mark.requirement("IH-010", "IH-011")
@pytest.mark.parametrize("operator", ["ihelper"])
def test_a_postpaid_account_owes_the_months_before_until_a_day_or_is_blocked(till: Till) -> None:
    line = till.line(settlement="postpaid", has=-500)
    with till.wires.db.transaction() as session:
        session.get_one(Account, line.account_id).credit_limit_minor = 50_000
    till.now = datetime(2026, 10, 20, 9, tzinfo=UTC)
    till.spent(line, 1_000)
    assert till.ask_at(debt.read, till.actor(line)).debt.minor == 500
    till.later(days=29)
    till.spent(line, 700)
    state = till.ask_at(debt.state, till.actor(line))
    assert (state.balance.minor, state.debt.debt.minor, state.debt.blocks) == (-2_200, 1_500, True)
    assert (state.debt.due_on, state.debt.recommended.minor) == (date(2026, 11, 25), 1_500)
    till.paid(line, 1_499)
    assert till.ask_at(debt.read, till.actor(line)).debt.minor == 1
    till.paid(line, 1)
    found = till.ask_at(debt.read, till.actor(line))
    assert (found.debt.minor, found.due_on, found.recommended.minor) == (0, None, 0)


@pytest.mark.parametrize(
    ("today", "day", "due"),
    [
        (date(2026, 2, 3), 31, date(2026, 2, 28)),
        (date(2028, 2, 3), 29, date(2028, 2, 29)),
        (date(2026, 11, 30), 25, date(2026, 11, 25)),
        (date(2026, 11, 30), None, None),
    ],
)
def test_the_day_of_a_short_month_is_its_last(today: date, day: int | None, due: date | None) -> None:
    assert rules.due_on(today, day) == due


def test_months_go_back_over_new_year() -> None:
    assert rules.months_back(date(2026, 1, 31), 2) == (date(2026, 1, 1), date(2025, 12, 1), date(2025, 11, 1))
