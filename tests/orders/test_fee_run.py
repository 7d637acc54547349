"""The run that takes fees: whole months and days, exactly once, whenever it comes to it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, timedelta

import pytest
from sqlmodel import col, select

from selfcare_app import wiring
from selfcare_app.db import keys_of
from selfcare_app.journal import check
from selfcare_app.journal.tables import JournalDetail, JournalEntry
from selfcare_app.kit.actor import System
from selfcare_app.orders.fees import run
from selfcare_app.usage.tables import Allowance
from selfcare_app.worker import fees
from tests.orders.conftest import Counter

WORKER = System("fees")
DECEMBER, JANUARY = date(2026, 12, 1), date(2027, 1, 1)


@pytest.mark.requirement("ISSA-040")
def test_the_month_in_which_it_begins_is_not_charged_again(counter: Counter) -> None:
    counter.plan("basic", 1_490)
    line = counter.line("basic", money=5_000)
    counter.work(counter.now)
    assert counter.charges(line) == []
    assert counter.runs() == [("month", date(2026, 11, 1), True, 0), ("day", date(2026, 11, 18), True, 0)]


@pytest.mark.requirement("ISSA-040", "ISSA-053")
def test_a_month_is_taken_whole_with_its_receipt(any_counter: Counter) -> None:
    counter = any_counter
    version = counter.plan("basic", 1_490)
    counter.service("melody", 190)
    line = counter.line("basic", money=5_000, services=("melody",))
    counter.work(counter.now)
    counter.work(counter.at(2026, 11, 30, 23, 59, 59))
    assert counter.balance(line) == 5_000
    counter.work(counter.at(2026, 12, 1))
    assert counter.amounts(line) == [("plan", "basic", DECEMBER, 1_490), ("service", "melody", DECEMBER, 190)]
    assert counter.balance(line) == 5_000 - 1_680
    row = counter.charges(line)[0]
    assert (row.version_id, row.fee_minor, row.day_percents, row.before_minor, row.cause) == (
        version,
        1_490,
        3_100,
        0,
        "run",
    )
    # The tax stands in the price: a fifth of it at 25 per cent.
    assert (row.vat_percent, row.vat_minor) == (25, 298)
    counter.work(counter.at(2026, 12, 1, 0, 0, 1))
    counter.work(counter.at(2026, 12, 31, 23, 59, 59))
    assert counter.balance(line) == 5_000 - 1_680


@pytest.mark.security("R12")
def test_being_down_over_months_takes_each_at_its_own_price(counter: Counter) -> None:
    counter.plan("basic", 1_000)
    line = counter.line("basic", money=10_000)
    counter.work(counter.now)
    counter.plan("basic", 1_300, since=counter.at(2027, 1, 1).astimezone(UTC))
    counter.work(counter.at(2027, 2, 3, 12))
    assert counter.amounts(line) == [
        ("plan", "basic", DECEMBER, 1_000),
        ("plan", "basic", JANUARY, 1_300),
        ("plan", "basic", date(2027, 2, 1), 1_300),
    ]


def test_a_daily_fee_is_taken_every_day_also_of_days_that_were_missed(counter: Counter) -> None:
    counter.plan("daily", 45, fee_period="day")
    counter.plan("monthly", 1_000)
    counter.service("digest", 12, fee_period="day")
    line = counter.line("daily", money=1_000)
    other = counter.line("monthly", money=2_000, services=("digest",))
    counter.work(counter.now)
    counter.work(counter.at(2026, 11, 21, 7))
    assert [(code, day.day, minor) for _, code, day, minor in counter.amounts(line)] == [
        ("daily", 19, 45), ("daily", 20, 45), ("daily", 21, 45),
    ]  # fmt: skip
    assert counter.balance(other) == 2_000 - 3 * 12


@pytest.mark.security("R22")
def test_two_workers_started_by_mistake_take_every_fee_once(any_counter: Counter) -> None:
    counter = any_counter
    counter.plan("basic", 1_000)
    lines = [counter.line("basic", money=5_000) for _ in range(40)]
    counter.work(counter.now)
    then = counter.at(2026, 12, 1)

    def worker(_no: int) -> None:
        while wiring.do_now(run.take_next, WORKER, now=then, chunk=3):
            pass

    with ThreadPoolExecutor(4) as crowd:
        list(crowd.map(worker, range(4)))
    counter.work(then)
    assert [counter.balance(line) for line in lines] == [4_000] * 40
    assert all(done for _, _, done, _ in counter.runs())
    assert sum(lines for period, since, _, lines in counter.runs() if (period, since) == ("month", DECEMBER)) == 40


def test_a_worker_gives_way_between_chunks(counter: Counter) -> None:
    counter.plan("basic", 10)
    for _ in range(3):
        counter.line("basic", money=100)
    counter.work(counter.now)
    then = counter.at(2026, 12, 1)
    assert wiring.do_now(run.take_next, WORKER, now=then, chunk=1)
    assert [done for period, since, done, _ in counter.runs() if (period, since) == ("month", DECEMBER)] in (
        [False],
        [],
    )
    while fees.take_due("worker", then):
        pass
    assert all(done for _, _, done, _ in counter.runs())


def test_what_packages_give_comes_with_the_month(counter: Counter) -> None:
    counter.plan("basic", 1_000, package={"seconds": 6_000, "bytes": 1_024})
    counter.service("net", 500, category="mobile_internet", package={"bytes": 4_096})
    line = counter.line("basic", money=5_000, services=("net",))
    counter.work(counter.now)
    for _ in range(2):
        counter.work(counter.at(2026, 12, 1))
    with counter.db.snapshot() as session:
        rows = session.exec(select(Allowance).where(Allowance.line_id == line.id)).all()
        given = sorted((row.code, row.kind, row.total, row.period_from, row.period_until) for row in rows)
    assert given == [
        ("basic.bytes", "bytes", 1_024, DECEMBER, JANUARY),
        ("basic.seconds", "seconds", 6_000, DECEMBER, JANUARY),
        ("net.bytes", "bytes", 4_096, DECEMBER, JANUARY),
    ]


@pytest.mark.requirement("ISSA-099")
def test_a_discount_is_of_the_plan_until_its_day(counter: Counter) -> None:
    counter.plan("basic", 1_490)
    line = counter.line("basic", money=9_000, fee_discount_percent=10, fee_discount_until=date(2027, 1, 1))
    counter.work(counter.now)
    counter.work(counter.at(2027, 1, 2))
    assert [minor for _, _, _, minor in counter.amounts(line)] == [1_341, 1_490]


@pytest.mark.parametrize("operator", ["issa"])
def test_where_the_operator_lends_it_the_fee_makes_a_debt(counter: Counter) -> None:
    counter.plan("basic", 3_000)
    line = counter.line("basic", money=2_900)
    counter.work(counter.now)
    counter.work(counter.at(2026, 12, 1))
    assert counter.balance(line) == -100
    assert counter.read(line).state == "active"


@pytest.mark.requirement("AS-042")
@pytest.mark.parametrize("operator", ["assa"])
def test_a_fee_that_is_not_there_whole_is_not_taken_and_the_number_does_not_work(counter: Counter) -> None:
    """Fee 30, balance 29: the document's own example."""
    counter.plan("basic", 3_000)
    line = counter.line("basic", money=2_900)
    exact = counter.line("basic", money=3_000)
    counter.work(counter.now)
    first = counter.at(2026, 12, 1)
    counter.work(first)
    assert (counter.balance(line), counter.read(line).state, counter.read(line).unpaid_minor) == (
        2_900,
        "blocked",
        3_000,
    )
    assert (counter.balance(exact), counter.read(exact).state) == (0, "active")
    counter.pay(line, 99)
    counter.work(first + timedelta(hours=1))
    assert (counter.balance(line), counter.read(line).state) == (2_999, "blocked")
    counter.pay(line, 1)
    counter.work(first + timedelta(hours=2))
    assert (counter.balance(line), counter.read(line).state, counter.read(line).unpaid_minor) == (0, "active", 0)
    assert counter.messages() == ["unpaid", "works"]
    counter.work(first + timedelta(hours=3))
    assert counter.amounts(line) == [("plan", "basic", DECEMBER, 3_000)]


