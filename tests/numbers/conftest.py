"""A number pool with people who want new numbers, on SQLite or on either engine."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from selfcare_app import wiring
from selfcare_app.db import Database
from selfcare_app.kit.actor import Proof, Subscriber, System
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.money import Money
from selfcare_app.kit.sealing import Keyring
from selfcare_app.ledger import balance
from selfcare_app.ledger.post import Leg, post
from selfcare_app.messaging.tables import Outbox
from selfcare_app.numbers import change_number, eligibility, hold, rules
from selfcare_app.numbers.rules import State
from selfcare_app.numbers.tables import PoolNumber
from selfcare_app.numbers.views import Review
from selfcare_app.operators.schema import Profile
from selfcare_app.orders.tables import Order
from selfcare_app.settings import Settings
from selfcare_app.subscribers.tables import Line
from tests import schema
from tests.conftest import SECRET
from tests.world import World

WORKER = System("test")


@dataclass
class Shop:
    """The pool of one database."""

    db: Database
    world: World
    now: datetime
    profile: Profile

    def stock(self, *numbers: str, category: str = "simple", state: State = State.FREE) -> None:
        """Puts numbers into the pool."""
        assert self.profile.number_change is not None
        index = rules.index_of(self.profile.number_change, category)
        with self.db.transaction() as session:
            session.add_all(PoolNumber(number=int(number), category=index or 0, state=state) for number in numbers)

    def customer(self, *, paid: int = 100_000, settlement: str = "prepaid", **columns: object) -> Subscriber:
        """A subscriber in a session, with money on the account; the number is the pool's, in use."""
        line = self.world.line(settlement=settlement, **columns)
        if line.msisdn:
            self.stock(line.msisdn, state=State.ASSIGNED)
        if paid:
            amount = Money(paid, self.profile.currency)
            leg = Leg(("cash_in", "payment"), ("subscriber", line.account_id), amount, "payment")
            wiring.do_now(post, WORKER, kind="payment", key=f"first {line.id}", legs=[leg], now=self.now)
        return self.world.session(line)

    def reviewed(self, actor: Subscriber, number: str, now: datetime | None = None) -> Review:
        """The number held, chosen and looked at."""
        now = now or self.now
        wiring.do_now(hold.hold, actor, number=number, now=now)
        draft = wiring.do_now(change_number.begin, actor, number=number, now=now)
        return wiring.ask_now(change_number.review, actor, draft_id=draft.id, now=now)

    def proven(self, actor: Subscriber, digest: str, now: datetime | None = None) -> Subscriber:
        """The actor with the proof of one digest."""
        moment = now or self.now
        until = moment + (self.world.now - self.world.now.replace(minute=0))
        return replace(actor, proofs=(Proof("number_change", "sms", moment, until, digest),))

    def ordered(self, actor: Subscriber, number: str, now: datetime | None = None) -> UUID:
        """The whole way to a confirmed order; gives its id."""
        now = now or self.now
        review = self.reviewed(actor, number, now)
        sure = self.proven(actor, review.digest, now)
        return wiring.do_now(change_number.confirm, sure, draft_id=review.draft_id, digest=review.digest, now=now).id

    def spend(self, actor: Subscriber, minor: int) -> None:
        """Money goes for something else."""
        leg = Leg(("subscriber", self.line(actor).account_id), ("revenue", "fee"), Money(minor, "BYN"), "fee")
        wiring.do_now(post, WORKER, kind="fee", key=str(actor.line_id), legs=[leg], now=self.now)

    def state(self, number: str) -> State:
        with self.db.snapshot() as session:
            return State(session.get_one(PoolNumber, int(number)).state)

    def line(self, actor: Subscriber) -> Line:
        with self.db.snapshot() as session:
            line = session.get_one(Line, actor.line_id)
            session.expunge(line)
            return line

    def balance(self, actor: Subscriber) -> int:
        account_id = self.line(actor).account_id
        with self.db.snapshot() as session:
            return balance.of_account(session, account_id).minor

    def orders(self, actor: Subscriber) -> list[str]:
        with self.db.snapshot() as session:
            return list(session.exec(select(Order.state).where(Order.line_id == actor.line_id)).all())

    def messages(self) -> list[tuple[str, str]]:
        """(recipient, what for) of all that is on its way."""
        with self.db.snapshot() as session:
            rows = session.exec(select(Outbox.recipient, Outbox.dedup_key).order_by(Outbox.created_at)).all()
        return [(recipient, key.rpartition(":")[2]) for recipient, key in rows]


def made(url: str, settings: Settings, profile: Profile, now: datetime) -> Iterator[Shop]:
    database = Database(url, info={"profile": profile, "keys": Keyring(SECRET)}, pool_size=20)
    schema.create(database)
    parts = wiring.Wiring(replace(settings, database_url=url), profile, database, Keyring(SECRET))
    wiring.rewire(parts)
    yield Shop(database, World(database, profile, now), now, profile)
    wiring.rewire(None)
    parts.close()


@pytest.fixture
def shop(settings: Settings, profile: Profile, now: datetime) -> Iterator[Shop]:
    yield from made(settings.database_url, settings, profile, now)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_shop(request: pytest.FixtureRequest, settings: Settings, profile: Profile, now: datetime) -> Iterator[Shop]:
    url = settings.database_url if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    yield from made(url, settings, profile, now)


def fault_of(call: Callable[..., Any], *args: Any, **named: Any) -> str:
    """The code of the refusal that a call ends with, or "" for none."""
    try:
        call(*args, **named)
    except Fault as fault:
        return fault.code
    return ""


__all__ = ["WORKER", "Shop", "eligibility", "fault_of"]
