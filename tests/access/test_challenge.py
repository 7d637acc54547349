"""Challenge mode: what opens a breaker, whom it asks, whom it leaves alone, and that it closes by itself."""

import logging
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from selfcare_app.access import challenge, event, one_time_code, picture_check
from selfcare_app.access.challenge_tables import Breaker, HourOfCodes
from selfcare_app.access.tables import OneTimeCode
from selfcare_app.access.views import Browser
from selfcare_app.endpoints import check, health
from selfcare_app.kit.actor import System
from selfcare_app.kit.ids import new_id
from selfcare_app.worker import jobs
from tests.access.door import PASSWORD, Door, other
from tests.access.engines import settings  # noqa: F401 - a fixture
from tests.access.web import path, query

WATCH = System("doors")
pytestmark = pytest.mark.usefixtures("cheap_hashes")


@pytest.fixture(autouse=True)
def fresh_checks() -> None:
    check.CHECKS.forget()


def happened(door: Door, kind: str, outcome: str, times: int, *, ago: timedelta = timedelta(seconds=10)) -> None:
    with door.wires.db.transaction() as session:
        for _ in range(times):
            event.record(session, kind, outcome, now=door.now - ago)


def is_on(door: Door) -> bool:
    with door.wires.db.snapshot() as session:
        return challenge.is_on(session, now=door.now)


def switched_on(door: Door, name: str = challenge.SIGN_INS) -> None:
    with door.wires.db.transaction() as session:
        session.add(Breaker(name=name, open_until=door.now + timedelta(minutes=10), told_open=True))
    door.later(6)


def answered(client: httpx.AsyncClient, door: Door) -> str:
    """A picture whose answer the test knows."""
    made = door.do(picture_check.issue)
    client.cookies.set("chk", made.token, domain="127.0.0.1", path="/")
    digits: str = made.digits
    return digits


async def knock(client: httpx.AsyncClient, number: str | None, **more: str) -> httpx.Response:
    return await client.post("/session/sign-in", data={"number": number or "", "password": PASSWORD, **more})


@pytest.mark.security("T2", "asvs_6_3_1")
@pytest.mark.parametrize(("wrong", "right", "opens"), [(31, 69, True), (30, 70, False), (49, 0, False), (50, 0, True)])
def test_failed_sign_ins_open_it(door: Door, wrong: int, right: int, opens: bool) -> None:
    happened(door, "sign_in", "wrong", wrong)
    happened(door, "session", "begun", right)
    changes = door.do(challenge.watch, WATCH)
    assert [(each.name, each.is_open) for each in changes] == ([(challenge.SIGN_INS, True)] if opens else [])


@pytest.mark.security("T2")
@pytest.mark.parametrize(("failed", "opens"), [(5, False), (6, True)])
def test_codes_that_fail_out_open_it(door: Door, failed: int, opens: bool) -> None:
    with door.wires.db.transaction() as session:
        for n in range(20):
            session.add(
                OneTimeCode(
                    id=new_id(), holder_id=new_id(), msisdn="375291000001", purpose="recover", mac="",
                    tries=5 if n < failed else 1, created_at=door.now, expires_at=door.now,
                )
            )  # fmt: skip
    assert bool(door.do(challenge.watch, WATCH)) == opens


@pytest.mark.security("T14")
@pytest.mark.parametrize(("usual", "sent", "opens"), [(40, 121, True), (40, 120, False), (10, 99, False)])
def test_more_codes_than_three_usual_hours_open_it(door: Door, usual: int, sent: int, opens: bool) -> None:
    this = door.now.replace(minute=0, second=0, microsecond=0)
    with door.wires.db.transaction() as session:
        session.add_all(HourOfCodes(hour=this - timedelta(hours=ago), sent=usual) for ago in range(1, 24))
    happened(door, "code", "sent", sent)
    assert [each.name for each in door.do(challenge.watch, WATCH)] == ([challenge.SENDS] if opens else [])
    assert len(door.all(HourOfCodes)) == 24, "the hour that nobody had counted is counted once"


