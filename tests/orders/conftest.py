"""Lines with plans, services and money, and a worker that one may stop and start."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from selfcare_app import wiring
from selfcare_app.catalogue.charge_tables import FeeCharge
from selfcare_app.catalogue.tables import Service, TariffPlan
from selfcare_app.db import Database
from selfcare_app.kit.actor import Subscriber, System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.kit.sealing import Keyring
from selfcare_app.ledger import balance
from selfcare_app.ledger.post import Leg, post
from selfcare_app.messaging.tables import Outbox
from selfcare_app.operators.schema import Profile
from selfcare_app.orders import change
from selfcare_app.orders.fees.tables import FeeRun
from selfcare_app.orders.views import OrderView
from selfcare_app.settings import Settings
from selfcare_app.subscribers.tables import Line, LineService
from selfcare_app.worker import bills, fees, orders
from tests import schema
from tests.conftest import SECRET
from tests.world import World

WORKER = System("test")


@dataclass
class Counter:
    """Where plans and services are sold."""

    db: Database
    world: World
    now: datetime
    profile: Profile
    paid: int = field(default=0)

    def rules(self, **sections: dict[str, object]) -> None:
        """The operator changes its rules while people are in the cabinet."""
        changed = {name: getattr(self.profile, name).model_copy(update=values) for name, values in sections.items()}
        self.profile = self.profile.model_copy(update=changed)
        self.db.info["profile"] = self.profile

    def plan(self, code: str, fee_minor: int = 0, *, since: datetime | None = None, **columns: object) -> UUID:
        """A version of a tariff plan."""
        return self._add(TariffPlan, code, fee_minor, since, columns)

    def service(self, code: str, fee_minor: int = 0, *, since: datetime | None = None, **columns: object) -> UUID:
        """A version of a service."""
        return self._add(Service, code, fee_minor, since, columns)

    def _add(self, table: Any, code: str, fee_minor: int, since: datetime | None, columns: dict[str, object]) -> UUID:
        row_id = new_id()
        values: dict[str, object] = {
            "id": row_id,
            "code": code,
            "name": code.title(),
            "fee_minor": fee_minor,
            "valid_from": since or self.now - timedelta(days=2_000),
        }
        with self.db.transaction() as session:
            for earlier in session.exec(select(table).where(table.code == code, table.valid_until.is_(None))).all():
                earlier.valid_until = values["valid_from"]
            session.add(table(**(values | columns)))
        return row_id

    def line(self, plan: str, *, money: int = 0, services: tuple[str, ...] = (), **columns: object) -> Line:
        """A line with money on its account, and services it has had for long."""
        line = self.world.line(tariff_plan=plan, **columns)
        with self.db.transaction() as session:
            session.add_all(
                LineService(
                    id=new_id(),
                    external_id=str(new_id()),
                    line_id=line.id,
                    service=code,
                    connected_at=self.now - timedelta(days=400),
                )
                for code in services
            )
        if money:
            self.pay(line, money)
        return line

    def customer(self, plan: str, **named: Any) -> Subscriber:
        """The same, in a session."""
        return self.world.session(self.line(plan, **named))

    def pay(self, line: Line | Subscriber, minor: int) -> None:
        """Money comes to the line's account."""
        self.paid += 1
        account_id = self.read(line).account_id
        amount = Money(minor, self.profile.currency, self.profile.currency_scale)
        leg = Leg(("cash_in", "payment"), ("subscriber", account_id), amount, "payment")
        wiring.do_now(post, WORKER, kind="payment", key=f"{account_id}:{self.paid}", legs=[leg], now=self.now)

    def ordered(self, actor: Subscriber, kind: str, subject: str = "", *, now: datetime | None = None) -> OrderView:
        """The whole way to a confirmed order."""
        now = now or self.now
        draft = wiring.do_now(change.begin, actor, kind=kind, subject=subject, now=now)
        terms = wiring.ask_now(change.review, actor, draft_id=draft.id, now=now)
        return wiring.do_now(change.confirm, actor, draft_id=draft.id, digest=terms.digest, now=now)

    def work(self, now: datetime, *, closing: bool = True) -> None:
        """The worker does all that is due; months are left open unless `closing`."""
        while orders.carry_out_due("worker", now):
            pass
        while fees.take_due("worker", now):
            pass
        fees.take_unpaid("worker", now)
        while closing and bills.close_due("worker", now):
            pass

    def read(self, line: Line | Subscriber) -> Line:
        line_id = line.line_id if isinstance(line, Subscriber) else line.id
        with self.db.snapshot() as session:
            found = session.get_one(Line, line_id)
            session.expunge(found)
            return found

    def balance(self, line: Line | Subscriber) -> int:
        account_id = self.read(line).account_id
        with self.db.snapshot() as session:
            return balance.of_account(session, account_id).minor

    def charges(self, line: Line | Subscriber) -> list[FeeCharge]:
        """What the line was charged, in the order of it."""
        line_id = line.line_id if isinstance(line, Subscriber) else line.id
        with self.db.snapshot() as session:
            query = select(FeeCharge).where(FeeCharge.line_id == line_id)
            order = (FeeCharge.charged_at, FeeCharge.period_from, FeeCharge.item, FeeCharge.code, FeeCharge.id)
            found = list(session.exec(query.order_by(*[col(each) for each in order])).all())
            session.expunge_all()
            return found

    def amounts(self, line: Line | Subscriber) -> list[tuple[str, str, date, int]]:
        """(what, code, period, amount) of the same."""
        return [(row.item, row.code, row.period_from, row.amount_minor) for row in self.charges(line)]

    def runs(self) -> list[tuple[str, date, bool, int]]:
        """(period, its first day, done, lines) of every run, the oldest first."""
        with self.db.snapshot() as session:
            rows = session.exec(select(FeeRun).order_by(col(FeeRun.period_from), col(FeeRun.period).desc())).all()
            return [(row.period, row.period_from, row.done_at is not None, row.lines) for row in rows]

    def messages(self) -> list[str]:
        """What for, of all that is on its way."""
        with self.db.snapshot() as session:
            rows = session.exec(select(Outbox.dedup_key).order_by(col(Outbox.created_at), col(Outbox.id))).all()
        return [key.rpartition(":")[2] for key in rows]

    def at(self, year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
        """A moment of the operator's clock."""
        return datetime(year, month, day, hour, minute, second, tzinfo=self.profile.zone)


def made(url: str, settings: Settings, profile: Profile, now: datetime) -> Iterator[Counter]:
    database = Database(url, info={"profile": profile, "keys": Keyring(SECRET)}, pool_size=20)
    schema.create(database)
    parts = wiring.Wiring(replace(settings, database_url=url), profile, database, Keyring(SECRET))
    wiring.rewire(parts)
    yield Counter(database, World(database, profile, now), now, profile)
    wiring.rewire(None)
    parts.close()


@pytest.fixture
def counter(settings: Settings, profile: Profile, now: datetime) -> Iterator[Counter]:
    yield from made(settings.database_url, settings, profile, now)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_counter(
    request: pytest.FixtureRequest, settings: Settings, profile: Profile, now: datetime
) -> Iterator[Counter]:
    url = settings.database_url if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    yield from made(url, settings, profile, now)
