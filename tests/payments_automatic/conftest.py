"""An account with a kept card: its owner, a bank that keeps cards, a worker that comes when it is called."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from selfcare_app import wiring
from selfcare_app.adapters.cards.port import AcquirerAway
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
from selfcare_app.payments import hosted_work
from selfcare_app.payments.automatic import invariants, setup
from selfcare_app.payments.automatic.tables import AutomaticCharge, AutomaticTopUp
from selfcare_app.payments.automatic.views import Confirmed, Standing
from selfcare_app.payments.hosted_views import Asked, Card, Charge, Facts, Opened, Outcome
from selfcare_app.payments.tables import Payment
from selfcare_app.settings import Settings
from selfcare_app.subscribers.tables import Line
from selfcare_app.worker import automatic as worker
from tests import schema
from tests.conftest import SECRET
from tests.world import World

TEST, DOOR, WORKER = System("test"), System("interface"), System("acquirers")
CARD = Card("token-of-the-card", "4242")


@dataclass
class Bank:
    """An acquirer of the port's own kind: it charges what it is sent, once for each time that it is sent."""

    name: str = "bepaid"
    answer: Outcome = Outcome.PAID
    is_away: bool = False
    keeps_quiet: bool = False
    """It charges, and its answer is lost."""
    sent: list[Charge] = field(default_factory=list)
    looked: list[Charge] = field(default_factory=list)
    meanwhile: Callable[[], None] | None = None

    def begin(self, payment: Asked, *, description: str) -> Opened:
        raise AssertionError("a card that is kept needs no page of the bank")

    def ask(self, payment: Asked) -> Facts | None:
        raise AssertionError("a card that is kept needs no page of the bank")

    def verify(self, headers: object, body: bytes) -> Facts:
        raise AssertionError("a card that is kept needs no page of the bank")

    def charge(self, charge: Charge, *, description: str) -> Facts:
        if self.is_away:
            raise AcquirerAway()
        self.sent.append(charge)
        if self.meanwhile is not None:
            self.meanwhile()
        if self.keeps_quiet:
            raise AcquirerAway()
        return self.facts(charge)

    def look(self, charge: Charge) -> Facts | None:
        if self.is_away:
            raise AcquirerAway()
        self.looked.append(charge)
        return self.facts(charge) if charge.id in {each.id for each in self.sent} else None

    def facts(self, charge: Charge, **said: object) -> Facts:
        usual = {"amount_minor": charge.amount.minor, "currency": charge.amount.currency}
        return Facts(charge.id, self.answer, **(usual | {"transaction_id": f"t-{charge.id}"} | said))  # type: ignore[arg-type]


