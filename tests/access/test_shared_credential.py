"""The partner's door: yes or no, counted as a sign-in is, and nothing more is told (ISSA-013)."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from starlette.applications import Starlette

from selfcare_app.access import sign_in, temporary
from selfcare_app.access.tables import Credential, WebSession
from selfcare_app.endpoints import credential
from selfcare_app.endpoints.gateway import token
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit import clock
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line
from tests.access.door import PASSWORD, Door

pytestmark = pytest.mark.usefixtures("cheap_hashes")


@pytest.fixture(autouse=True)
def fresh() -> None:
    credential.PARTNER.forget()


@pytest.fixture
async def partner(door: Door, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """The partner's server, proven."""
    monkeypatch.setattr(clock, "now", lambda: door.now)
    door.wires.settings = replace(door.wires.settings, demo=True)
    transport = httpx.ASGITransport(Starlette(routes=credential.ROUTES))
    headers = {"x-gateway-token": token(door.wires)}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as made:
        yield made


async def ask(
    partner: httpx.AsyncClient, number: str | None, secret: str = PASSWORD, address: str = "203.0.113.7"
) -> httpx.Response:
    fields = {"number": number or "", "password": secret, "address": address}
    return await partner.post("/inbound/credential", data=fields)


@pytest.mark.requirement("ISSA-013")
async def test_number_and_password_are_right_or_not(partner: httpx.AsyncClient, door: Door) -> None:
    line = door.line()
    assert (await ask(partner, line.msisdn)).text == "yes"
    assert (await ask(partner, line.msisdn, "another1")).text == "no"
    assert not door.all(WebSession), "nobody is let in here by it"
    entry = door.rows(JournalEntry, line_id=line.id)[0]
    assert (entry.actor, entry.action, entry.outcome) == ("interface", "password_checked", "done")


@pytest.mark.requirement("ISSA-013")
@pytest.mark.security("asvs_6_3_1", "T12")
async def test_wrong_ones_count_against_the_lock_of_sign_in(partner: httpx.AsyncClient, door: Door) -> None:
    line, attempts = door.line(), door.wires.profile.lockout.attempts
    for n in range(attempts):
        assert (await ask(partner, line.msisdn, "another1", f"203.0.{n}.7")).text == "no"
        door.later(60)
    assert door.row(Credential, line.id).failed == attempts
    assert (await ask(partner, line.msisdn)).text == "no", "locked, whatever is typed"
    assert isinstance(door.knock(line.msisdn or "", right=True).fault, sign_in.Locked)
    assert [key for key, _ in door.messages(line.msisdn or "")] == ["access.sms.locked"]
    device = door.device(line)
    assert door.knock(line.msisdn or "", right=True, actor=door.on(device)).entered, "a known device goes on"


@pytest.mark.security("T13", "asvs_6_3_8")
async def test_every_failure_is_the_same_answer(partner: httpx.AsyncClient, door: Door) -> None:
    closed = door.line(access="closed_by_operator")
    issued = door.line()
    door.do(temporary.issue, Staff(new_id(), new_id(), "i.desk"), line_id=issued.id)
    sent = next(args["password"] for key, args in door.messages(issued.msisdn or "") if "password" in args)
    asked = (
        (closed.msisdn, PASSWORD), (issued.msisdn, sent), ("375291999999", PASSWORD), ("nonsense", PASSWORD),
        (door.line(secret=None).msisdn, PASSWORD), (door.line().msisdn, "another1"),
    )  # fmt: skip
    answers = [await ask(partner, number, secret) for number, secret in asked]
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, "no")}


@pytest.mark.security("asvs_6_3_1")
async def test_an_address_asks_so_often_a_minute(partner: httpx.AsyncClient, door: Door) -> None:
    line, limit = door.line(), door.wires.profile.sign_in.requests_per_minute_per_address
    answers = [(await ask(partner, line.msisdn)).status_code for _ in range(limit + 1)]
    assert answers == [200] * limit + [429]
    assert (await ask(partner, line.msisdn, address="203.0.113.8")).text == "yes"


async def test_without_the_token_or_the_fields_nothing_is_asked(partner: httpx.AsyncClient, door: Door) -> None:
    line: Line = door.line()
    fields = {"number": line.msisdn or "", "password": "another1", "address": "203.0.113.7"}
    stranger = await partner.post("/inbound/credential", data=fields, headers={"x-gateway-token": "guess"})
    assert stranger.status_code == 403
    assert (await partner.post("/inbound/credential", data={"number": line.msisdn or ""})).status_code == 422
    assert door.row(Credential, line.id).failed == 0


@pytest.mark.parametrize("operator", ["ihelper", "assa"])
async def test_where_nobody_shares_there_is_no_door(partner: httpx.AsyncClient, door: Door) -> None:
    assert (await ask(partner, door.line().msisdn)).status_code == 404
