"""What bills tell the other pages: the charges of the month before, and by when a debt is to be paid."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from selfcare_app import wiring
from selfcare_app.bills import rules
from selfcare_app.catalogue.charge_tables import FeeCharge
from selfcare_app.kit.ids import new_id
from selfcare_app.ledger import balance, statement
from selfcare_app.ledger.tables import LedgerAccount
from selfcare_app.payments import debt
from selfcare_app.subscribers.tables import Account, Line
from selfcare_app.usage import personal
from selfcare_app.usage.codes import Direction, Kind
from selfcare_app.usage.tables import UsageRecord
from tests.bills.conftest import RATE, Office

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


def record(office: Office, line: Line, at: datetime, minor: int) -> None:
    """A record that came with its charge from the operator's own billing."""
    with office.counter.db.transaction() as session:
        session.add(
            UsageRecord(
                line_no=line.no, started_at=at, record_key=new_id().int >> 66, kind=int(Kind.CALL),
                direction=int(Direction.OUTGOING), charge_units=minor * RATE,
            )
        )  # fmt: skip


@pytest.mark.requirement("ISSA-052", "ISSA-053")
def test_the_month_before_is_usage_alone_until_its_bill_is_made(office: Office) -> None:
    counter = office.counter
    counter.plan("basic", 1_490)
    line = counter.line("basic", money=9_000)
    actor = counter.world.session(line)
    office.work(counter.now)
    office.work(counter.at(2026, 12, 4))
    # Twelve are rated here, thirty came with a charge; the records of both stand in the call detail.
    office.use(line, DECEMBER, 12, now=counter.at(2026, 12, 5))
    for minor in (12, 30):
        record(office, line, datetime(2026, 12, 5, 9, tzinfo=UTC), minor)

    def shown(now: datetime) -> tuple[int, bool]:
        found = wiring.ask_now(personal.read, actor, now=now).previous_month
        return found.charge.minor, found.billed

    assert shown(counter.at(2027, 1, 2)) == (42, False)
    office.work(counter.at(2027, 1, 4))
    assert shown(counter.at(2027, 1, 4)) == (1_490 + 12 + 30, True)
    # A late record of December is December's, though it stands in January's bill.
    office.use(line, DECEMBER, 5, now=counter.at(2027, 1, 9))
    record(office, line, datetime(2026, 12, 31, 9, tzinfo=UTC), 5)
    office.work(counter.at(2027, 2, 4))
    with counter.db.snapshot() as session:
        fees = session.exec(select(FeeCharge.amount_minor).where(FeeCharge.period_from == DECEMBER)).all()
    assert sum(fees) == 1_490
    assert office.rows(line, date(2027, 1, 1))[0] == ("charge", "call", DECEMBER, 5)


@pytest.mark.requirement("IH-010", "IH-011", "ISSA-055")
def test_a_debt_is_due_when_its_oldest_unpaid_bill_says(office: Office) -> None:
    counter = office.counter
    counter.plan("office", 0, settlement="postpaid")
    line = counter.line("office", settlement="postpaid")
    with counter.db.transaction() as session:
        session.get_one(Account, line.account_id).credit_limit_minor = 90_000
    actor = counter.world.session(line)
    office.work(counter.now)
    office.use(line, NOVEMBER, 700, now=counter.now)

    def owes(now: datetime) -> tuple[int, date | None]:
        found = wiring.ask_now(debt.read, actor, now=now)
        return found.debt.minor, found.due_on

    # Until the bill is made, what is known of November is due on the profile's day.
    assert owes(counter.at(2026, 12, 2)) == (700, date(2026, 12, 25))
    office.use(line, NOVEMBER, 40, now=counter.at(2026, 12, 3))
    assert owes(counter.at(2026, 12, 3)) == (700, date(2026, 12, 25))
    office.work(counter.at(2026, 12, 4))
    # The late record is November's, whenever it came.
    office.use(line, DECEMBER, 300, now=counter.at(2026, 12, 5))
    assert owes(counter.at(2026, 12, 6)) == (740, date(2026, 12, 25))
    assert owes(counter.at(2027, 1, 2)) == (1_040, date(2026, 12, 25))
    office.work(counter.at(2027, 1, 4))
    assert owes(counter.at(2027, 1, 4)) == (1_040, date(2026, 12, 25))
    counter.now = counter.at(2027, 1, 5)
    counter.pay(line, 740)
    assert owes(counter.at(2027, 1, 6)) == (300, date(2027, 1, 25))
    counter.pay(line, 299)
    assert owes(counter.at(2027, 1, 6)) == (1, date(2027, 1, 25))
    counter.pay(line, 1)
    assert owes(counter.at(2027, 1, 6)) == (0, None)


@pytest.mark.parametrize(
    ("rest", "due"), [(0, None), (1, 3), (100, 3), (101, 2), (150, 2), (151, 1), (190, 1), (9_999, 1)]
)
def test_payments_go_to_the_oldest_bills_first(rest: int, due: int | None) -> None:
    bills = [(100, date(2027, 3, 25)), (50, date(2027, 2, 25)), (40, date(2027, 1, 25))]
    found = rules.due_of(rest, bills)
    assert (found.month if found else None) == due


@pytest.mark.requirement("ISSA-038", "ISSA-045")
def test_the_statement_goes_from_the_opening_to_the_balance_of_the_home_page(office: Office) -> None:
    """I16 by what subscribers are shown: opening + rows = closing, and closing + what came since = balance."""
    counter = office.counter
    counter.plan("basic", 1_490)
    line = counter.line("basic", money=9_000)
    actor = counter.world.session(line)
    office.work(counter.now)
    for day in (4, 9, 15):
        office.use(line, DECEMBER, 10 * day, now=counter.at(2026, 12, day))
        office.work(counter.at(2026, 12, day))
    office.work(counter.at(2027, 1, 4))
    now = counter.at(2027, 1, 5)
    opening, payments, others, charges, closing = office.sums(line, DECEMBER)
    assert opening + payments + others - charges == closing == 9_000 - 1_490 - 280
    entries, cursor = [], None
    while True:
        page = wiring.ask_now(statement.read, actor, limit=2, after=cursor, now=now)
        entries += page.items
        cursor = page.next
        if cursor is None:
            break
    january = [entry.amount.minor for entry in entries if entry.at >= counter.at(2027, 1, 1)]
    home = wiring.ask_now(balance.standing, actor, now=now).balance.minor
    assert closing + sum(january) == home == sum(entry.amount.minor for entry in entries)
    with counter.db.snapshot() as session:
        own = session.exec(select(LedgerAccount).where(LedgerAccount.account_id == line.account_id)).one()
        assert own.credits - own.debits == home