@dataclass
class Purse:
    """Runs use cases at `now`, which `later` moves on."""

    wires: wiring.Wiring
    world: World
    now: datetime
    bank: Bank

    @property
    def profile(self) -> Profile:
        return self.wires.profile

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def person(self, *, has: int = 0, **columns: object) -> Subscriber:
        actor = self.world.subscriber(**columns)
        if has:
            self.pay(actor, has)
        return actor

    def line(self, actor: Subscriber) -> Line:
        with self.wires.db.snapshot() as session:
            line = session.get_one(Line, actor.line_id)
            session.expunge(line)
            return line

    def pay(self, actor: Subscriber, minor: int) -> None:
        self._move(("cash_in", "cash"), ("subscriber", self.line(actor).account_id), minor)

    def spend(self, actor: Subscriber, minor: int) -> None:
        self._move(("subscriber", self.line(actor).account_id), ("revenue", "fee"), minor)

    def _move(self, debit: tuple[str, Any], credit: tuple[str, Any], minor: int) -> None:
        leg, key = Leg(debit, credit, Money(minor, self.profile.currency), "fee"), self.world.msisdn()
        wiring.do_now(post, TEST, kind="test", key=key, legs=[leg], now=self.now, may_overdraw=True)

    def ready(
        self, actor: Subscriber, threshold: str = "5", amount: str = "10", month: str = "50", *, other: bool = False
    ) -> dict[str, Any]:
        """What `confirm` is called with: a checked draft and an actor who has proven himself for it."""
        typed = {"threshold": threshold, "amount": amount, "month": month}
        begun = wiring.do_now(setup.begin, actor, **typed, other_card=other, now=self.now)
        assert begun.draft_id is not None, begun.faults
        seen = wiring.ask_now(setup.review, actor, draft_id=begun.draft_id, now=self.now)
        proof = Proof(setup.KIND, "sms", self.now, self.now + timedelta(minutes=5), seen.digest)
        sure = replace(actor, proofs=(proof,))
        return {"actor": sure, "draft_id": begun.draft_id, "digest": seen.digest, "acquirer": self.bank.name}

    def confirm(self, ready: dict[str, Any]) -> Confirmed:
        return wiring.do_now(setup.confirm, now=self.now, **ready)

    def paid_first(self, confirmed: Confirmed, minor: int, card: Card | None = CARD) -> str:
        """The bank says that the payment was made by which the card is saved."""
        assert confirmed.payment_id is not None
        told = Facts(
            confirmed.payment_id, Outcome.PAID, minor, self.profile.currency, f"p-{confirmed.payment_id}", card
        )
        return wiring.do_now(hosted_work.take, DOOR, acquirer="bepaid", facts=told, now=self.now)

    def on(
        self, *, has: int = 0, threshold: str = "5", amount: str = "10", month: str = "50", **columns: object
    ) -> Subscriber:
        """Somebody with automatic top-up on, whose account has so much besides what was paid first."""
        actor = self.person(has=has, **columns)
        minor = int(amount) * 100
        assert self.paid_first(self.confirm(self.ready(actor, threshold, amount, month)), minor) == "paid"
        return actor

    def below(self, **named: Any) -> Subscriber:
        """The same, fallen below: two units on the account."""
        actor = self.on(**named)
        self.spend(actor, self.balance(actor) - 200)
        return actor

    def work(self, by: str = "w") -> int:
        return worker.work(by, self.now)

    def balance(self, actor: Subscriber) -> int:
        account = self.line(actor).account_id
        with self.wires.db.snapshot() as session:
            return balance.of_account(session, account).minor

    def standing(self, actor: Subscriber) -> Standing:
        return wiring.ask_now(setup.standing, actor, now=self.now)

    def row(self, actor: Subscriber) -> AutomaticTopUp:
        account = self.line(actor).account_id
        with self.wires.db.snapshot() as session:
            found = session.get_one(AutomaticTopUp, account)
            session.expunge(found)
            return found

    def charges(self, actor: Subscriber) -> list[AutomaticCharge]:
        with self.wires.db.snapshot() as session:
            query = select(AutomaticCharge).where(AutomaticCharge.line_id == actor.line_id)
            rows = list(session.exec(query.order_by(AutomaticCharge.created_at, AutomaticCharge.id)).all())  # type: ignore[arg-type]
            session.expunge_all()
            return rows

    def states(self, actor: Subscriber) -> list[str]:
        return [row.state for row in self.charges(actor)]

    def payments(self) -> list[Payment]:
        """Everything that was paid in, in order."""
        with self.wires.db.snapshot() as session:
            rows = list(session.exec(select(Payment).order_by(Payment.id)).all())  # type: ignore[arg-type]
            session.expunge_all()
            return rows

    def told(self, actor: Subscriber) -> list[str]:
        """What the line was told by SMS about it, in order."""
        number = self.line(actor).msisdn
        with self.wires.db.snapshot() as session:
            rows = session.exec(select(Outbox).where(Outbox.recipient == number).order_by(Outbox.id)).all()  # type: ignore[arg-type]
            every = [self.wires.keys.unseal("outbox", f"outbox.sealed.{row.id}", row.sealed or b"") for row in rows]
        return [json.loads(each)["key"].removeprefix("automatic.sms.") for each in every]

    def broken(self) -> list[tuple[str, dict[str, object]]]:
        """What must hold of the books and does not."""
        with self.wires.db.snapshot() as session:
            return [(check.says, dict(row)) for check in _every() for row in check.find(session, self.now)]


def _every() -> tuple[Any, ...]:
    return (*ledger.checks(), *invariants.checks())


def fault_of(call: Callable[..., Any], *args: Any, **named: Any) -> str:
    """The code of the refusal that a call ends with, or "" for none."""
    try:
        call(*args, **named)
    except Fault as fault:
        return fault.code
    return ""


def change(session: Session, row: Any, **columns: object) -> None:
    for name, value in columns.items():
        setattr(row, name, value)


def _purse(url: str, settings: Settings, profile: Profile, now: datetime) -> Iterator[Purse]:
    database = Database(url, info={"profile": profile, "keys": Keyring(SECRET)}, pool_size=20)
    schema.create(database)
    parts = wiring.Wiring(replace(settings, database_url=url), profile, database, Keyring(SECRET))
    parts.cards = bank = Bank()
    wiring.rewire(parts)
    made = Purse(parts, World(database, profile, now), now, bank)
    yield made
    assert made.broken() == []
    wiring.rewire(None)
    parts.close()


@pytest.fixture
def purse(settings: Settings, profile: Profile, now: datetime) -> Iterator[Purse]:
    yield from _purse(settings.database_url, settings, profile, now)


@pytest.fixture(params=["sqlite", "postgresql"])
def any_purse(request: pytest.FixtureRequest, settings: Settings, profile: Profile, now: datetime) -> Iterator[Purse]:
    url = settings.database_url if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    yield from _purse(url, settings, profile, now)
