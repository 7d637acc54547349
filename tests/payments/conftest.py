"""A till for the tests of payments: lines with money, vouchers on sale, what was told, what the ledger says."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from selfcare_app import wiring
from selfcare_app.db import Database
from selfcare_app.kit.actor import Proof, Subscriber, System
from selfcare_app.kit.money import Money
from selfcare_app.kit.sealing import Keyring
from selfcare_app.ledger import balance
from selfcare_app.ledger import invariants as of_ledger
from selfcare_app.ledger.opening import Opening, post_openings
from selfcare_app.ledger.post import Leg, post
from selfcare_app.messaging.tables import Outbox
from selfcare_app.operators.schema import Profile
from selfcare_app.payments import invariants, load
from selfcare_app.payments.tables import Payment
from selfcare_app.payments.voucher import load as voucher_load
from selfcare_app.settings import Settings
from selfcare_app.subscribers.tables import Account, Line
from tests import schema
from tests.conftest import SECRET
from tests.world import World

WORKER = System("test")
IMPORT = System("import")


@dataclass
class Till:
    """Runs use cases at `now`, which `later` moves on."""

    wires: wiring.Wiring
    world: World
    now: datetime

    @property
    def profile(self) -> Profile:
        return self.wires.profile

    def do(self, use_case: Callable[..., Any], actor: Any = WORKER, **named: Any) -> Any:
        return wiring.do_now(use_case, actor, **named, now=self.now)

    def ask(self, use_case: Callable[..., Any], actor: Any = WORKER, **named: Any) -> Any:
        return wiring.ask_now(use_case, actor, **named)

    def ask_at(self, use_case: Callable[..., Any], actor: Any = WORKER, **named: Any) -> Any:
        return wiring.ask_now(use_case, actor, **named, now=self.now)

    def later(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        self.world.now = self.now
        return self.now

    def line(self, *, has: int | None = None, **columns: Any) -> Line:
        """A line whose account has so many minor units from before."""
        line = self.world.line(**columns)
        if has is not None:
            with self.wires.db.transaction() as session:
                session.get_one(Account, line.account_id).balance_as_of = self.now - timedelta(days=60)
                opening = Opening(line.account_id, self.money(has))
                post_openings(session, WORKER, openings=[opening], now=self.now - timedelta(days=60))
        return line

    def actor(self, line: Line, *, proofs: tuple[Proof, ...] = ()) -> Subscriber:
        return self.world.session(line, proofs=proofs)

    def money(self, minor: int) -> Money:
        return Money(minor, self.profile.currency, self.profile.currency_scale)

    def paid(self, line: Line, minor: int, *, days_ago: float = 0, channel: str = "cash", key: str = "") -> Payment:
        """A payment from the operator's own systems, which moves the balance."""
        at = self.now - timedelta(days=days_ago)
        account = self.row(Account, line.account_id)
        row = {
            "external_id": key or f"P-{self.world.msisdn()}-{minor}", "account_id": account.external_id, "paid_at": at,
            "amount_minor": minor, "currency": account.currency, "channel": channel,
        }  # fmt: skip
        written = self.do(load.payments, IMPORT, rows=[row])
        assert (written.inserted, written.refused) == (1, ())
        return self.rows(Payment, external_id=row["external_id"])[0]

    def spent(self, line: Line, minor: int) -> None:
        leg = Leg(("subscriber", line.account_id), ("revenue", "fee"), self.money(minor), "fee")
        self.do(post, kind="fee", key=str(self.world.msisdn()), legs=[leg], may_overdraw=True)

    def cards(self, *codes: str, value: int = 1_000, state: str = "active", days: float = 365) -> None:
        """Vouchers on sale."""
        rows = [
            {"code": code, "batch": "A1", "value_minor": value, "expires_at": self.now + timedelta(days=days), "state": state}
            for code in codes
        ]  # fmt: skip
        assert self.do(voucher_load.vouchers, IMPORT, rows=rows).refused == ()

    def balance(self, line: Line) -> int:
        with self.wires.db.snapshot() as session:
            return balance.of_account(session, line.account_id).minor

    def messages(self, line: Line) -> list[tuple[str, dict[str, Any]]]:
        """(key, args) of every message to the line, in order."""
        found = self.rows(Outbox, recipient=line.msisdn)
        contents = [
            json.loads(self.wires.keys.unseal("outbox", f"outbox.sealed.{row.id}", row.sealed or b"")) for row in found
        ]
        return [(content["key"], content.get("args", {})) for content in contents]

    def row(self, table: type[Any], key: UUID | str) -> Any:
        with self.wires.db.snapshot() as session:
            found = session.get(table, key)
            session.expunge_all()
            return found

    def rows(self, table: type[Any], **columns: Any) -> list[Any]:
        """Rows with those values."""
        with self.wires.db.snapshot() as session:
            query = select(table).filter_by(**columns)
            found = session.exec(query.order_by(table.id) if hasattr(table, "id") else query).all()
            session.expunge_all()
            return list(found)

    def broken(self) -> list[str]:
        """What is wrong, by invariant."""
        with self.wires.db.snapshot() as session:
            asked = (*of_ledger.checks(), *invariants.checks())
            return [f"{check.id} {dict(row)}" for check in asked for row in check.find(session, self.now)]


def made(url: str, settings: Settings, profile: Profile, now: datetime) -> Iterator[Till]:
    database = Database(url, info={"profile": profile, "keys": Keyring(SECRET)})
    schema.create(database)
    parts = wiring.Wiring(replace(settings, database_url=url), profile, database, Keyring(SECRET))
    wiring.rewire(parts)
    till = Till(parts, World(database, profile, now), now)
    yield till
    assert till.broken() == []
    wiring.rewire(None)
    parts.close()


@pytest.fixture
def till(settings: Settings, profile: Profile, now: datetime) -> Iterator[Till]:
    """On SQLite."""
    yield from made(settings.database_url, settings, profile, now)


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, settings: Settings, profile: Profile, now: datetime) -> Iterator[Till]:
    """On either engine, for what many do at once."""
    url = settings.database_url if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    yield from made(url, settings, profile, now)
