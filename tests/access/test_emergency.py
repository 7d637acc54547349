"""The emergency code: one for a line, kept as a digest, closes everything at once, and tells a guesser nothing."""

import re
from dataclasses import replace

import httpx
import pytest

from selfcare_app.access import emergency
from selfcare_app.access.security_tables import EmergencyCode
from selfcare_app.access.tables import KnownDevice, WebSession
from selfcare_app.endpoints import emergency as endpoint
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.actor import Acting, OwnOnly, Visitor
from selfcare_app.subscribers.tables import Line
from tests.access.door import PASSWORD, Door
from tests.access.engines import settings  # noqa: F401 - a fixture
from tests.access.web import path, query, sign_in


def made(door: Door, line: Line) -> str:
    code: str = door.do(emergency.make, door.world.session(line))
    return code


def test_a_code_has_128_bits_and_is_kept_as_a_digest_alone(door: Door) -> None:
    line = door.line()
    codes = {made(door, line) for _ in range(20)}
    assert len(codes) == 20
    assert all(re.fullmatch(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}", code) for code in codes)
    assert emergency.BITS <= 28 * 5
    row = door.row(EmergencyCode, line.id)
    assert not any(code.replace("-", "") in str(row.model_dump()) for code in codes)


@pytest.mark.security("asvs_7_4_2", "S-20")
def test_it_closes_the_cabinet_ends_the_sessions_and_forgets_the_devices(door: Door) -> None:
    line, other = door.line(), door.line()
    code, sessions = made(door, line), [door.world.session(line) for _ in range(2)]
    door.device(line, other)
    stranger = door.world.session(other)
    assert door.do(emergency.block, Visitor(address="203.0.113.9"), typed=code) is None
    assert door.row(Line, line.id).access == "closed_by_subscriber"
    assert all(door.row(WebSession, each.session_id).ended_at for each in sessions)
    assert door.row(WebSession, stranger.session_id).ended_at is None
    assert {row.line_id for row in door.rows(KnownDevice)} == {other.id}
    assert [key for key, _ in door.messages(line.msisdn)] == ["alarm.blocked_by_code"]
    assert [row.action for row in door.rows(JournalEntry)] == ["emergency_code_made", "blocked_by_code"]
    assert door.knock(line.msisdn, right=True).fault is not None


def test_it_works_once_and_a_newer_one_takes_its_place(door: Door) -> None:
    line = door.line()
    older, newer = made(door, line), made(door, line)
    for typed, kind in ((older, emergency.Wrong), (newer, type(None)), (newer, emergency.Wrong)):
        assert isinstance(door.do(emergency.block, typed=typed), kind)


@pytest.mark.parametrize(
    "written", [str.lower, lambda code: code.replace("-", " "), lambda code: code.replace("0", "O").replace("1", "l")]
)
def test_it_is_read_as_a_hand_writes_it(door: Door, written: object) -> None:
    line = door.line()
    assert door.do(emergency.block, typed=written(made(door, line))) is None  # type: ignore[operator]


@pytest.mark.security("asvs_6_3_8", "asvs_2_4_1")
def test_beyond_the_budget_nothing_is_told_and_a_right_code_still_closes(door: Door) -> None:
    line = door.line()
    code, thief = made(door, line), Visitor(address="203.0.113.9")
    for _ in range(emergency.TOLD_PER_HOUR):
        assert isinstance(door.do(emergency.block, thief, typed="0000"), emergency.Wrong)
    wrong = door.do(emergency.block, thief, typed="0000")
    right = door.do(emergency.block, Visitor(address="203.0.113.10"), typed=code)
    assert type(wrong) is type(right) is emergency.Unsaid
    assert wrong.params == right.params == {}
    assert door.row(Line, line.id).access == "closed_by_subscriber"


def test_a_stronger_closing_stays(door: Door) -> None:
    line = door.line()
    code = made(door, line)
    with door.wires.db.transaction() as session:
        session.get_one(Line, line.id).access = "closed_by_operator"
    assert door.do(emergency.block, typed=code) is None
    assert door.row(Line, line.id).access == "closed_by_operator"


@pytest.mark.security("T18")
def test_a_delegate_makes_none(door: Door) -> None:
    actor = door.world.session(door.line())
    curator = replace(actor, acting=Acting(door.line().id, "curator", "manage"))
    with pytest.raises(OwnOnly), door.wires.db.transaction() as session:
        emergency.make(session, curator, now=door.now)


@pytest.fixture
async def client(client: httpx.AsyncClient) -> httpx.AsyncClient:
    client._transport.app.router.routes.extend(endpoint.ROUTES)  # type: ignore[attr-defined]
    return client


@pytest.mark.security("asvs_7_5_1")
async def test_making_one_takes_the_present_password(door: Door, client: httpx.AsyncClient, cheap_hashes: None) -> None:
    line = door.line()
    assert (await client.post("/session/emergency/make", data={"password": PASSWORD})).status_code == 401
    await sign_in(client, door, line)
    wrong = await client.post("/session/emergency/make", data={"password": "not this"})
    assert (wrong.status_code, wrong.json()["error"]["key"]) == (200, "access.error.wrong_current")
    right = await client.post("/session/emergency/make", data={"password": PASSWORD})
    assert right.headers["cache-control"] == "no-store"
    code = right.json()["code"]
    unsure = await client.post("/session/emergency", data={"code": code})
    assert (path(unsure), query(unsure)["error"]) == ("/emergency", "security.emergency_not_sure")
    closed = await client.post("/session/emergency", data={"code": code, "sure": "on"})
    assert (path(closed), query(closed)) == ("/emergency", {"done": "1"})
    assert code not in closed.headers["location"]
    assert (await client.post("/session/emergency/make", data={"password": PASSWORD})).status_code == 401
