"""РУНА from the handset: activated by a code, a call or an SMS, answered in the documents' words, kept by nobody."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlmodel import func, select
from starlette.applications import Starlette

from selfcare_app import wiring
from selfcare_app.access import runa, runa_rules
from selfcare_app.access import session as web_session
from selfcare_app.access.tables import RunaActivation
from selfcare_app.endpoints import inbound, voice
from selfcare_app.endpoints.gateway import token
from selfcare_app.i18n.speak import Speaker
from selfcare_app.kit import clock
from selfcare_app.kit.actor import Handset
from selfcare_app.kit.errors import Fault
from selfcare_app.messaging.tables import Outbox
from selfcare_app.operators import profile as profile_of
from selfcare_app.subscribers.tables import Line
from tests.access.door import Door
from tests.access.web import sign_in

CODE = "739148"
RULE = profile_of("assa").runa


@pytest.fixture
def operator() -> str:
    return "assa"


@pytest.fixture
def line(door: Door) -> Line:
    return door.line(language="en")


@pytest.fixture
async def gateway(
    wires: wiring.Wiring, door: Door, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    """The gateway at its doors, at the door's time."""
    monkeypatch.setattr(clock, "now", lambda: door.now)
    monkeypatch.setattr("selfcare_app.endpoints.dialogs.wiring_now", lambda: door.now, raising=False)
    wires.settings = replace(wires.settings, gateway_token="a-token-of-the-gateway")
    transport = httpx.ASGITransport(Starlette(routes=[*inbound.ROUTES, *voice.ROUTES]), client=("127.0.0.1", 1))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8000", headers={"x-gateway-token": token(wires)}
    ) as opened:
        yield opened


async def dial(gateway: httpx.AsyncClient, line: Line, code: str, *, dialog: str = "d1") -> str:
    fields = {"sessionId": dialog, "serviceCode": code, "phoneNumber": line.msisdn, "text": ""}
    return (await gateway.post("/inbound/ussd", data=fields)).text


async def call(gateway: httpx.AsyncClient, line: Line, dialled: str, *, call_id: str = "c1") -> str:
    fields = {"callId": call_id, "dialled": dialled, "caller": line.msisdn, "digits": ""}
    return (await gateway.post("/inbound/voice", data=fields)).text


async def sms(gateway: httpx.AsyncClient, line: Line, text: str, *, identity: str = "m1", to: str = "2772") -> int:
    fields = {"id": identity, "from": line.msisdn, "to": to, "text": text}
    return (await gateway.post("/inbound/sms", data=fields)).status_code


def enter(door: Door, line: Line, code: str) -> Fault | None:
    """Both transactions of a РУНА that is typed."""
    attempt = wiring.do_now(_count, Handset(line.id), line_id=line.id, now=door.now)
    fault: Fault | None = wiring.do_now(
        _settle, Handset(line.id), line_id=line.id, attempt=attempt, typed=code, now=door.now
    )
    return fault


def _count(session, actor, **named):  # type: ignore[no-untyped-def]
    return runa.count(session, **named)


def _settle(session, actor, **named):  # type: ignore[no-untyped-def]
    return runa.settle(session, **named)


def activate(door: Door, line: Line, code: str = CODE) -> runa.Outcome:
    outcome: runa.Outcome = door.do(runa.activate, Handset(line.id), typed=code).outcome
    return outcome


@pytest.mark.requirement("AS-021", "AS-023", "AS-025", "AS-030")
@pytest.mark.parametrize("dialled", [f"*2772*{CODE}", f"*2772*{CODE}#"])
async def test_it_is_activated_by_dialling_a_code(
    gateway: httpx.AsyncClient, door: Door, line: Line, dialled: str
) -> None:
    assert await dial(gateway, line, dialled) == "END Activation was successful"
    (row,) = door.rows(RunaActivation)
    assert (row.expires_at - door.now).total_seconds() == RULE.valid_seconds == 600
    assert enter(door, line, CODE) is None


