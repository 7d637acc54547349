"""A proof gives the session's cookie a new value: the one before is dead at once, and what was open goes on (ASVS 7.2.4)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from selfcare_app import wiring
from selfcare_app.access import passkey_proof
from selfcare_app.access import session as web_session
from selfcare_app.access.tables import WebSession
from selfcare_app.endpoints import emergency, session
from selfcare_app.endpoints import passkeys as endpoint
from selfcare_app.kit.actor import Subscriber, System
from selfcare_app.subscribers.tables import Line
from tests.access.door import PASSWORD, SIM, Door, other
from tests.access.runa import CODE, activate
from tests.access.test_passkey import SITE, Phone, added
from tests.access.web import FORM, cookies_set, path, query, sign_in

pytestmark = pytest.mark.usefixtures("cheap_hashes")

NEW = "липа8клён2"
TEST = System("test")
DRAFT = {"purpose": "number_change", "digest": "d1", "back": "/number?step=code"}
CALLS = {"purpose": "call_detail", "digest": "", "back": "/call-detail"}
Prove = Callable[[httpx.AsyncClient, Door, Line, Subscriber], Awaitable[httpx.Response]]


async def by_code(client: httpx.AsyncClient, door: Door, line: Line, actor: Subscriber) -> httpx.Response:
    await client.post("/session/code/send", data=DRAFT)
    return await client.post("/session/code/prove", data=DRAFT | {"code": door.code(line.msisdn or "")})


async def by_puk1(client: httpx.AsyncClient, door: Door, line: Line, actor: Subscriber) -> httpx.Response:
    await client.post("/session/code/send", data=CALLS)
    return await client.post("/session/code/prove", data=CALLS | {"code": SIM["puk1"]})


async def by_passkey(client: httpx.AsyncClient, door: Door, line: Line, actor: Subscriber) -> httpx.Response:
    phone, act = Phone(), {"purpose": "number_change", "digest": "d1"}
    added(door, actor, phone)
    asked = door.do(passkey_proof.ask, actor, site=SITE, **act)
    signed = phone.sign(asked.options)
    fields = {
        "ticket": str(asked.ticket),
        "id": signed["id"],
        "client_data": signed["response"]["clientDataJSON"],
        "authenticator": signed["response"]["authenticatorData"],
        "signature": signed["response"]["signature"],
        "user": "",
    }
    answer = await client.post("/session/passkey/prove", data=act | fields)
    assert answer.json() == {}
    return answer


async def by_password_for_a_passkey(
    client: httpx.AsyncClient, door: Door, line: Line, actor: Subscriber
) -> httpx.Response:
    answer = await client.post("/session/passkey/new", data={"password": PASSWORD})
    assert answer.json()["ticket"]
    return answer


async def by_password_for_an_emergency_code(
    client: httpx.AsyncClient, door: Door, line: Line, actor: Subscriber
) -> httpx.Response:
    answer = await client.post("/session/emergency/make", data={"password": PASSWORD})
    assert answer.json()["code"]
    return answer


async def by_changing_the_password(
    client: httpx.AsyncClient, door: Door, line: Line, actor: Subscriber
) -> httpx.Response:
    answer = await client.post("/session/password", data={"current": PASSWORD, "password": NEW, "again": NEW})
    assert query(answer) == {"done": "1"}
    return answer


async def by_runa(client: httpx.AsyncClient, door: Door, line: Line, actor: Subscriber) -> httpx.Response:
    activate(door, line)
    answer = await client.post(
        "/session/runa/sections", data={"code": CODE, "back": "/settings/runa", "section_call_detail": "on"}
    )
    assert query(answer) == {"saved": "1"}
    return answer


async def by_runa_at_a_section(client: httpx.AsyncClient, door: Door, line: Line, actor: Subscriber) -> httpx.Response:
    await by_runa(client, door, line, actor)
    activate(door, line)
    fields = {"section": "call_detail", "code": CODE, "back": "/call-detail"}
    answer = await client.post("/session/runa/section", data=fields)
    assert path(answer) == "/call-detail"
    return answer


def actor_of(door: Door) -> Subscriber:
    row = door.rows(WebSession)[-1]
    return Subscriber(row.line_id, row.id)


def session_of(door: Door, value: str) -> Any:
    return door.ask(web_session.resume, token=value)


@pytest.fixture
async def client(client: httpx.AsyncClient, door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at every endpoint that takes a proof."""
    routes = [*session.ROUTES, *endpoint.ROUTES, *emergency.ROUTES]
    transport = httpx.ASGITransport(Starlette(routes=routes), client=("198.51.100.7", 40_000))
    url = door.wires.settings.public_url
    async with httpx.AsyncClient(transport=transport, base_url=url, headers=FORM) as made:
        yield made


@pytest.fixture(autouse=True)
def with_a_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passkeys belong to a domain; the test's address has none."""
    monkeypatch.setattr(endpoint, "site_here", lambda: SITE)


