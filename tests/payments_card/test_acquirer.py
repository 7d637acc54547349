"""The simulated acquirer as a process: the cabinet understands it, and so does the real one's own library."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import bepaid.client as judge
import httpx
import pytest
from bepaid import models
from sqlmodel import Session

from selfcare_app import wiring
from selfcare_app.adapters.cards.choice import card_acquirer, demo_secret
from selfcare_app.kit.actor import Proof, Subscriber
from selfcare_app.kit.money import Money
from selfcare_app.kit.sealing import Keyring
from selfcare_app.ledger.post import Leg, post
from selfcare_app.payments.automatic import setup
from selfcare_app.payments.hosted_tables import HostedPayment
from selfcare_app.subscribers.tables import Line
from selfcare_app.worker import automatic
from selfcare_app.worker import hosted as worker
from tests.conftest import SECRET
from tests.payments_card.conftest import Begin, held, row
from tests.served import free_port


@pytest.fixture(scope="module")
def bank(rsa_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The process, and the environment that the cabinet shares with it."""
    secret = tmp_path_factory.mktemp("keys") / "secret.key"
    secret.write_bytes(SECRET)
    environment = {
        "SELFCARE_DEMO": "1",
        "SELFCARE_OPERATOR": "issa",
        "SELFCARE_ACQUIRER_PORT": str(free_port()),
        "SELFCARE_ACQUIRER_FOLDER": str(rsa_folder),
        "SELFCARE_SECRET_KEY_FILE": str(secret),
        "SELFCARE_PUBLIC_URL": "http://127.0.0.1:8000",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SELFCARE_")}
    process = subprocess.Popen([sys.executable, "-m", "selfcare_app", "acquirer"], env=kept | environment)
    until = time.monotonic() + 60
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{environment['SELFCARE_ACQUIRER_PORT']}/pay/none")
            break
        except httpx.TransportError:
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.05)
    yield environment
    process.terminate()
    process.wait(20)


@pytest.fixture
def linked(demo: wiring.Wiring, bank: dict[str, str]) -> wiring.Wiring:
    """The cabinet's wiring, speaking with the process."""
    demo.settings = replace(demo.settings, acquirer_port=int(bank["SELFCARE_ACQUIRER_PORT"]))
    demo.cards = card_acquirer(demo.settings, Keyring(SECRET))
    return demo


@pytest.mark.requirement("ISSA-063")
@pytest.mark.security("R11")
def test_paid_without_a_word_is_found_out_by_asking(
    linked: wiring.Wiring, begin: Begin, person: Subscriber, now: datetime
) -> None:
    payment = begin()
    assert worker.work("w", now) == 1
    url = row(payment).url
    page = httpx.get(url)
    assert (page.status_code, "10,00" in page.text) == (200, True)
    back = httpx.post(url, data={"act": "silent"})
    assert back.headers["location"] == f"http://127.0.0.1:8000/top-up/payment/{payment.id}"
    assert held(person.line_id) == 0
    worker.work("w", now + timedelta(minutes=5))
    assert (row(payment).state, held(person.line_id)) == ("paid", 1_000)


def test_declined_there_is_declined_here_when_asked(linked: wiring.Wiring, begin: Begin, now: datetime) -> None:
    payment = begin()
    worker.work("w", now)
    httpx.post(row(payment).url, data={"act": "decline"})
    worker.work("w", now + timedelta(minutes=5))
    assert row(payment).state == "failed"


def _automatic(person: Subscriber, now: datetime, amount: str) -> UUID:
    """Confirms automatic top-up; gives the payment by which the card is saved."""
    typed = {"threshold": "5", "amount": amount, "month": "500"}
    draft = wiring.do_now(setup.begin, person, **typed, other_card=True, now=now).draft_id
    assert draft is not None
    seen = wiring.ask_now(setup.review, person, draft_id=draft, now=now)
    sure = replace(person, proofs=(Proof(setup.KIND, "sms", now, now + timedelta(minutes=5), seen.digest),))
    named = {"draft_id": draft, "digest": seen.digest, "acquirer": "bepaid"}
    done = wiring.do_now(setup.confirm, sure, **named, now=now)
    assert done.payment_id is not None
    return done.payment_id


