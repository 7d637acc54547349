"""A door to knock at: registered lines, visitors, and the SMS that were sent."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime

import bcrypt
import httpx
import pytest
from starlette.applications import Starlette

from selfcare_app import wiring
from selfcare_app.endpoints import session
from selfcare_app.endpoints.turnstile import TURNSTILE
from selfcare_app.kit import clock
from tests.access.door import CHEAP, Door
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
