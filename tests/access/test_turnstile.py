"""How many posts there may be: of an address, of strangers together, and who goes on while strangers have none left."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette

from selfcare_app.endpoints import session
from selfcare_app.endpoints.early import early
from selfcare_app.endpoints.turnstile import NODE_AT_ONCE, NODE_PER_MINUTE, TURNSTILE, TooOften, Turnstile
from selfcare_app.wiring import Wiring
from tests.access.door import Door
from tests.access.web import query, sign_in

_START = datetime(2026, 3, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


@pytest.mark.security("asvs_2_4_1", "R18")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bursts=st.lists(st.tuples(st.floats(0, 40), st.integers(1, 400)), min_size=1, max_size=12))
def test_no_minute_has_more_posts_of_strangers_than_the_node_takes(
    wires: Wiring, bursts: list[tuple[float, int]]
) -> None:
    turnstile, now, taken = Turnstile(), _START, list[datetime]()
    for after, count in bursts:
        now += timedelta(seconds=after)
        free = next((at for at in range(count) if not _is_admitted(turnstile, f"{len(taken)}.{at}", now)), count)
        taken += [now] * free
    assert all(sum(first <= each < first + _MINUTE for each in taken) <= NODE_PER_MINUTE for first in set(taken))


def _is_admitted(turnstile: Turnstile, key: str, now: datetime) -> bool:
    try:
        turnstile.admit(key, now)
    except TooOften:
        return False
    return True


def test_who_waits_as_long_as_he_is_told_gets_through(wires: Wiring) -> None:
    turnstile, now = Turnstile(), _START
    for at in range(NODE_AT_ONCE):
        turnstile.admit(str(at), now)
    wait = turnstile.refuses("another", now)
    assert wait
    with pytest.raises(TooOften):
        turnstile.admit("another", now)
    turnstile.admit("another", now + timedelta(seconds=wait))


@pytest.mark.security("R18", "asvs_6_1_1")
async def test_a_flood_stops_neither_known_devices_nor_the_signed_in(client: httpx.AsyncClient, door: Door) -> None:
    line = door.line()
    for at in range(NODE_AT_ONCE):
        TURNSTILE.admit(f"203.0.113.{at}", door.now)
    stranger = await client.post("/session/sign-in", data={"number": line.msisdn, "password": "x"})
    assert query(stranger)["error"] == "access.too_often"
    client.cookies.set("dev", "made-up", domain="127.0.0.1", path="/")
    pretender = await client.post("/session/sign-in", data={"number": line.msisdn, "password": "x"})
    assert query(pretender)["error"] == "access.too_often"
    client.cookies.clear()
    await sign_in(client, door, line)
    answer = await client.post("/session/sign-out", data={})
    assert query(answer) == {"ended": "1"}


@pytest.mark.security("R18")
async def test_a_post_without_a_chance_is_sent_back_to_its_page_before_it_is_read(door: Door) -> None:
    doors = Starlette(routes=session.ROUTES).routes
    backs = {route.path: route.endpoint.back for route in doors if hasattr(route.endpoint, "back")}  # type: ignore[attr-defined]
    assert isinstance(backs["/session/sign-in"], str)
    turned_away = early({path: back for path, back in backs.items() if isinstance(back, str)})
    scope = {"path": "/session/sign-in", "headers": []}
    assert turned_away(scope, "198.51.100.7") == ""
    for _ in range(20):
        TURNSTILE.admit("198.51.100.7", datetime.now(UTC))
    assert turned_away(scope, "198.51.100.7").startswith("/sign-in?error=access.too_often")
    assert turned_away(scope, "198.51.100.8") == ""
    assert turned_away({"path": "/home", "headers": []}, "198.51.100.7") == ""
    known = {"path": "/session/sign-in", "headers": [(b"cookie", b"dev=anything")]}
    assert turned_away(known, "198.51.100.7") == ""
