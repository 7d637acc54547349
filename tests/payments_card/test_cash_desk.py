"""Check and pay of banks and terminals: once for each payment of theirs, from their own network, with their own secret."""

import base64
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from threading import Barrier
from xml.etree import ElementTree

import httpx
import pytest
from starlette.applications import Starlette

from selfcare_app import wiring
from selfcare_app.endpoints import cash_desk as door
from selfcare_app.kit.actor import System
from selfcare_app.kit.money import Money
from selfcare_app.payments import cash_desk
from selfcare_app.payments.cash_desk import Answer, Result
from selfcare_app.settings import CashDesk
from selfcare_app.subscribers.tables import Account, Line
from tests.access.engines import settings  # noqa: F401 - a fixture
from tests.payments_card.conftest import held, payments
from tests.world import World

APP = Starlette(routes=door.ROUTES)
DESK = System(job="interface")
SECRET = "k" * 32


@pytest.fixture
def line(world: World, wires: wiring.Wiring) -> Line:
    desks = (
        CashDesk("bank", SECRET, (ip_network("10.1.0.0/16"),)),
        CashDesk("kiosk", "z" * 32, (ip_network("127.0.0.1/32"),)),
    )
    wires.settings = replace(wires.settings, cash_desks=desks)
    return world.line()


@pytest.fixture
async def client(line: Line) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(APP, client=("10.1.2.3", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", headers=basic()) as opened:
        yield opened


def basic(name: str = "bank", secret: str = SECRET) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


async def ask(client: httpx.AsyncClient, **fields: str) -> dict[str, str]:
    answer = await client.get(door.DOOR, params={"txn_id": "1", **fields})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml")
    return {each.tag: each.text or "" for each in ElementTree.fromstring(answer.text)}  # noqa: S314 - our own answer


async def test_a_number_is_checked_and_paid_and_the_answer_is_theirs(client: httpx.AsyncClient, line: Line) -> None:
    account = line.msisdn or ""
    assert await ask(client, command="check", account=account, sum="10.45") == {"osmp_txn_id": "1", "result": "0"}
    paid = await ask(client, command="pay", account=account, sum="10.45", ccy="BYN", txn_date="20261118123000")
    number = paid.pop("prv_txn")
    assert paid == {"osmp_txn_id": "1", "sum": "10.45", "ccy": "BYN", "result": "0"}
    assert number.isdigit() and len(number) <= 20
    assert held(line.id) == 1_045
    again = await ask(client, command="pay", account=account, sum="10.45")
    assert (again["prv_txn"], held(line.id), payments()) == (number, 1_045, 1)


async def test_it_is_posted_to_as_well(client: httpx.AsyncClient, line: Line) -> None:
    fields = {"command": "pay", "txn_id": "5", "account": line.msisdn or "", "sum": "1"}
    assert "<result>0</result>" in (await client.post(door.DOOR, data=fields)).text
    assert held(line.id) == 100


async def test_the_number_of_the_account_does_as_well(client: httpx.AsyncClient, line: Line) -> None:
    with wiring.wired().db.snapshot() as session:
        account = session.get_one(Account, line.account_id).number
    assert (await ask(client, command="pay", account=account, sum="2"))["result"] == "0"
    assert held(line.id) == 200


@pytest.mark.parametrize(
    ("fields", "result"),
    [
        ({"command": "check", "account": "375290000999"}, "5"),
        ({"command": "check", "account": "777"}, "5"),
        ({"command": "check", "account": "7<7"}, "4"),
        ({"command": "check", "account": "'; --"}, "4"),
        ({"command": "check", "account": ""}, "4"),
        ({"command": "pay", "sum": "0.99"}, "241"),
        ({"command": "pay", "sum": "500.01"}, "242"),
        ({"command": "pay", "sum": "-5"}, "300"),
        ({"command": "pay", "sum": "1e3"}, "300"),
        ({"command": "pay", "sum": "5.001"}, "300"),
        ({"command": "pay", "sum": ""}, "300"),
        ({"command": "pay", "sum": "5", "ccy": "USD"}, "300"),
        ({"command": "refund", "sum": "5"}, "300"),
        ({"command": "pay", "sum": "5", "txn_id": ""}, "300"),
        ({"command": "pay", "sum": "5", "txn_id": "<x>"}, "300"),
        ({"command": "pay", "sum": "5", "txn_id": "9" * 41}, "300"),
    ],
)
async def test_bad_input_is_answered_with_its_number_and_nothing_moves(
    client: httpx.AsyncClient, line: Line, fields: dict[str, str], result: str
) -> None:
    assert (await ask(client, **{"account": line.msisdn or "", **fields}))["result"] == result
    assert (held(line.id), payments()) == (0, 0)


async def test_the_same_number_for_something_else_is_refused(
    client: httpx.AsyncClient, line: Line, world: World
) -> None:
    account, other = line.msisdn or "", world.line().msisdn or ""
    assert (await ask(client, command="pay", account=account, sum="5"))["result"] == "0"
    assert (await ask(client, command="pay", account=account, sum="6"))["result"] == "300"
    assert (await ask(client, command="pay", account=other, sum="5"))["result"] == "300"
    assert (held(line.id), payments()) == (500, 1)


@pytest.mark.parametrize(
    ("headers", "address"),
    [
        ({}, "10.1.2.3"),
        (basic(secret="wrong"), "10.1.2.3"),
        (basic(name="kiosk"), "10.1.2.3"),
        (basic("kiosk", "z" * 32), "10.1.2.3"),
        (basic(), "10.2.0.1"),
        ({"authorization": "Basic %%%"}, "10.1.2.3"),
        ({"authorization": "Bearer x"}, "10.1.2.3"),
    ],
)
async def test_who_is_no_desk_of_ours_is_turned_away(line: Line, headers: dict[str, str], address: str) -> None:
    transport = httpx.ASGITransport(APP, client=(address, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", headers=headers) as stranger:
        fields = {"command": "pay", "txn_id": "1", "account": line.msisdn or "", "sum": "5"}
        assert (await stranger.get(door.DOOR, params=fields)).status_code == 403
    assert held(line.id) == 0


@pytest.mark.security("R4")
def test_fifty_at_once_with_one_number_are_one_payment(line: Line, now: datetime) -> None:
    gate = Barrier(50)

    def pay(_: int) -> Answer:
        gate.wait()
        return wiring.do_now(
            cash_desk.pay,
            DESK,
            desk="bank",
            payment_id="1",
            account=line.msisdn or "",
            amount=Money(500, "BYN"),
            now=now,
        )

    with ThreadPoolExecutor(50) as crowd:
        answers = set(crowd.map(pay, range(50)))
    assert len(answers) == 1 and answers.pop().result is Result.DONE
    assert (held(line.id), payments()) == (500, 1)


def test_a_month_later_it_is_still_known(line: Line, now: datetime) -> None:
    from selfcare_app.messaging import inbox

    def pay(at: datetime) -> Answer:
        account, amount = line.msisdn or "", Money(500, "BYN")
        return wiring.do_now(cash_desk.pay, DESK, desk="bank", payment_id="1", account=account, amount=amount, now=at)

    first = pay(now)
    later = now + timedelta(days=60)
    assert wiring.do_now(inbox.forget_old, System(job="cleanup"), now=later) == 1
    assert (pay(later), held(line.id), payments()) == (first, 500, 1)
