"""Whoever knocks at the desk from a strange browser learns from no answer, and from no clock, which logins there are."""

import statistics
import time
from typing import Any

import httpx
import pytest

from selfcare_app.access import password, staff
from selfcare_app.access.desk_tables import StaffMember
from selfcare_app.endpoints import desk
from selfcare_app.endpoints.turnstile import TURNSTILE
from tests.access.clerks import ROOT, employee
from tests.access.door import Door

ROUNDS = 7
NOBODY = "nobody"


@pytest.fixture
def client(client: httpx.AsyncClient) -> httpx.AsyncClient:
    routes: list[Any] = [*desk.ROUTES]
    client._transport.app.router.routes.extend(routes)  # type: ignore[attr-defined]
    return client


def staffed(door: Door) -> tuple[str, ...]:
    """Logins of all kinds: in order, waiting, locked, put out, not yet set up."""
    logins = ("ready", "waits", "locked", "gone", "fresh")
    for login in logins[:4]:
        employee(door, login)
    door.do(staff.disable, ROOT, login="gone")
    door.do(staff.add, ROOT, login="fresh")
    with door.wires.db.transaction() as session:
        for row in door.all(StaffMember):
            kept = session.get_one(StaffMember, row.id)
            if kept.password_hash:
                kept.password_hash = password.hashed(door.wires.keys, "вяз и три дуба у реки")
            kept.failed = {"waits": 9, "locked": 10}.get(kept.login, 0)
            kept.next_try_at = door.now.replace(year=2100) if kept.login == "waits" else None
    return logins


async def knock(client: httpx.AsyncClient, login: str) -> httpx.Response:
    TURNSTILE.forget()
    answer = await client.post("/desk/sign-in", data={"login": login, "password": "x", "code": "000000"})
    assert answer.status_code == 403
    return answer


@pytest.mark.security("asvs_6_3_8", "T13")
async def test_every_login_is_answered_by_the_same_bytes(
    door: Door, client: httpx.AsyncClient, cheap_hashes: None
) -> None:
    said = {login: await knock(client, login) for login in (NOBODY, *staffed(door))}
    assert len({answer.content for answer in said.values()}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in said.values()}) == 1
    assert "Логин, пароль или код не подошли." in said[NOBODY].text


@pytest.mark.security("asvs_6_3_8", "T13")
async def test_no_login_is_told_by_the_clock(door: Door, client: httpx.AsyncClient) -> None:
    spent: dict[str, list[float]] = {login: [] for login in (NOBODY, *staffed(door))}
    for _ in range(ROUNDS):
        for login, times in spent.items():
            door.later(600)
            began = time.process_time()
            await knock(client, login)
            times.append(time.process_time() - began)
    best = [min(times) for times in spent.values()]
    # The hash is some 300 ms of each; what differs beside it must drown in that.
    assert max(best) - min(best) < 0.15 * statistics.fmean(best)
