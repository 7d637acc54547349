"""Registration by one form and the unlocking of a sign-in: the endpoints as a browser posts to them."""

import httpx
import pytest

from selfcare_app.access import recovery_email
from selfcare_app.access.tables import AccessEvent, Credential, RecoveryEmail, RunaActivation
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.operators import profile as profile_of
from selfcare_app.subscribers.tables import Line
from tests.access.door import PASSWORD, Door
from tests.access.runa import CHOSEN, CODE, activate, register
from tests.access.web import cookies_set, path, query

ATTEMPTS = profile_of("assa").lockout.attempts

pytestmark = pytest.mark.usefixtures("cheap_hashes")


@pytest.fixture
def operator() -> str:
    return "assa"


@pytest.fixture
def line(door: Door) -> Line:
    return door.line(secret=None, msisdn="380441234567")


# --- registration


@pytest.mark.requirement("AS-003", "AS-009", "AS-011", "AS-014", "AS-022")
async def test_with_runa_one_registers_and_signs_in_afterwards(
    client: httpx.AsyncClient, door: Door, line: Line
) -> None:
    activate(door, line)
    answer = await register(client, email="anna@example.com", code=CODE)
    assert path(answer) == "/register/done"
    assert not cookies_set(answer)
    assert door.row(Credential, line.id) is not None
    with door.wires.db.snapshot() as session:
        assert recovery_email.of_line(session, session.get_one(Line, line.id)) == "anna@example.com"
    assert b"anna@example.com" not in door.row(RecoveryEmail, line.id).sealed
    answer = await client.post("/session/sign-in", data={"number": "441234567", "password": CHOSEN})
    assert path(answer) == "/sign-in/code"
    answer = await client.post("/session/second-factor", data={"code": door.code(line.msisdn), "remember": "on"})
    assert path(answer) == "/home"


@pytest.mark.requirement("AS-011", "AS-012")
async def test_without_runa_from_another_network_nobody_registers(
    client: httpx.AsyncClient, door: Door, line: Line
) -> None:
    answer = await register(client)
    assert query(answer) == {"error": "runa.needed_here", "field": "code", "number": "441234567"}
    assert door.row(Credential, line.id) is None


@pytest.mark.requirement("AS-005")
async def test_a_leading_zero_is_wrong(client: httpx.AsyncClient, line: Line) -> None:
    answer = query(await register(client, number="0441234567", code=CODE))
    assert (answer["error"], answer["field"]) == ("kit.not_a_number", "number")
    assert "44ХХХХХХХ" in answer["args"]


@pytest.mark.requirement("AS-006", "AS-007", "AS-008")
@pytest.mark.parametrize(
    ("chosen", "error"),
    [
        ("a1b2c", "access.password_length"),
        ("a1b2c3d4e5f6g7h", "access.password_length"),
        ("пароль77", "access.password_latin"),
        ("84613957", "access.password_mixed"),
        ("abcdwxyz", "access.password_mixed"),
        ("x1234567", "access.password_own_number"),
    ],
)
async def test_the_password_follows_the_operators_rules(
    client: httpx.AsyncClient, door: Door, line: Line, chosen: str, error: str
) -> None:
    activate(door, line)
    answer = query(await register(client, password=chosen, again=chosen, code=CODE))
    assert (answer["error"], answer["field"]) == (error, "password")
    assert door.rows(RunaActivation)[0].tries == 0


@pytest.mark.requirement("AS-009")
@pytest.mark.parametrize("email", ["anna", "anna@", "@example.com", "a b@example.com", "a@b", "a@x.ua\r\nBcc: b@x.ua"])
async def test_an_address_that_is_none_is_refused(client: httpx.AsyncClient, line: Line, email: str) -> None:
    answer = query(await register(client, email=email, code=CODE))
    assert (answer["error"], answer["field"]) == ("runa.not_an_email", "email")


@pytest.mark.security("T7", "T13")
async def test_three_guesses_and_the_right_one_is_late(client: httpx.AsyncClient, door: Door, line: Line) -> None:
    activate(door, line)
    for guess in ("111112", "111113", "111114"):
        assert query(await register(client, code=guess))["error"] == "runa.not_right"
    assert query(await register(client, code=CODE))["error"] == "runa.not_right"
    assert door.row(Credential, line.id) is None


