"""Accounts whose months are closed: what moves them, the worker that closes, and what the bills say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from selfcare_app import wiring
from selfcare_app.bills.tables import Bill, BillEntry, BillRow, BillRun, ClientBill
from selfcare_app.kit.actor import System
from selfcare_app.manage import check
from selfcare_app.operators.schema import Profile
from selfcare_app.settings import Settings
from selfcare_app.subscribers.tables import Account, Line
from selfcare_app.usage.codes import Kind
from selfcare_app.usage.rating import books
from selfcare_app.usage.rating.lines import priced_lines
from tests.orders.conftest import Counter, made

RATE = 10_000
Row = tuple[str, str, date, int]


@dataclass
class Office:
    """Where bills are made."""

    counter: Counter

    def work(self, now: datetime) -> None:
        """The worker takes what is due, then closes what is due."""
        self.counter.work(now)

    def use(self, line: Line, month: date, minor: int, *, now: datetime, kind: Kind = Kind.CALL) -> None:
        """Records of a month arrive that cost so much."""
        wiring.do_now(_charge, System("usage"), line_no=line.no, month=month, kind=kind, minor=minor, now=now)

    def move(self, line: Line, account_id: UUID) -> None:
        """The line is paid for by another account."""
        with self.counter.db.transaction() as session:
            session.get_one(Line, line.id).account_id = account_id

    def belongs(self, account_id: UUID, client_id: UUID) -> None:
        """The account is that client's."""
        with self.counter.db.transaction() as session:
            session.get_one(Account, account_id).client_id = client_id

    def account(self, account_id: UUID) -> Account:
        with self.counter.db.snapshot() as session:
            found = session.get_one(Account, account_id)
            session.expunge(found)
            return found

    def bill(self, line: Line, month: date) -> Bill:
        with self.counter.db.snapshot() as session:
            found = session.get_one(Bill, (line.account_id, month))
            session.expunge(found)
            return found

    def months(self, line: Line) -> list[date]:
        """The months that the line's account has bills of."""
        with self.counter.db.snapshot() as session:
            query = select(Bill.month).where(Bill.account_id == line.account_id).order_by(col(Bill.month))
            return list(session.exec(query).all())

    def sums(self, line: Line, month: date) -> tuple[int, int, int, int, int]:
        """Opening, payments, others, charges, closing."""
        row = self.bill(line, month)
        return row.opening_minor, row.payments_minor, row.others_minor, row.charges_minor, row.closing_minor

    def rows(self, line: Line, month: date) -> list[Row]:
        """(part, kind, period, amount) of the account's bill, in its order."""
        with self.counter.db.snapshot() as session:
            query = select(BillRow).where(BillRow.account_id == line.account_id, BillRow.month == month)
            rows = session.exec(query.order_by(col(BillRow.seq))).all()
            return [(row.part, row.kind, row.period, row.amount_minor) for row in rows]

    def all(self, table: type[BillRow | BillEntry | ClientBill | BillRun]) -> list[object]:
        with self.counter.db.snapshot() as session:
            found = list(session.exec(select(table)).all())
            session.expunge_all()
            return list(found)

    def broken(self, now: datetime) -> list[str]:
        """What breaks an invariant."""
        return [f"{found.id} {row}" for found, row in check.findings(now)]


def _charge(
    session: Session, actor: System, *, line_no: int, month: date, kind: Kind, minor: int, now: datetime
) -> None:
    lines = priced_lines(session, [line_no])
    added = {(line_no, month.year * 12 + month.month - 1, int(kind)): minor * RATE}
    books.charge(session, actor, added=added, lines=lines, now=now)


@pytest.fixture
def office(settings: Settings, profile: Profile, now: datetime) -> Iterator[Office]:
    for counter in made(settings.database_url, settings, profile, now):
        yield Office(counter)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_office(request: pytest.FixtureRequest, settings: Settings, profile: Profile, now: datetime) -> Iterator[Office]:
    url = settings.database_url if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    for counter in made(url, settings, profile, now):
        yield Office(counter)
