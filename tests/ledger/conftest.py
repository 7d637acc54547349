"""The ledger on both engines: what a test asks of `books`, it asks of SQLite and of PostgreSQL."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, select

from selfcare_app import wiring
from selfcare_app.db import Database
from selfcare_app.kit.actor import Subscriber, System
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.money import Money
from selfcare_app.kit.sealing import Keyring
from selfcare_app.ledger import balance, invariants, pending
from selfcare_app.ledger.operation import Mover
from selfcare_app.ledger.pending import Held
from selfcare_app.ledger.post import Leg, Posted, post
from selfcare_app.ledger.reverse import reverse
from selfcare_app.ledger.tables import LedgerAccount
from selfcare_app.operators.schema import Profile
from selfcare_app.settings import Settings
from selfcare_app.subscribers.tables import Account
from tests import schema
from tests.conftest import SECRET
from tests.world import World

WORKER = System("test")
CASH = ("cash_in", "payment")
FEES = ("revenue", "number_change")


def byn(minor: int) -> Money:
    return Money(minor, "BYN")


def broken(session: Session, now: datetime) -> list[str]:
    """What is wrong with the ledger, by invariant; nothing when it is sound."""
    return [f"{check.id} {dict(row)}" for check in invariants.checks() for row in check.find(session, now)]


def in_an_act(session: Session, actor: Mover, **asked: Any) -> Posted:
    """A use case that does more than the one operation has a transaction of its own."""
    return post(session, actor, **asked)


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

    def customer(self, *, paid: int = 0) -> tuple[Subscriber, UUID]:
        """A signed-in subscriber and the account that pays for the line."""
        line = self.world.line()
        if paid:
            self.pay(line.account_id, paid, key=f"first {line.account_id}")
        return self.world.session(line), line.account_id

    def pay(self, account_id: UUID, minor: int, *, key: str) -> Posted:
        return self.post(Leg(CASH, ("subscriber", account_id), byn(minor), "payment"), kind="payment", key=key)

    def spend(self, account_id: UUID, minor: int, *, key: str) -> Posted:
        return self.post(fee(account_id, minor), kind="fee", key=key)

    def post(
        self,
        *legs: Leg,
        kind: str = "test",
        key: str,
        may_overdraw: bool = False,
        actor: Mover = WORKER,
        alone: bool = False,
    ) -> Posted:
        """Through the one writer, who commits what is asked for at once together; or in a transaction of its own."""
        way = in_an_act if alone else post
        return wiring.do_now(way, actor, kind=kind, key=key, legs=legs, now=self.now, may_overdraw=may_overdraw)

    def hold(self, *legs: Leg, key: str, seconds: int = 600, actor: Mover = WORKER) -> Held:
        until = self.now + timedelta(seconds=seconds)
        return wiring.do_now(pending.hold, actor, kind="card", key=key, legs=legs, expires_at=until, now=self.now)

    def settle(self, hold_id: UUID, *, actor: Mover = WORKER) -> Posted:
        return wiring.do_now(pending.settle, actor, hold_id=hold_id, now=self.now)

    def void(self, hold_id: UUID, *, actor: Mover = WORKER) -> None:
        wiring.do_now(pending.void, actor, hold_id=hold_id, now=self.now)

    def expire(self) -> int:
        return wiring.do_now(pending.expire, WORKER, now=self.now)

    def reverse(self, transfer_id: UUID, *, key: str, may_overdraw: bool = False, actor: Mover = WORKER) -> Posted:
        return wiring.do_now(reverse, actor, transfer_id=transfer_id, key=key, now=self.now, may_overdraw=may_overdraw)

    def later(self, seconds: int) -> "Books":
        return replace(self, now=self.now + timedelta(seconds=seconds))

    def limit(self, account_id: UUID, minor: int) -> None:
        """Gives the account another credit limit."""
        with self.db.transaction() as session:
            session.get_one(Account, account_id).credit_limit_minor = minor

    def balance(self, account_id: UUID) -> int:
        with self.db.snapshot() as session:
            return balance.of_account(session, account_id).minor

    def held(self, account_id: UUID) -> int:
        """What is held of the account's money."""
        with self.db.snapshot() as session:
            query = select(LedgerAccount.debits_pending).where(LedgerAccount.account_id == account_id)
            return session.exec(query).one_or_none() or 0

    def check(self) -> None:
        with self.db.snapshot() as session:
            assert broken(session, self.now) == []


def fee(account_id: UUID, minor: int) -> Leg:
    """So much out of the account for a service."""
    return Leg(("subscriber", account_id), FEES, byn(minor), "fee")


def at_once(books: Books, asked: Sequence[tuple[Sequence[Leg], str]], *, actor: Mover = WORKER) -> list[Posted | Fault]:
    """What becomes of operations (legs, key) that come to the one writer in one turn of an event loop, in this order."""

    async def all_of_them() -> list[Posted | BaseException]:
        acts = [
            asyncio.create_task(wiring.do(post, actor, kind="test", key=key, legs=legs, now=books.now))
            for legs, key in asked
        ]
        return await asyncio.gather(*acts, return_exceptions=True)

    outcomes = asyncio.run(all_of_them())
    for outcome in outcomes:
        if not isinstance(outcome, Posted | Fault):
            raise outcome
    return [outcome for outcome in outcomes if isinstance(outcome, Posted | Fault)]


def opened(url: str, settings: Settings, profile: Profile, now: datetime) -> Iterator[Books]:
    database = Database(url, info={"profile": profile, "keys": Keyring(SECRET)})
    schema.create(database)
    parts = wiring.Wiring(replace(settings, database_url=url), profile, database, Keyring(SECRET))
    wiring.rewire(parts)
    yield Books(database, World(database, profile, now), now)
    wiring.rewire(None)
    parts.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, settings: Settings) -> str:
    """An empty database of either engine."""
    return settings.database_url if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture
def books(url: str, settings: Settings, profile: Profile, now: datetime) -> Iterator[Books]:
    """Books that are sound at the end of the test."""
    for kept in opened(url, settings, profile, now):
        yield kept
        kept.check()


@pytest.fixture
def spoilt_books(url: str, settings: Settings, profile: Profile, now: datetime) -> Iterator[Books]:
    """Books that the test will spoil."""
    yield from opened(url, settings, profile, now)
