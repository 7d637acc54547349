"""The operator's own network: registration without РУНА, the own number, and who may say whose an address is."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import httpx
import pytest
from starlette.applications import Starlette

from selfcare_app.access.tables import AddressHolding, Credential
from selfcare_app.endpoints import network as network_door
from selfcare_app.endpoints.gateway import token
from selfcare_app.kit import clock
from selfcare_app.settings import Misconfigured, read
from selfcare_app.subscribers.tables import Line
from tests.access.door import Door
from tests.access.runa import register
from tests.access.web import path, query

HERE = "198.51.100.7"

pytestmark = pytest.mark.usefixtures("cheap_hashes")


@pytest.fixture
def operator() -> str:
    return "assa"


@pytest.fixture
def line(door: Door) -> Line:
    return door.line(secret=None, msisdn="380441234567")


@pytest.fixture
def in_network(door: Door) -> None:
    """The visitor's address is one of the operator's."""
    ranges = (ip_network("198.51.100.0/24"), ip_network("2001:db8::/32"))
    door.wires.settings = replace(door.wires.settings, network_ranges=ranges, gateway_token="of-the-gateway")


@pytest.fixture
async def gateway(door: Door, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setattr(clock, "now", lambda: door.now)
    transport = httpx.ASGITransport(Starlette(routes=network_door.ROUTES), client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as opened:
        yield opened


async def given(gateway: httpx.AsyncClient, door: Door, line: Line, address: str = HERE, *, seconds: int = 3600) -> int:
    until = (door.now + timedelta(seconds=seconds)).isoformat()
    fields = {"address": address, "number": line.msisdn, "until": until}
    headers = {"x-gateway-token": token(door.wires)}
    return (await gateway.post("/inbound/address", data=fields, headers=headers)).status_code


@pytest.mark.requirement("AS-010")
@pytest.mark.usefixtures("in_network")
async def test_in_the_own_network_no_runa_is_needed(
    client: httpx.AsyncClient, gateway: httpx.AsyncClient, door: Door, line: Line
) -> None:
    assert await given(gateway, door, line) == 204
    assert path(await register(client)) == "/register/done"
    assert door.row(Credential, line.id) is not None


@pytest.mark.requirement("AS-010")
@pytest.mark.usefixtures("in_network")
async def test_the_own_network_speaks_for_its_own_number_alone(
    client: httpx.AsyncClient, gateway: httpx.AsyncClient, door: Door, line: Line
) -> None:
    await given(gateway, door, door.line(secret=None))
    assert query(await register(client))["error"] == "runa.needed_here"
    assert door.row(Credential, line.id) is None


@pytest.mark.usefixtures("in_network")
async def test_an_address_that_was_given_back_proves_nothing(
    client: httpx.AsyncClient, gateway: httpx.AsyncClient, door: Door, line: Line
) -> None:
    await given(gateway, door, line, seconds=60)
    door.later(60)
    assert query(await register(client))["error"] == "runa.needed_here"
    await given(gateway, door, line)
    assert await given(gateway, door, line, seconds=-1) == 204
    assert door.row(AddressHolding, HERE) is None


@pytest.mark.usefixtures("in_network")
async def test_an_address_has_one_number_at_a_time(gateway: httpx.AsyncClient, door: Door, line: Line) -> None:
    await given(gateway, door, line)
    other = door.line()
    await given(gateway, door, other)
    assert door.row(AddressHolding, HERE).line_id == other.id


@pytest.mark.usefixtures("in_network")
@pytest.mark.parametrize("address", ["203.0.113.9", "nonsense", "198.51.100.7/24", ""])
async def test_only_addresses_of_the_network_are_taken(
    gateway: httpx.AsyncClient, door: Door, line: Line, address: str
) -> None:
    assert await given(gateway, door, line, address) == 422
    assert door.row(AddressHolding, HERE) is None


@pytest.mark.usefixtures("in_network")
async def test_only_the_gateway_says_whose_an_address_is(gateway: httpx.AsyncClient, door: Door, line: Line) -> None:
    fields = {"address": HERE, "number": line.msisdn, "until": (door.now + timedelta(hours=1)).isoformat()}
    assert (await gateway.post("/inbound/address", data=fields)).status_code == 403
    assert door.row(AddressHolding, HERE) is None


async def test_without_ranges_no_address_proves_anything(
    client: httpx.AsyncClient, gateway: httpx.AsyncClient, door: Door, line: Line
) -> None:
    with door.wires.db.transaction() as session:
        session.add(AddressHolding(address=HERE, line_id=line.id, until=door.now + timedelta(hours=1)))
    assert query(await register(client))["error"] == "runa.needed_here"


def test_ranges_count_only_behind_trusted_proxies() -> None:
    said = {"SELFCARE_DEMO": "1", "SELFCARE_NETWORK_RANGES": "10.0.0.0/8, 2001:db8::/32"}
    with pytest.raises(Misconfigured, match="SELFCARE_TRUSTED_PROXY_HOPS"):
        read(said)
    behind = read(said | {"SELFCARE_TRUSTED_PROXY_HOPS": "1"})
    assert behind.network_ranges == (ip_network("10.0.0.0/8"), ip_network("2001:db8::/32"))
    with pytest.raises(Misconfigured, match="SELFCARE_NETWORK_RANGES"):
        read(said | {"SELFCARE_NETWORK_RANGES": "10.0.0.1/8"})


@pytest.mark.requirement("AS-013")
@pytest.mark.usefixtures("in_network")
async def test_the_own_number_is_found(
    client: httpx.AsyncClient, gateway: httpx.AsyncClient, door: Door, line: Line
) -> None:
    answer = await client.post("/session/own-number", data={"back": "/register"})
    assert (path(answer), query(answer)) == ("/register", {"error": "runa.not_own_network"})
    await given(gateway, door, line)
    answer = await client.post("/session/own-number", data={"back": "/register"})
    assert (path(answer), query(answer)) == ("/register", {"number": "441234567"})
    away = await client.post("/session/own-number", data={"back": "//example.org/"})
    assert path(away) == "/sign-in"