def _saved(person: Subscriber, now: datetime, *, amount: str = "10", act: str = "pay") -> None:
    """Pays there with a card that is kept; what was paid is found out by asking, and spent."""
    payment_id = _automatic(person, now, amount)
    worker.work("w", now)
    with wiring.wired().db.snapshot() as session:
        url = session.get_one(HostedPayment, payment_id).url
    httpx.post(url, data={"act": act})
    worker.work("w", now + timedelta(minutes=5))
    has, account = held(person.line_id), ("subscriber", wiring.ask_now(_account, person))
    leg = Leg(account, ("revenue", "fee"), Money(has, wiring.wired().profile.currency), "fee")
    wiring.do_now(post, person, kind="fee", key=str(payment_id), legs=[leg], now=now)


def _account(session: Session, actor: Subscriber) -> UUID:
    return session.get_one(Line, actor.line_id).account_id


@pytest.mark.requirement("ISSA-063")
@pytest.mark.security("R11")
def test_a_kept_card_is_charged_there_without_its_owner(
    linked: wiring.Wiring, person: Subscriber, now: datetime
) -> None:
    _saved(person, now)
    seen = wiring.ask_now(setup.standing, person, now=now)
    assert (seen.is_on, seen.card_tail, held(person.line_id)) == (True, "4242", 0)
    assert automatic.work("w", now + timedelta(minutes=6)) == 1
    assert held(person.line_id) == 1_000


@pytest.mark.security("R11")
def test_a_charge_whose_answer_was_lost_there_is_found_by_asking(
    linked: wiring.Wiring, person: Subscriber, now: datetime
) -> None:
    _saved(person, now, amount="10,14")
    assert automatic.work("w", now) == 0
    assert held(person.line_id) == 0
    automatic.work("w", now + timedelta(minutes=5))
    assert held(person.line_id) == 1_014


@pytest.mark.parametrize(("amount", "act", "tail"), [("10", "doomed", "0002"), ("10,13", "pay", "4242")])
def test_a_card_or_a_sum_that_is_to_be_refused_is(
    linked: wiring.Wiring, person: Subscriber, now: datetime, amount: str, act: str, tail: str
) -> None:
    _saved(person, now, amount=amount, act=act)
    automatic.work("w", now)
    seen = wiring.ask_now(setup.standing, person, now=now)
    assert seen.last is not None
    assert (seen.card_tail, seen.last.state, held(person.line_id)) == (tail, "refused", 0)
    assert seen.next_at == now + timedelta(hours=1)


def test_the_acquirer_s_own_library_speaks_with_the_simulated_one(bank: dict[str, str]) -> None:
    address = f"http://127.0.0.1:{bank['SELFCARE_ACQUIRER_PORT']}"
    asked = models.CheckoutRequest(
        test=True,
        order=models.CheckoutOrder(currency="BYN", amount=500, description="x", tracking_id="t"),
        settings=models.CheckoutSettings(
            return_url="http://127.0.0.1:8000/a", notification_url="http://127.0.0.1:8000/b", language="en"
        ),
    )
    secret = demo_secret(Keyring(SECRET), "shop")
    with judge.BepaidClient("demo", secret, base_checkout_url=address) as client:
        opened = client.create_checkout(asked)
        assert opened.redirect_url == f"{address}/pay/{opened.token}"
    with httpx.Client(base_url=address, auth=("demo", secret)) as plain:
        assert plain.get(f"/ctp/api/checkouts/{opened.token}").json()["checkout"]["status"] == "pending"


@pytest.mark.parametrize("auth", [None, ("demo", "wrong"), ("other", "x")])
def test_it_opens_nothing_for_strangers(bank: dict[str, str], auth: tuple[str, str] | None) -> None:
    address = f"http://127.0.0.1:{bank['SELFCARE_ACQUIRER_PORT']}"
    assert httpx.post(f"{address}/ctp/api/checkouts", json={}, auth=auth).status_code == 401
    assert httpx.get(f"{address}/ctp/api/checkouts/x", auth=auth).status_code == 404


def test_outside_a_demonstration_it_does_not_start(bank: dict[str, str]) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SELFCARE_")}
    real = bank | {"SELFCARE_DEMO": "0"}
    refused = subprocess.run(
        [sys.executable, "-m", "selfcare_app", "acquirer"],
        env=kept | real,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (refused.returncode, "SELFCARE_DEMO=1" in refused.stderr) == (2, True)


def test_a_bank_that_is_not_there_is_away(demo: wiring.Wiring, begin: Begin, now: datetime) -> None:
    demo.settings = replace(demo.settings, acquirer_port=free_port())
    demo.cards = card_acquirer(demo.settings, demo.keys)
    payment = begin()
    assert worker.work("w", now) == 0
    assert row(payment).state == "new"
