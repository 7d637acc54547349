"""A cabinet with something in it: plan, packages, services, usage, payments and money of one line."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import SQLModel

from selfcare_app import wiring
from selfcare_app.catalogue.tables import Service, TariffPlan
from selfcare_app.db import Database
from selfcare_app.kit.actor import Subscriber, System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger.opening import Opening, post_openings
from selfcare_app.ledger.post import Leg, Posted, post
from selfcare_app.payments.tables import Payment
from selfcare_app.subscribers.tables import Account, Client, Line, LineService
from selfcare_app.usage.codes import Direction, Kind
from selfcare_app.usage.tables import Allowance, UsageRecord
from selfcare_app.wiring import Wiring
from tests.world import World

IMPORT = System("import")
_keys = count(1)


def byn(minor: int) -> Money:
    return Money(minor, "BYN")


@dataclass
class Cabinet:
    """One line, and what a test puts into it."""

    db: Database
    world: World
    line: Line
    now: datetime

    @property
    def account_id(self) -> UUID:
        return self.line.account_id

    @property
    def actor(self) -> Subscriber:
        return self.world.session(self.line)

    def add(self, *rows: SQLModel) -> None:
        with self.db.transaction() as session:
            session.add_all(rows)

    def change(self, table: type[SQLModel], row_id: UUID, **columns: object) -> None:
        with self.db.transaction() as session:
            row = session.get_one(table, row_id)
            for name, value in columns.items():
                setattr(row, name, value)

    def client(self, **columns: object) -> None:
        with self.db.snapshot() as session:
            client_id = session.get_one(Account, self.account_id).client_id
        self.change(Client, client_id, **columns)

    def account(self, **columns: object) -> None:
        self.change(Account, self.account_id, **columns)

    def plan(
        self,
        *,
        fee: int = 1990,
        code: str = "basic",
        name: str = "Комфорт M",
        since: datetime | None = None,
        **columns: Any,
    ) -> None:
        since = since or self.now - timedelta(days=300)
        self.add(TariffPlan(id=new_id(), code=code, name=name, fee_minor=fee, valid_from=since, **columns))

    def service(self, name: str, fee: int, *, until: datetime | None = None) -> None:
        early = self.now - timedelta(days=200)
        self.add(
            Service(id=new_id(), code=name.lower(), name=name, fee_minor=fee, valid_from=early),
            LineService(
                id=new_id(), external_id=f"{self.line.id} {name}", line_id=self.line.id, service=name.lower(),
                connected_at=early, disconnected_at=until,
            ),
        )  # fmt: skip

    def package(self, name: str, kind: str, total: int, used: int, *, promo: bool = False) -> None:
        first = self.now.astimezone(self.world.profile.zone).date().replace(day=1)
        self.add(
            Allowance(
                id=new_id(), line_id=self.line.id, code=name, name=name, kind=kind, total=total, used=used, promo=promo,
                period_from=first, period_until=(first + timedelta(days=32)).replace(day=1), as_of=self.now,
            )
        )  # fmt: skip

    def use(self, kind: Kind, at: datetime, cost_minor: int) -> None:
        self.add(
            UsageRecord(
                line_no=self.line.no, started_at=at, record_key=next(_keys), kind=kind, direction=Direction.OUTGOING,
                charge_units=cost_minor * 10_000,
            )
        )  # fmt: skip

    def paid(self, minor: int, at: datetime, channel: str = "card", *, operation_id: UUID | None = None) -> None:
        row = Payment(
            id=new_id(), external_id=str(new_id()), account_id=self.account_id, paid_at=at, amount_minor=minor,
            currency="BYN", channel=channel, operation_id=operation_id,
        )  # fmt: skip
        self.add(row)

    def opened(self, minor: int) -> None:
        openings = [Opening(self.account_id, byn(minor))]
        wiring.do_now(post_openings, IMPORT, openings=openings, now=self.now - timedelta(days=60))

    def moved(self, minor: int, code: str, *, at: datetime | None = None) -> Posted:
        own, other = ("subscriber", self.account_id), ("revenue", code)
        leg = Leg(own, other, byn(-minor), code) if minor < 0 else Leg(other, own, byn(minor), code)
        return wiring.do_now(post, IMPORT, kind=code, key=str(next(_keys)), legs=[leg], now=at or self.now)


@pytest.fixture
def cabinet(db: Database, wires: Wiring, world: World, now: datetime) -> Cabinet:
    return Cabinet(db, world, world.line(user_name="Анна Ковалёва"), now)


@pytest.fixture
def other(db: Database, wires: Wiring, world: World, now: datetime) -> Cabinet:
    """Another subscriber's cabinet with something of every kind in it."""
    made = Cabinet(db, world, world.line(user_name="Пётр Чужой", ip_address="10.66.6.6", tariff_plan="foreign"), now)
    made.client(name="Чужая Организация", email="foreign@example.by")
    made.plan(code="foreign", name="Чужой тариф", benefits="Чужие льготы", fee=66600)
    made.service("Чужая услуга", 666)
    made.package("Чужой пакет", "seconds", 66600, 66)
    made.package("Чужая акция", "seconds", 66600, 66, promo=True)
    made.opened(666_00)
    made.moved(-66, "number_change")
    made.paid(6666, now - timedelta(hours=6), "чужой канал")
    made.use(Kind.CALL, now - timedelta(hours=6), 66)
    return made