@pytest.mark.security("asvs_7_2_4")
@pytest.mark.parametrize(
    ("operator", "kind", "prove"),
    [
        ("issa", "phone", by_code),
        ("issa", "modem", by_puk1),
        ("issa", "phone", by_passkey),
        ("issa", "phone", by_password_for_a_passkey),
        ("issa", "phone", by_password_for_an_emergency_code),
        ("issa", "phone", by_changing_the_password),
        ("assa", "phone", by_runa),
        ("assa", "phone", by_runa_at_a_section),
    ],
)
async def test_a_proof_gives_a_new_value_and_kills_the_old(
    client: httpx.AsyncClient, door: Door, operator: str, kind: str, prove: Prove
) -> None:
    line = door.line(kind=kind)
    old = cookies_set(await sign_in(client, door, line))["sid"].value
    actor = actor_of(door)
    answer = await prove(client, door, line, actor)
    set_cookie = answer.headers.get_list("set-cookie")
    assert len(set_cookie) == 1
    lowered = set_cookie[0].lower()
    assert "httponly" in lowered
    assert "samesite=strict" in lowered
    assert f"max-age={door.wires.profile.session.absolute_seconds}" in lowered
    new = cookies_set(answer)["sid"].value
    assert new != old
    assert session_of(door, old) is None
    assert session_of(door, new).session_id == actor.session_id
    # What knows the session by its id (open tabs) goes on.
    assert door.ask(web_session.of_id, TEST, session_id=actor.session_id) is not None
    assert [row.id for row in door.rows(WebSession) if row.ended_at is None] == [actor.session_id]
    door.later(6)
    client.cookies.clear()
    client.cookies.set("sid", old, domain="127.0.0.1", path="/")
    assert path(await client.post("/session/code/send", data=DRAFT)) == "/sign-in"


@pytest.mark.security("asvs_7_2_4")
async def test_a_code_that_is_wrong_or_a_proof_that_is_there_renews_nothing(
    client: httpx.AsyncClient, door: Door
) -> None:
    line = door.line()
    await sign_in(client, door, line)
    await client.post("/session/code/send", data=DRAFT)
    code = door.code(line.msisdn or "")
    assert not cookies_set(await client.post("/session/code/prove", data=DRAFT | {"code": other(code)}))
    assert "sid" in cookies_set(await client.post("/session/code/prove", data=DRAFT | {"code": code}))
    assert not cookies_set(await client.post("/session/code/prove", data=DRAFT | {"code": code}))


@pytest.mark.security("asvs_7_2_4")
async def test_two_tabs_that_prove_at_once_both_go_on_with_one_new_value(client: httpx.AsyncClient, door: Door) -> None:
    line = door.line()
    old = cookies_set(await sign_in(client, door, line))["sid"].value
    await client.post("/session/code/send", data=DRAFT)
    data = DRAFT | {"code": door.code(line.msisdn or "")}
    answers = await asyncio.gather(*[client.post("/session/code/prove", data=data) for _ in range(6)])
    values = {cookies_set(answer)["sid"].value for answer in answers if cookies_set(answer)}
    assert len(values) == 1
    assert client.cookies.get("sid") in values
    assert {answer.status_code for answer in answers} <= {303, 307}
    assert "/number?step=code" in {answer.headers["location"] for answer in answers}
    assert not {answer.headers["location"] for answer in answers} & {"/sign-in"}
    assert session_of(door, old) is None


@pytest.mark.security("asvs_7_2_4")
@pytest.mark.parametrize("address", ["/session/code/prove", "/session/reveal", "/session/passkey/prove"])
async def test_a_post_that_was_on_its_way_comes_again_and_the_old_value_does_nothing_itself(
    client: httpx.AsyncClient, door: Door, address: str
) -> None:
    line = door.line()
    old = cookies_set(await sign_in(client, door, line))["sid"].value
    new = cookies_set(await by_code(client, door, line, actor_of(door)))["sid"].value
    client.cookies.clear()
    late = {"cookie": f"sid={old}"}
    data = CALLS if address == "/session/code/prove" else None
    answer = await client.post(address, data=data, content=None if data else b"", headers=late)
    assert (answer.status_code, answer.headers["location"]) == (307, address)
    assert not cookies_set(answer)
    assert not answer.content or answer.text == "Temporary Redirect"
    again = await client.post(address, data=data, content=None if data else b"", headers={"cookie": f"sid={new}"})
    assert again.status_code in (200, 303, 403)
    assert again.headers.get("location", "") != "/sign-in"
    door.later(web_session.RENEWING.total_seconds())
    assert (await client.post(address, data=data, content=None if data else b"", headers=late)).status_code in (
        303,
        401,
    )


@pytest.mark.security("asvs_7_2_4")
def test_whoever_renews_second_gets_nothing_and_a_dead_session_is_not_renewed(wires: wiring.Wiring, door: Door) -> None:
    line = door.line()
    with wires.db.transaction() as transaction:
        entered = web_session.start(
            transaction, line_id=line.id, method="password", address="", agent="", language="", now=door.now
        )
    actor = Subscriber(line.id, entered.session_id)
    first = door.do(web_session.renew, token=entered.token)
    assert door.do(web_session.renew, token=entered.token) is None
    door.do(web_session.end, actor, session_id=entered.session_id, reason="signed_out")
    assert door.do(web_session.renew, token=first.token) is None
    assert not door.ask(web_session.was_renewed, token=entered.token)
