"""A door to knock at: registered lines, visitors, and the SMS that were sent."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime

import bcrypt
import httpx
import pytest
from starlette.applications import Starlette

from selfcare_app import wiring
from selfcare_app.endpoints import inbound, session, voice
from selfcare_app.endpoints.gateway import token
from selfcare_app.endpoints.turnstile import TURNSTILE
from selfcare_app.kit import clock
from tests.access.door import CHEAP, Door
from tests.access.gateway import Gateway
from tests.access.web import FORM
from tests.world import World


@pytest.fixture
def door(wires: wiring.Wiring, world: World, now: datetime) -> Door:
    """Use cases at the door, run on the test's database at the test's time."""
    return Door(wires, world, now)


@pytest.fixture
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes at the lowest cost, for tests that are not about time."""
    monkeypatch.setattr("selfcare_app.access.password.COST", CHEAP)
    monkeypatch.setattr(
        "selfcare_app.access.password._NOBODY", bcrypt.hashpw(b"nobody", bcrypt.gensalt(CHEAP)).decode()
    )


@pytest.fixture(autouse=True)
def fresh_turnstile() -> Iterator[None]:
    """Nobody has posted anything yet."""
    TURNSTILE.forget()
    yield
    TURNSTILE.forget()


@pytest.fixture
async def client(door: Door, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at the endpoints, at the door's time."""
    monkeypatch.setattr(clock, "now", lambda: door.now)
    transport = httpx.ASGITransport(Starlette(routes=session.ROUTES), client=("198.51.100.7", 40_000))
    async with httpx.AsyncClient(transport=transport, base_url=door.wires.settings.public_url, headers=FORM) as made:
        yield made


@pytest.fixture
async def gateway(door: Door, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gateway]:
    """The network's gateway, proven, at the door's time."""
    monkeypatch.setattr(clock, "now", lambda: door.now)
    door.wires.settings = replace(door.wires.settings, demo=True)
    transport = httpx.ASGITransport(Starlette(routes=[*inbound.ROUTES, *voice.ROUTES]), client=("127.0.0.1", 1))
    headers = {"x-gateway-token": token(door.wires)}
    url = door.wires.settings.public_url
    async with httpx.AsyncClient(transport=transport, base_url=url, headers=headers) as made:
        yield Gateway(made)