@pytest.mark.requirement("AS-023", "AS-025")
async def test_it_is_activated_by_a_call(gateway: httpx.AsyncClient, door: Door, line: Line) -> None:
    assert await call(gateway, line, f"2772{CODE}") == "END Activation was successful"
    assert enter(door, line, CODE) is None


@pytest.mark.requirement("AS-026")
@pytest.mark.parametrize("digits", ["12", "73914", "7391480"])
async def test_another_number_of_digits_is_an_invalid_number(
    gateway: httpx.AsyncClient, door: Door, line: Line, digits: str
) -> None:
    assert await call(gateway, line, f"2772{digits}") == "END Invalid number dialed"
    assert await dial(gateway, line, f"*2772*{digits}#") == "END Invalid number dialed"
    assert not door.rows(RunaActivation)


@pytest.mark.requirement("AS-027")
async def test_one_too_many_an_hour_fails(gateway: httpx.AsyncClient, door: Door, line: Line) -> None:
    said = [await call(gateway, line, f"2772{739148 + n}", call_id=f"c{n}") for n in range(0, 60, 10)]
    assert said == [*["END Activation was successful"] * RULE.activations_per_hour, "END Activation failed - try again"]


def test_one_too_many_a_day_fails_until_the_day_is_over(door: Door, line: Line) -> None:
    outcomes = []
    for n in range(RULE.activations_per_day + 1):
        door.later(800)
        outcomes.append(activate(door, line, str(739148 + 10 * n)))
    assert outcomes == [*[runa.Outcome.ACTIVE] * RULE.activations_per_day, runa.Outcome.FAILED]
    door.later(86_400)
    assert activate(door, line) is runa.Outcome.ACTIVE


@pytest.mark.requirement("AS-024", "AS-028")
@pytest.mark.parametrize("language", ["uk", "ru", "en"])
async def test_an_sms_is_answered_with_the_own_code(gateway: httpx.AsyncClient, door: Door, language: str) -> None:
    line = door.line(language=language)
    assert await sms(gateway, line, CODE) == 204
    ((key, args),) = door.messages(line.msisdn)
    assert Speaker(language, profile_of("assa")).text(key, **args) == f"kod RUNA {CODE} vdalo aktyvovan"
    assert enter(door, line, CODE) is None


@pytest.mark.requirement("AS-029")
@pytest.mark.parametrize("text", ["73914", "73914a", "7391480", "kod 739148", "٧٣٩١٤٨"])
async def test_an_sms_of_another_form_is_told_the_form(
    gateway: httpx.AsyncClient, door: Door, line: Line, text: str
) -> None:
    await sms(gateway, line, text)
    ((key, args),) = door.messages(line.msisdn)
    said = Speaker("uk", profile_of("assa")).text(key, **args)
    assert said == "kod RUNA ne aktyvovan. Pravylnyi format sms: AAAAAA, de A-tsyfra vid 0 do 9"
    assert not door.rows(RunaActivation)


@pytest.mark.security("T20")
async def test_a_repetition_by_the_network_counts_once(gateway: httpx.AsyncClient, door: Door, line: Line) -> None:
    first = [await call(gateway, line, f"2772{CODE}") for _ in range(3)]
    await sms(gateway, line, "482915")
    await sms(gateway, line, "482915")
    assert set(first) == {"END Activation was successful"}
    assert len(door.rows(RunaActivation)) == 2
    with door.wires.db.snapshot() as session:
        assert session.exec(select(func.count()).select_from(Outbox)).one() == 1


@pytest.mark.security("T19")
@pytest.mark.parametrize("said", [{"x-gateway-token": "guess"}, {"x-gateway-token": ""}])
async def test_whoever_is_not_the_gateway_activates_nothing(
    gateway: httpx.AsyncClient, door: Door, line: Line, said: dict[str, str]
) -> None:
    fields = {"id": "m1", "from": line.msisdn, "to": "2772", "text": CODE}
    assert (await gateway.post("/inbound/sms", data=fields, headers=said)).status_code == 403
    asked = {"callId": "c1", "dialled": f"2772{CODE}", "caller": line.msisdn, "digits": ""}
    assert (await gateway.post("/inbound/voice", data=asked, headers=said)).status_code == 403
    assert not door.rows(RunaActivation)