@pytest.mark.security("T2")
def test_it_closes_by_itself_and_both_are_logged(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    happened(door, "sign_in", "wrong", 60)
    with caplog.at_level(logging.WARNING):
        assert jobs.watch_doors("test", door.now) == 1
        assert jobs.watch_doors("test", door.now) == 0
        assert is_on(door)
        door.later(600)
        assert not is_on(door), "whether or not anybody measures"
        assert jobs.watch_doors("test", door.now) == 1
    told = [(record.levelname, record.message, record.reason) for record in caplog.records if hasattr(record, "reason")]
    assert told == [("ERROR", "breaker open", "sign_ins"), ("WARNING", "breaker closed", "sign_ins")]


async def test_health_names_the_open_breakers(door: Door) -> None:
    transport = httpx.ASGITransport(Starlette(routes=health.ROUTES))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert (await client.get("/health")).json() == {"ok": True, "breakers": []}
        with door.wires.db.transaction() as session:
            far = door.now.replace(year=door.now.year + 50)
            session.add(Breaker(name=challenge.SENDS, open_until=far, told_open=True))
        assert (await client.get("/health")).json() == {"ok": True, "breakers": ["sends"]}


@pytest.mark.security("T2", "asvs_2_4_1")
async def test_a_stranger_answers_the_picture_first_and_a_known_device_goes_on(
    client: httpx.AsyncClient, door: Door
) -> None:
    line = door.line()
    switched_on(door)
    asked = await knock(client, line.msisdn)
    assert (path(asked), query(asked)["error"], query(asked)["field"]) == ("/sign-in", "access.check_needed", "check")
    wrong = await knock(client, line.msisdn, check=other(answered(client, door)))
    assert query(wrong)["error"] == "access.check_wrong"
    assert path(await knock(client, line.msisdn, check=answered(client, door))) == "/sign-in/code"
    client.cookies.clear()
    client.cookies.set("dev", door.device(line), domain="127.0.0.1", path="/")
    assert path(await knock(client, line.msisdn)) == "/home"
    assert query(await knock(client, door.line().msisdn))["error"] == "access.check_needed", "known to that line alone"


@pytest.mark.security("T2", "T13", "T14")
@pytest.mark.parametrize("way", ["register", "recover"])
async def test_registration_and_recovery_ask_alike_for_every_number(
    client: httpx.AsyncClient, door: Door, way: str
) -> None:
    switched_on(door)
    numbers = (door.line().msisdn, door.line(secret=None).msisdn, "375291999999")
    answers = [await client.post(f"/session/{way}/number", data={"number": number}) for number in numbers]
    assert {query(answer)["error"] for answer in answers} == {"access.check_needed"}
    assert not door.all(OneTimeCode)
    number = numbers[way == "register"]
    taken = await client.post(f"/session/{way}/number", data={"number": number, "check": answered(client, door)})
    assert path(taken) == f"/{way}/code"


@pytest.mark.security("T1", "T2")
def test_a_strangers_code_has_three_tries(door: Door) -> None:
    from selfcare_app.access import recover

    line = door.line()
    switched_on(door)
    step = door.do(recover.begin, number=line.msisdn, browser=Browser())
    wrong = other(door.code(line.msisdn or ""))
    faults = [door.enter_code("recover", step.token, wrong).fault for _ in range(4)]
    assert [type(fault) for fault in faults] == [
        one_time_code.Wrong, one_time_code.Wrong, one_time_code.Spent, one_time_code.Spent,
    ]  # fmt: skip
    assert door.rows(OneTimeCode)[0].tries == 3


async def test_the_mode_costs_a_query_every_few_seconds_and_none_between(door: Door) -> None:
    from sqlalchemy import event as listen

    said: list[str] = []
    engine = door.wires.db.engine
    assert not is_on(door)
    listen.listen(engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    for _ in range(20):
        assert not challenge.may_be_on(engine, door.now)
        assert not is_on(door)
    assert [each for each in said if "breaker" in each] == []
    door.later(6)
    assert not is_on(door)
    assert len([each for each in said if "breaker" in each]) == 1
