"""People with money on their accounts who give it to each other, on SQLite or on either engine."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, SQLModel, select

from selfcare_app import wiring
from selfcare_app.db import Database
from selfcare_app.kit.actor import Proof, Subscriber, System
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.money import Money
from selfcare_app.kit.sealing import Keyring
from selfcare_app.ledger import balance
from selfcare_app.ledger import invariants as ledger
from selfcare_app.ledger.post import Leg, post
from selfcare_app.messaging.tables import Outbox
from selfcare_app.operators.schema import Profile
from selfcare_app.payments import transfer, transfer_invariants
from selfcare_app.payments.transfer_tables import MoneyTransfer
from selfcare_app.payments.transfer_views import Begun, Done
from selfcare_app.settings import Settings
from selfcare_app.subscribers.tables import Line
from tests import schema
from tests.conftest import SECRET
from tests.world import World

WORKER = System("test")


@dataclass
class Town:
    """The people of one database."""

    db: Database
    world: World
    now: datetime
    profile: Profile

    def person(self, *, paid: int = 100_000, settlement: str = "prepaid", **columns: object) -> Subscriber:
        """A subscriber in a session with so many minor units paid in."""
        line = self.world.line(settlement=settlement, **columns)
        if paid:
            self.pay(line, paid)
        return self.world.session(line)

    def pay(self, line: Line, minor: int, *, debit: tuple[str, Any] = ("cash_in", "payment"), key: str = "") -> None:
        """Money comes to the line's account."""
        leg = Leg(debit, ("subscriber", line.account_id), Money(minor, self.profile.currency), "payment")
        wiring.do_now(post, WORKER, kind="payment", key=key or f"first {line.id}", legs=[leg], now=self.now)

    def line(self, actor: Subscriber) -> Line:
        with self.db.snapshot() as session:
            line = session.get_one(Line, actor.line_id)
            session.expunge(line)
            return line

    def number(self, actor: Subscriber) -> str:
        return self.line(actor).msisdn or ""

    def change(self, table: type[SQLModel], row_id: UUID, **columns: object) -> None:
        with self.db.transaction() as session:
            row = session.get_one(table, row_id)
            for name, value in columns.items():
                setattr(row, name, value)

    def rule(self, **change: object) -> None:
        """The operator changes its rule."""
        assert self.profile.transfer is not None
        rule = self.profile.transfer.model_copy(update={"name_check_seconds": 1, **change})
        self.db.info["profile"] = self.profile.model_copy(update={"transfer": rule})

    def balance(self, actor: Subscriber) -> int:
        account_id = self.line(actor).account_id
        with self.db.snapshot() as session:
            return balance.of_account(session, account_id).minor

    def begin(self, actor: Subscriber, to: str, amount: str, *, now: datetime | None = None, **when: str) -> Begun:
        return wiring.do_now(transfer.begin, actor, number=to, amount=amount, **when, now=now or self.now)

    def ready(
        self, actor: Subscriber, to: str, amount: str, *, now: datetime | None = None, **when: str
    ) -> tuple[Subscriber, UUID, str]:
        """A checked and proven draft: the actor with the proof, the draft, the digest."""
        begun = self.begin(actor, to, amount, now=now, **when)
        assert begun.draft_id is not None, begun.faults
        terms = wiring.ask_now(transfer.review, actor, draft_id=begun.draft_id, now=now or self.now)
        until = (now or self.now) + timedelta(minutes=5)
        proof = Proof("transfer", "sms", now or self.now, until, terms.digest)
        return replace(actor, proofs=(proof,)), begun.draft_id, terms.digest

    def send(self, actor: Subscriber, to: str, amount: str, *, now: datetime | None = None, **when: str) -> Done:
        sure, draft_id, digest = self.ready(actor, to, amount, now=now, **when)
        return wiring.do_now(transfer.confirm, sure, draft_id=draft_id, digest=digest, now=now or self.now)

    def sent(self) -> list[MoneyTransfer]:
        with self.db.snapshot() as session:
            rows = list(session.exec(select(MoneyTransfer).order_by(MoneyTransfer.sent_at)).all())  # type: ignore[arg-type]
            session.expunge_all()
            return rows

    def messages(self) -> list[tuple[str, str]]:
        """(recipient, what for) of all that is on its way."""
        with self.db.snapshot() as session:
            rows = session.exec(select(Outbox.recipient, Outbox.dedup_key).order_by(Outbox.created_at)).all()  # type: ignore[arg-type]
        return sorted((recipient, key.rpartition(":")[2]) for recipient, key in rows)


def broken(session: Session, now: datetime) -> list[tuple[str, dict[str, object]]]:
    """What must hold of the books and does not."""
    every = (*ledger.checks(), *transfer_invariants.checks())
    return [(check.says, dict(row)) for check in every for row in check.find(session, now)]


def made(url: str, settings: Settings, profile: Profile, now: datetime) -> Iterator[Town]:
    database = Database(url, info={"profile": profile, "keys": Keyring(SECRET)}, pool_size=20)
    schema.create(database)
    parts = wiring.Wiring(replace(settings, database_url=url), profile, database, Keyring(SECRET))
    wiring.rewire(parts)
    yield Town(database, World(database, profile, now), now, profile)
    with database.snapshot() as session:
        assert broken(session, now) == []
    wiring.rewire(None)
    parts.close()


@pytest.fixture
def operator() -> str:
    return "ihelper"


@pytest.fixture
def town(settings: Settings, profile: Profile, now: datetime) -> Iterator[Town]:
    yield from made(settings.database_url, settings, profile, now)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_town(request: pytest.FixtureRequest, settings: Settings, profile: Profile, now: datetime) -> Iterator[Town]:
    url = settings.database_url if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    yield from made(url, settings, profile, now)


def fault_of(call: Callable[..., Any], *args: Any, **named: Any) -> str:
    """The code of the refusal that a call ends with, or "" for none."""
    try:
        call(*args, **named)
    except Fault as fault:
        return fault.code
    return ""


def faults(town: Town, *args: object, **named: object) -> dict[str, str]:
    """What is wrong with the fields of a transfer's form: name -> code."""
    begun = town.begin(*args, **named)  # type: ignore[arg-type]
    return {name: fault.code for name, fault in begun.faults.items()}