async def test_an_sms_to_another_number_activates_nothing(gateway: httpx.AsyncClient, door: Door, line: Line) -> None:
    await sms(gateway, line, CODE, to="411")
    assert not door.rows(RunaActivation)


@pytest.mark.security("T7")
@pytest.mark.parametrize(
    "code",
    ["000000", "777777", "123456", "654321", "012345", "121212", "123123", "123321", "010190", "311299", "112233"],
)
def test_what_is_guessed_first_is_not_taken(door: Door, line: Line, code: str) -> None:
    assert activate(door, line, code) is runa.Outcome.GUESSABLE
    assert not door.rows(RunaActivation)


@pytest.mark.security("T7")
def test_a_part_of_the_own_number_is_not_taken(door: Door) -> None:
    line = door.line(msisdn="380449173628")
    assert activate(door, line, "917362") is runa.Outcome.GUESSABLE
    assert activate(door, line, "263719") is runa.Outcome.GUESSABLE
    assert activate(door, line, "917363") is runa.Outcome.ACTIVE


def test_few_codes_are_refused() -> None:
    refused = sum(runa_rules.is_guessed_first(f"{n:06d}", "380449173628") for n in range(0, 1_000_000, 37))
    assert refused / (1_000_000 / 37) < 0.08


@pytest.mark.requirement("AS-030")
def test_it_lives_ten_minutes(door: Door, line: Line) -> None:
    activate(door, line)
    door.later(599)
    assert door.ask(lambda session, actor, now: runa.active(session, line.id, now)) is not None
    door.later(1)
    assert isinstance(enter(door, line, CODE), runa.Needed)


@pytest.mark.requirement("AS-031")
def test_it_is_used_once(door: Door, line: Line) -> None:
    activate(door, line)
    assert enter(door, line, CODE) is None
    assert isinstance(enter(door, line, CODE), runa.Needed)


@pytest.mark.security("T7")
def test_three_tries_and_it_is_dead(door: Door, line: Line) -> None:
    activate(door, line)
    first, second, third = (enter(door, line, "111111") for _ in range(3))
    assert isinstance(first, runa.Wrong)
    assert first.params == {"left": 2}
    assert isinstance(second, runa.Wrong)
    assert isinstance(third, runa.Spent)
    assert isinstance(enter(door, line, CODE), runa.Spent)


def test_a_new_one_takes_the_place_of_the_old(door: Door, line: Line) -> None:
    activate(door, line)
    activate(door, line, "482915")
    assert isinstance(enter(door, line, CODE), runa.Wrong)
    assert enter(door, line, "482915") is None


def test_it_is_bound_to_its_line(door: Door, line: Line) -> None:
    other = door.line()
    activate(door, line)
    activate(door, other, "482915")
    assert isinstance(enter(door, other, CODE), runa.Wrong)


def test_a_line_out_of_service_activates_nothing(door: Door) -> None:
    assert activate(door, door.line(state="blocked")) is runa.Outcome.FAILED


@pytest.mark.requirement("AS-031")
async def test_signing_out_takes_it_along(client: httpx.AsyncClient, door: Door, line: Line) -> None:
    await sign_in(client, door, line)
    activate(door, line)
    await client.post("/session/sign-out", data={})
    assert isinstance(enter(door, line, CODE), runa.Needed)


def test_a_session_that_runs_out_leaves_it(door: Door, line: Line) -> None:
    door.world.session(line)
    activate(door, line)
    session_id = door.world.session(line).session_id
    door.do(web_session.end, session_id=session_id, reason="idle")
    assert enter(door, line, CODE) is None


async def test_nothing_keeps_it_readable(gateway: httpx.AsyncClient, door: Door, line: Line, tmp_path: Path) -> None:
    await sms(gateway, line, CODE)
    await call(gateway, line, f"2772{CODE}")
    files = [each for each in tmp_path.iterdir() if each.name.startswith("selfcare.db")]
    assert files
    assert not [each.name for each in files if CODE.encode() in each.read_bytes()]