@pytest.mark.requirement("AS-042")
@pytest.mark.parametrize("operator", ["assa"])
def test_a_month_that_did_not_work_is_not_owed(counter: Counter) -> None:
    counter.plan("basic", 3_000)
    line = counter.line("basic", money=1_000)
    counter.work(counter.now)
    counter.work(counter.at(2026, 12, 1))
    counter.pay(line, 2_500)
    counter.work(counter.at(2027, 1, 1))
    assert [day for _, _, day, _ in counter.amounts(line)] == [JANUARY]
    assert counter.balance(line) == 500


def test_a_closed_line_pays_nothing_and_a_postpaid_one_goes_on_credit(counter: Counter) -> None:
    counter.plan("basic", 3_000)
    closed = counter.line("basic", state="closed")
    postpaid = counter.line("basic", settlement="postpaid")
    counter.work(counter.now)
    counter.work(counter.at(2026, 12, 1))
    assert (counter.balance(closed), counter.balance(postpaid)) == (0, -3_000)


def told(counter: Counter) -> list[dict[str, object]]:
    """What the journal says of runs, the oldest first."""
    with counter.db.snapshot() as session:
        query = (
            select(JournalDetail.details)
            .join(JournalEntry, col(JournalEntry.id) == JournalDetail.entry_id)
            .where(JournalEntry.action == "fees_taken", col(JournalEntry.line_id).is_(None))
            .order_by(col(JournalEntry.seq))
        )
        return list(session.exec(query).all())


@pytest.mark.parametrize("operator", ["assa"])
@pytest.mark.requirement("AS-042")
def test_a_run_is_one_entry_of_the_journal_with_its_sums(counter: Counter) -> None:
    counter.plan("basic", 1_490)
    counter.service("melody", 190)
    counter.line("basic", money=5_000, services=("melody",))
    counter.line("basic", money=2_000)
    poor = counter.line("basic", money=1_000)
    counter.work(counter.now)
    assert told(counter) == []
    for _ in range(2):
        counter.work(counter.at(2026, 12, 1))
    currency = counter.profile.currency
    assert [row for row in told(counter) if row["period"] == "month"] == [
        {
            "period": "month", "since": "2026-12-01", "lines": 3, "fees": 3, "refused": 1, "amount": "31.70",
            "currency": currency,
        }
    ]  # fmt: skip
    # A run a day, one for the month, and nothing for each line.
    assert [row["since"] for row in told(counter) if row["period"] == "day"] == [
        f"2026-11-{day}" for day in range(19, 31)
    ] + ["2026-12-01"]
    counter.pay(poor, 600)
    counter.work(counter.at(2026, 12, 2))
    with counter.db.snapshot() as session:
        entries = session.exec(select(JournalEntry).where(JournalEntry.line_id == poor.id)).all()
        assert [row.action for row in entries] == ["fee_taken"]
        report = check.check(session, keys_of(session))
        assert report.findings == ()
        # Beside the runs: the fee that was taken later, and November that was closed.
        assert report.entries == len(told(counter)) + 2
