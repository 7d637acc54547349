"""What a signed-in browser proves and changes over plain HTTP: codes, what follows them, PIN and PUK, the password."""

import asyncio
from datetime import datetime
from typing import Any

import httpx
import pytest

from selfcare_app.access import session as web_session
from selfcare_app.access.tables import ProofGiven, WebSession
from selfcare_app.endpoints import proof
from selfcare_app.kit.actor import ProofNeeded, Subscriber
from selfcare_app.kit.errors import Refused
from selfcare_app.subscribers.tables import Line
from tests.access.door import PASSWORD, SIM, Door, other
from tests.access.web import cookies_set, path, query, sign_in

pytestmark = pytest.mark.usefixtures("cheap_hashes")

ACT = {"purpose": "number_change", "digest": "d1", "back": "/number?step=code"}
NEW = "липа8клён2"


@pytest.fixture
async def line(client: httpx.AsyncClient, door: Door) -> Line:
    """A line whose subscriber is signed in."""
    line = door.line()
    await sign_in(client, door, line)
    return line


class Taken(Refused):
    """Somebody else has the number."""

    code = "kit.busy"


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The act that follows a proof, by the drafts it was done for."""
    acts: list[str] = []

    async def order(actor: Subscriber, subject: str, digest: str, now: datetime) -> str:
        actor.require_proof("number_change", now, digest=digest)
        if subject == "taken":
            raise Taken()
        acts.append(subject)
        return f"/orders/{subject}"

    monkeypatch.setattr(proof, "THEN", {"order": order})
    return acts


async def send(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    return await client.post("/session/code/send", data=ACT | fields)


async def prove(client: httpx.AsyncClient, code: str, **fields: str) -> httpx.Response:
    return await client.post(
        "/session/code/prove", data=ACT | {"code": code, "then": "order", "subject": "018f"} | fields
    )


@pytest.mark.requirement("ISSA-009", "ISSA-043")
async def test_a_code_is_sent_proved_and_the_act_follows(
    client: httpx.AsyncClient, door: Door, line: Line, done: list[str]
) -> None:
    assert (await send(client)).headers["location"] == "/number?step=code"
    early = await send(client)
    assert (path(early), query(early)["error"], query(early)["step"]) == ("/number", "access.code_wait", "code")
    answer = await prove(client, door.code(line.msisdn))
    assert (path(answer), done) == ("/orders/018f", ["018f"])


async def test_a_proof_with_nothing_to_follow_leads_back(client: httpx.AsyncClient, door: Door, line: Line) -> None:
    await send(client, purpose="call_detail", digest="", back="/call-detail")
    data = {"purpose": "call_detail", "digest": "", "back": "/call-detail", "code": door.code(line.msisdn)}
    answer = await client.post("/session/code/prove", data=data)
    assert answer.headers["location"] == "/call-detail"
    assert [row.purpose for row in door.rows(ProofGiven)] == ["call_detail"]


async def test_a_wrong_code_leads_back_with_what_is_left(
    client: httpx.AsyncClient, door: Door, line: Line, done: list[str]
) -> None:
    await send(client)
    answer = await prove(client, other(door.code(line.msisdn)))
    assert query(answer) == {"step": "code", "error": "access.code_wrong", "field": "code", "args": '{"left":4}'}
    assert done == []


@pytest.mark.security("S-10", "S-12", "R7")
async def test_the_same_post_again_and_two_at_once_land_on_the_same_order(
    client: httpx.AsyncClient, door: Door, line: Line, done: list[str]
) -> None:
    await send(client)
    code = door.code(line.msisdn)
    answers = await asyncio.gather(*[prove(client, code) for _ in range(4)])
    answers.append(await prove(client, code))
    assert {answer.headers["location"] for answer in answers} == {"/orders/018f"}
    assert len(door.rows(ProofGiven)) == 1


async def test_an_act_that_is_refused_leads_back_with_the_reason_and_keeps_the_proof(
    client: httpx.AsyncClient, door: Door, line: Line, done: list[str]
) -> None:
    await send(client)
    answer = await prove(client, door.code(line.msisdn), subject="taken")
    assert (path(answer), query(answer)["error"]) == ("/number", "kit.busy")
    assert path(await prove(client, "000000")) == "/orders/018f"


@pytest.mark.security("asvs_6_6_2", "S-19")
async def test_a_proof_for_one_draft_does_not_serve_another(
    client: httpx.AsyncClient, door: Door, line: Line, done: list[str]
) -> None:
    await send(client)
    code = door.code(line.msisdn)
    await prove(client, code)
    answer = await prove(client, code, digest="d2")
    assert (query(answer)["error"], done) == ("access.code_needed", ["018f"])


@pytest.mark.security("asvs_3_7_2")
@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "", "/session/sign-out"])
async def test_back_leads_to_a_page_of_ours(client: httpx.AsyncClient, line: Line, back: str) -> None:
    assert path(await send(client, back=back)) == "/home"


@pytest.mark.parametrize("address", ["code/send", "code/prove", "password"])
async def test_without_a_session_one_signs_in_and_comes_back(client: httpx.AsyncClient, address: str) -> None:
    data = {} if address == "password" else {"back": "/number?step=code"}
    answer = await client.post(f"/session/{address}", data=data, content=None if data else b"")
    expected = "/settings/password" if address == "password" else "/number"
    assert (path(answer), query(answer)) == ("/sign-in", {"expired": "1", "next": expected})


@pytest.mark.requirement("ISSA-023")
async def test_a_post_keeps_the_session_alive_and_a_dead_one_is_not_revived(
    client: httpx.AsyncClient, door: Door, line: Line
) -> None:
    door.later(899)
    assert path(await send(client)) == "/number"
    door.later(899)
    assert path(await prove(client, "123456")) == "/number"
    door.later(900)
    assert path(await send(client)) == "/sign-in"
    assert door.rows(WebSession)[0].idle_until == door.now


@pytest.mark.requirement("ISSA-051")
@pytest.mark.security("asvs_14_3_2")
async def test_pin_and_puk_are_given_once_proved_and_nobody_may_keep_them(
    client: httpx.AsyncClient, door: Door, line: Line
) -> None:
    refused = await client.post("/session/reveal", content=b"")
    assert (refused.status_code, refused.json()["error"]["key"]) == (403, ProofNeeded().key)
    sim: dict[str, str] = {"purpose": "sim_secrets", "digest": "", "back": "/personal/sim"}
    await client.post("/session/code/send", data=sim)
    await client.post("/session/code/prove", data=sim | {"code": door.code(line.msisdn)})
    shown = await client.post("/session/reveal", content=b"")
    assert shown.json() == SIM | {"seconds": 60, "left": 2}
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["content-type"] == "application/json"
    for _ in range(2):
        await client.post("/session/reveal", content=b"")
    often = await client.post("/session/reveal", content=b"")
    assert (often.status_code, often.json()["error"]["key"]) == (409, "access.error.sim_secrets_often")
    assert often.headers["cache-control"] == "no-store"


async def test_pin_and_puk_without_a_session_are_nobodys(client: httpx.AsyncClient) -> None:
    answer = await client.post("/session/reveal", content=b"")
    assert (answer.status_code, set(answer.json())) == (401, {"error"})


@pytest.mark.requirement("ISSA-019")
async def test_the_password_is_changed_by_whoever_knows_the_present_one(
    client: httpx.AsyncClient, door: Door, line: Line
) -> None:
    elsewhere = door.world.session(line)
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"current": "x", "password": NEW, "again": NEW}, "access.wrong_current", "current"),
        ({"current": PASSWORD, "password": "12345", "again": "12345"}, "access.password_common", "password"),
        ({"current": PASSWORD, "password": NEW, "again": "x"}, "access.password_different", "again"),
    ]
    for fields, error, field in cases:
        answer = await client.post("/session/password", data=fields)
        assert (path(answer), query(answer)["error"], query(answer)["field"]) == ("/settings/password", error, field)
    answer = await client.post("/session/password", data={"current": PASSWORD, "password": NEW, "again": NEW})
    assert (path(answer), query(answer)) == ("/settings/password", {"done": "1"})
    assert door.row(WebSession, elsewhere.session_id).end_reason == "password"
    answer = await client.post("/session/sign-in", data={"number": line.msisdn, "password": NEW})
    assert path(answer) == "/home"
    assert door.ask(web_session.resume, token=cookies_set(answer)["sid"].value)
