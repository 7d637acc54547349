"""Months are closed once for each account: what was paid and charged in them, whenever the worker comes to it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from selfcare_app import wiring
from selfcare_app.bills import run
from selfcare_app.bills.tables import BillRow, BillRun, ClientBill
from selfcare_app.kit.actor import System
from selfcare_app.usage.codes import Kind
from tests.bills.conftest import Office

NOVEMBER, DECEMBER, JANUARY, FEBRUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)


def test_a_month_is_closed_when_no_record_of_it_may_come(any_office: Office) -> None:
    office, counter = any_office, any_office.counter
    counter.plan("basic", 1_490)
    line = counter.line("basic", money=5_000)
    office.work(counter.now)
    office.use(line, NOVEMBER, 125, now=counter.now)
    office.work(counter.at(2026, 12, 3, 23, 59, 59))
    assert office.months(line) == []
    # A record of November that comes in December, and the fee of December that is taken before November is closed.
    office.use(line, NOVEMBER, 25, now=counter.at(2026, 12, 3))
    office.work(counter.at(2026, 12, 4))
    assert office.sums(line, NOVEMBER) == (0, 5_000, 0, 150, 4_850)
    assert office.rows(line, NOVEMBER) == [
        ("payment", "payment", NOVEMBER, 5_000),
        ("charge", "call", NOVEMBER, 150),
    ]
    assert counter.balance(line) == 4_850 - 1_490
    office.work(counter.at(2027, 1, 4))
    assert office.sums(line, DECEMBER) == (4_850, 0, 0, 1_490, 3_360)
    assert office.rows(line, DECEMBER) == [("charge", "plan", DECEMBER, 1_490)]
    # The tax is contained: a fifth at 25 per cent.
    assert (office.bill(line, DECEMBER).vat_minor, office.bill(line, NOVEMBER).vat_minor) == (298, 30)
    assert office.broken(counter.at(2027, 1, 4)) == []


@pytest.mark.parametrize("operator", ["assa"])
def test_an_operator_may_close_on_the_first(office: Office) -> None:
    counter = office.counter
    counter.plan("basic", 100)
    line = counter.line("basic", money=1_000)
    office.work(counter.now)
    office.work(counter.at(2026, 11, 30, 23, 59, 59))
    assert office.months(line) == []
    office.work(counter.at(2026, 12, 1))
    assert office.sums(line, NOVEMBER) == (0, 1_000, 0, 0, 1_000)


def test_what_comes_after_closing_is_an_adjustment_of_its_month_in_the_next_bill(office: Office) -> None:
    counter = office.counter
    counter.plan("basic", 1_000)
    line = counter.line("basic", money=5_000)
    office.work(counter.now)
    office.use(line, NOVEMBER, 300, now=counter.now)
    office.work(counter.at(2026, 12, 4))
    closed = office.sums(line, NOVEMBER)
    office.use(line, NOVEMBER, 40, now=counter.at(2026, 12, 9))
    office.use(line, NOVEMBER, -100, now=counter.at(2026, 12, 10), kind=Kind.CALL)
    office.use(line, DECEMBER, 7, now=counter.at(2026, 12, 10))
    office.work(counter.at(2027, 1, 4))
    assert office.sums(line, NOVEMBER) == closed == (0, 5_000, 0, 300, 4_700)
    assert office.rows(line, DECEMBER) == [
        ("charge", "call", NOVEMBER, -60),
        ("charge", "call", DECEMBER, 7),
        ("charge", "plan", DECEMBER, 1_000),
    ]
    assert office.sums(line, DECEMBER) == (4_700, 0, 0, 947, 3_753)
    assert office.broken(counter.at(2027, 1, 4)) == []


@pytest.mark.security("R12")
def test_being_down_over_months_closes_each_with_what_is_its_own(office: Office) -> None:
    counter = office.counter
    counter.plan("basic", 1_000)
    line = counter.line("basic", money=9_000)
    office.work(counter.now)
    office.use(line, NOVEMBER, 11, now=counter.now)
    office.work(counter.at(2027, 2, 3, 12))
    # February is not over, and January's late records are waited for.
    assert office.months(line) == [NOVEMBER, DECEMBER]
    office.work(counter.at(2027, 2, 5))
    assert office.sums(line, NOVEMBER) == (0, 9_000, 0, 11, 8_989)
    assert office.sums(line, DECEMBER) == (8_989, 0, 0, 1_000, 7_989)
    assert office.sums(line, JANUARY) == (7_989, 0, 0, 1_000, 6_989)
    assert counter.balance(line) == 5_989
    office.work(counter.at(2027, 2, 5))
    assert office.months(line) == [NOVEMBER, DECEMBER, JANUARY]


@pytest.mark.security("R22")
def test_two_workers_started_by_mistake_make_every_bill_once(any_office: Office) -> None:
    office, counter = any_office, any_office.counter
    counter.plan("basic", 100)
    lines = [counter.line("basic", money=1_000) for _ in range(20)]
    office.work(counter.now)
    then = counter.at(2026, 12, 4)
    counter.work(then, closing=False)

    def worker(_no: int) -> None:
        while wiring.do_now(run.close_next, System("bills"), now=then, chunk=3):
            pass

    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(worker, range(4)))
    office.work(then)
    assert [office.sums(line, NOVEMBER) for line in lines] == [(0, 1_000, 0, 0, 1_000)] * 20
    runs = {row.month: row for row in office.all(BillRun) if isinstance(row, BillRun)}
    assert (runs[NOVEMBER].accounts, runs[NOVEMBER].done_at) == (20, then.astimezone(runs[NOVEMBER].began_at.tzinfo))
    assert (runs[DECEMBER].accounts, runs[DECEMBER].done_at) == (0, None)


def test_a_month_waits_for_its_last_fees(office: Office) -> None:
    counter = office.counter
    counter.plan("daily", 45, fee_period="day")
    line = counter.line("daily", money=2_000)
    office.work(counter.now)
    then = counter.at(2026, 12, 4)
    assert not wiring.ask_now(run.is_due, System("bills"), now=then)
    assert not wiring.do_now(run.close_next, System("bills"), now=then)
    office.work(then)
    # Twelve days of November, and none of December's.
    assert office.sums(line, NOVEMBER) == (0, 2_000, 0, 12 * 45, 2_000 - 12 * 45)


def test_each_row_is_of_one_line_and_they_come_to_the_account(office: Office) -> None:
    counter = office.counter
    counter.plan("basic", 1_000)
    counter.service("melody", 190)
    first = counter.line("basic", money=9_000, services=("melody",))
    second = counter.line("basic", account_id=first.account_id)
    office.work(counter.now)
    office.work(counter.at(2026, 12, 4))
    office.use(second, DECEMBER, 55, now=counter.at(2026, 12, 5))
    office.work(counter.at(2027, 1, 4))
    rows = [row for row in office.all(BillRow) if isinstance(row, BillRow) and row.month == DECEMBER]
    charged = {(row.line_id, row.kind): row.amount_minor for row in rows if row.account_id == first.account_id}
    assert charged == {
        (first.id, "plan"): 1_000,
        (first.id, "service"): 190,
        (second.id, "call"): 55,
        (second.id, "plan"): 1_000,
    }
    assert office.sums(first, DECEMBER) == (9_000, 0, 0, 2_245, 6_755)


@pytest.mark.requirement("ADM-006")
def test_an_organisation_has_the_sum_of_its_accounts(any_office: Office) -> None:
    office, counter = any_office, any_office.counter
    counter.plan("basic", 1_000)
    lines = [counter.line("basic", money=money, client_kind="organisation") for money in (3_000, 4_000)]
    client_id = office.account(lines[0].account_id).client_id
    office.belongs(lines[1].account_id, client_id)
    office.work(counter.now)
    office.work(counter.at(2026, 12, 4))
    office.work(counter.at(2027, 1, 4))
    found = {row.month: row for row in office.all(ClientBill) if isinstance(row, ClientBill)}
    told = found[DECEMBER]
    assert (told.client_id, told.accounts) == (client_id, 2)
    assert (told.opening_minor, told.charges_minor, told.vat_minor, told.closing_minor) == (7_000, 2_000, 400, 5_000)
    assert office.broken(counter.at(2027, 1, 4)) == []


@pytest.mark.requirement("IH-011")
def test_a_postpaid_debt_is_due_on_the_profiles_day_of_the_next_month(office: Office) -> None:
    counter = office.counter
    counter.plan("office", 500, settlement="postpaid")
    owing = counter.line("office", settlement="postpaid")
    paid = counter.line("office", money=9_000, settlement="postpaid")
    prepaid = counter.line("office")
    office.work(counter.now)
    for line in (owing, paid, prepaid):
        office.use(line, NOVEMBER, 300, now=counter.now)
    office.work(counter.at(2026, 12, 4))
    assert [office.bill(line, NOVEMBER).due_on for line in (owing, paid, prepaid)] == [date(2026, 12, 25), None, None]