@pytest.mark.security("T13")
async def test_a_registered_number_is_told_to_its_owner_alone(client: httpx.AsyncClient, door: Door) -> None:
    line = door.line(msisdn="380447654321")
    stranger = query(await register(client, number="447654321", code="482915"))
    assert stranger["error"] == "runa.not_right"
    activate(door, line)
    assert query(await register(client, number="447654321", code=CODE))["error"] == "access.already_registered"


@pytest.mark.security("T13")
async def test_beyond_the_budget_every_number_is_answered_alike(
    client: httpx.AsyncClient, door: Door, line: Line
) -> None:
    for n in range(6):
        await register(client, number=f"44900000{n}", code="482915")
    unknown = await register(client, number="449000009", code="482915")
    known = await register(client, code="482915")
    assert query(unknown) | {"number": ""} == query(known) | {"number": ""}


async def test_the_own_name_is_no_password(client: httpx.AsyncClient, door: Door) -> None:
    line = door.line(secret=None, msisdn="380441234567", user_name="Bohdan Hnatiuk")
    activate(door, line)
    assert query(await register(client, password="Hnatiuk2", again="Hnatiuk2", code=CODE))["error"] == (
        "access.password_personal"
    )
    assert path(await register(client, code=CODE)) == "/register/done"


@pytest.mark.requirement("AS-016")
async def test_an_owner_who_refused_the_system_is_told_0615(client: httpx.AsyncClient, door: Door) -> None:
    line = door.line(secret=None, msisdn="380441234567", access="closed_by_subscriber")
    activate(door, line)
    answer = query(await register(client, code=CODE))
    assert answer["error"] == "access.closed"
    assert "0615" in answer["args"]


# --- a locked sign-in


def lock(door: Door, line: Line) -> None:
    for _ in range(ATTEMPTS):
        door.knock(line.msisdn, right=False)
        door.later(60)
    assert door.row(Credential, line.id).locked_at is not None


@pytest.mark.requirement("AS-019", "AS-022")
@pytest.mark.security("T8")
async def test_runa_unlocks_and_lets_nobody_in(client: httpx.AsyncClient, door: Door) -> None:
    line = door.line()
    lock(door, line)
    activate(door, line)
    answer = await client.post("/session/unlock", data={"number": line.msisdn, "code": CODE})
    assert (path(answer), query(answer)) == ("/sign-in/unlock", {"done": "1"})
    assert not cookies_set(answer)
    answer = await client.post("/session/sign-in", data={"number": line.msisdn, "password": "wrong1pw"})
    assert query(answer)["error"] == "access.wrong_password"
    answer = await client.post("/session/sign-in", data={"number": line.msisdn, "password": PASSWORD})
    assert path(answer) == "/sign-in/code"
    assert [row.details["method"] for row in door.rows(AccessEvent, kind="sign_in", outcome="unlocked")] == ["runa"]
    (entry,) = [row for row in door.rows(JournalEntry, line_id=line.id) if row.action == "sign_in_unlocked"]
    assert (entry.actor, entry.outcome) == ("visitor", "done")


@pytest.mark.security("T13")
async def test_whatever_does_not_unlock_is_told_alike(client: httpx.AsyncClient, door: Door, line: Line) -> None:
    locked, idle = door.line(), door.line()
    lock(door, locked)
    activate(door, locked)
    activate(door, line)
    typed = {locked.msisdn: "111112", idle.msisdn: CODE, line.msisdn: CODE, "380449999999": CODE}
    answers = [await client.post("/session/unlock", data={"number": n, "code": c}) for n, c in typed.items()]
    assert {query(answer)["error"] for answer in answers} == {"runa.not_right"}
    assert {len(answer.content) for answer in answers} == {0}
    assert door.row(Credential, locked.id).locked_at is not None


async def test_a_number_of_digits_that_no_runa_has_costs_no_try(client: httpx.AsyncClient, door: Door) -> None:
    line = door.line()
    activate(door, line)
    answer = await client.post("/session/unlock", data={"number": line.msisdn, "code": "12345"})
    assert query(answer)["error"] == "runa.malformed"
    assert door.rows(RunaActivation)[0].tries == 0


@pytest.mark.parametrize("operator", ["issa", "ihelper"])
async def test_operators_without_runa_have_none_of_it(client: httpx.AsyncClient, door: Door, operator: str) -> None:
    line = door.line()
    answer = await client.post("/session/unlock", data={"number": line.msisdn, "code": CODE})
    assert query(answer)["error"] == "runa.not_offered"
    answer = await client.post("/session/recover/email", data={"number": line.msisdn})
    assert query(answer)["error"] == "runa.not_by_email"
