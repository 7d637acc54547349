"""The ledger on both engines: what a test asks of `books`, it asks of SQLite and of PostgreSQL."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import pytest

from selfcare_app import wiring
from selfcare_app.db import Database, metadata
from selfcare_app.kit.actor import System
from selfcare_app.kit.money import Money
from selfcare_app.kit.sealing import Keyring
from selfcare_app.ledger import balance
from selfcare_app.ledger.post import Leg, Posted, post
from selfcare_app.operators.schema import Profile
from selfcare_app.settings import Settings
from selfcare_app.subscribers.tables import Account
from tests.conftest import SECRET, import_tables
from tests.ledger.invariants import broken
from tests.world import World

WORKER = System("test")
CASH = ("cash_in", "payment")
FEES = ("revenue", "number_change")


def byn(minor: int) -> Money:
    return Money(minor, "BYN")


@dataclass
class Books:
    """The ledger of one database, with the people whose accounts it keeps."""

    db: Database
    world: World
    now: datetime

    def account(self, *, paid: int = 0, settlement: str = "prepaid", credit_limit_minor: int = 0) -> UUID:
        """A personal account with so many minor units paid in."""
        account_id = self.world.line(settlement=settlement).account_id
        self.limit(account_id, credit_limit_minor)
        if paid:
            self.pay(account_id, paid, key=f"first {account_id}")
        return account_id

    def pay(self, account_id: UUID, minor: int, *, key: str) -> Posted:
        return self.post(Leg(CASH, ("subscriber", account_id), byn(minor), "payment"), kind="payment", key=key)

    def spend(self, account_id: UUID, minor: int, *, key: str) -> Posted:
        return self.post(Leg(("subscriber", account_id), FEES, byn(minor), "fee"), kind="fee", key=key)

    def post(self, *legs: Leg, kind: str = "test", key: str, may_overdraw: bool = False) -> Posted:
        return wiring.do_now(post, WORKER, kind=kind, key=key, legs=legs, now=self.now, may_overdraw=may_overdraw)

    def limit(self, account_id: UUID, minor: int) -> None:
        """Gives the account another credit limit."""
        with self.db.transaction() as session:
            session.get_one(Account, account_id).credit_limit_minor = minor

    def balance(self, account_id: UUID) -> int:
        with self.db.snapshot() as session:
            return balance.of_account(session, account_id).minor

    def check(self) -> None:
        with self.db.snapshot() as session:
            assert broken(session) == []


@pytest.fixture(params=["sqlite", "postgresql"])
def books(request: pytest.FixtureRequest, settings: Settings, profile: Profile, now: datetime) -> Iterator[Books]:
    url = settings.database_url if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    database = Database(url, info={"profile": profile, "keys": Keyring(SECRET)})
    import_tables()
    metadata.create_all(database.engine)
    parts = wiring.Wiring(replace(settings, database_url=url), profile, database, Keyring(SECRET))
    wiring.rewire(parts)
    kept = Books(database, World(database, profile, now), now)
    yield kept
    kept.check()
    wiring.rewire(None)
    parts.close()
