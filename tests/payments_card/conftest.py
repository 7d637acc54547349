"""An acquirer that signs like the real ones, payments of a line, and what its account holds afterwards."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import func, select

from selfcare_app import wiring
from selfcare_app.adapters.cards.choice import card_acquirer, webmoney
from selfcare_app.demo.acquirer import signing_key
from selfcare_app.kit.actor import Subscriber, System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger import balance
from selfcare_app.payments import hosted, hosted_work
from selfcare_app.payments.hosted_tables import HostedPayment
from selfcare_app.payments.hosted_views import Facts, HostedView, Opened, Outcome
from selfcare_app.payments.tables import Payment
from selfcare_app.subscribers.tables import Line
from tests.world import World

WORKER = System(job="acquirers")
DOOR = System(job="interface")
Begin = Callable[..., HostedView]


@pytest.fixture(scope="session")
def rsa_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the simulated acquirer's keys; making one takes a while."""
    folder = tmp_path_factory.mktemp("acquirer")
    signing_key(folder)
    return folder


@pytest.fixture
def demo(wires: wiring.Wiring, rsa_folder: Path) -> wiring.Wiring:
    wires.settings = replace(wires.settings, demo=True, acquirer_folder=rsa_folder)
    wires.cards = card_acquirer(wires.settings, wires.keys)
    wires.webmoney = webmoney(wires.settings, wires.keys, wires.profile.currency)
    return wires


@pytest.fixture
def person(world: World) -> Subscriber:
    return world.subscriber(language="ru")


@pytest.fixture
def begin(wires: wiring.Wiring, person: Subscriber, now: datetime) -> Begin:
    """Begins a payment of ten units by card; anything may be said otherwise."""

    def one(**said: object) -> HostedView:
        minor = said.pop("minor", 1_000)
        usual = {
            "ticket": new_id(),
            "way": "bank_card",
            "acquirer": "bepaid",
            "number": "",
            "amount": Money(int(str(minor)), wires.profile.currency),
            "now": now,
        }
        actor = said.pop("actor", person)
        return wiring.do_now(hosted.begin, actor, **(usual | said))  # type: ignore[arg-type]

    return one


def open_(payment: HostedView, now: datetime, *, reference: str = "token") -> None:
    """Has the worker open the checkout, as an acquirer that answers does."""
    claimed = wiring.do_now(hosted_work.claim, WORKER, by="w", limit=10, now=now)
    assert payment.id in {each.id for each in claimed}
    for each in claimed:
        checkout = Opened(f"https://bank.example/{each.no}", reference)
        wiring.do_now(hosted_work.opened, WORKER, payment_id=each.id, by="w", checkout=checkout, now=now)


def facts(payment: HostedView, outcome: Outcome = Outcome.PAID, **said: object) -> Facts:
    """What the acquirer says of a payment that was made as it was asked for."""
    usual = {"amount_minor": payment.amount.minor, "currency": payment.amount.currency, "transaction_id": "t-1"}
    return Facts(payment.id, outcome, **(usual | said))  # type: ignore[arg-type]


def take(told: Facts, now: datetime, *, acquirer: str = "bepaid") -> str:
    return wiring.do_now(hosted_work.take, DOOR, acquirer=acquirer, facts=told, now=now)


def row(payment: HostedView) -> HostedPayment:
    with wiring.wired().db.snapshot() as session:
        found = session.get_one(HostedPayment, payment.id)
        session.expunge(found)
        return found


def held(line_id: object) -> int:
    """The balance of the line's account, in minor units."""
    with wiring.wired().db.snapshot() as session:
        return balance.of_account(session, session.get_one(Line, line_id).account_id).minor


def payments() -> int:
    with wiring.wired().db.snapshot() as session:
        return session.exec(select(func.count()).select_from(Payment)).one()
