"""A forgotten password of a line with a passkey: the passkey as well, or a day of waiting that its owner can stop."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from selfcare_app.access import passkey_recovery
from selfcare_app.access.guard_tables import RecoveryWait
from selfcare_app.access.security_tables import Alarm
from selfcare_app.access.tables import Credential
from selfcare_app.endpoints import passkeys
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.messaging.tables import Outbox
from selfcare_app.subscribers.tables import Line
from tests.access.door import Door
from tests.access.test_email_recovery import CHOSEN as BY_LETTER
from tests.access.test_email_recovery import Mailbox, ask, choose, mail, post  # noqa: F401 - a fixture
from tests.access.test_passkey import SITE, Phone, added
from tests.access.web import cookies_set, path, query

NEW = "ясень5клён"
DAY = passkey_recovery.WAIT.total_seconds()

pytestmark = pytest.mark.usefixtures("cheap_hashes")


@pytest.fixture
async def client(client: httpx.AsyncClient, door: Door) -> httpx.AsyncClient:
    door.wires.settings = replace(door.wires.settings, public_url=SITE.origin)
    client._transport.app.router.routes.extend(passkeys.ROUTES)  # type: ignore[attr-defined]
    client.base_url = "http://127.0.0.1"  # type: ignore[assignment]
    return client


@pytest.fixture(autouse=True)
def plain_cookies(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address is an https one for the passkeys' sake; the test's browser speaks plain HTTP."""
    monkeypatch.setattr("selfcare_app.settings.Settings.secure", property(lambda _: False))


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
def line(door: Door, phone: Phone) -> Line:
    """A registered line with a passkey in the phone."""
    made = door.line()
    added(door, door.world.session(made), phone)
    door.later(60)
    return made


async def begin(client: httpx.AsyncClient, number: str | None) -> httpx.Response:
    return await client.post("/session/recover/number", data={"number": number or ""})


async def proven(client: httpx.AsyncClient, door: Door, line: Line) -> httpx.Response:
    """Number and code, both right."""
    assert path(await begin(client, line.msisdn)) == "/recover/code"
    return await client.post("/session/recover/code", data={"code": door.code(line.msisdn or "")})


async def set_password(client: httpx.AsyncClient) -> httpx.Response:
    return await client.post("/session/recover/password", data={"password": NEW, "again": NEW})


async def show(client: httpx.AsyncClient, phone: Phone) -> dict[str, Any]:
    """The passkey, as the page has the device show it."""
    asked = (await client.post("/session/passkey/recover/ask")).json()
    if "error" in asked:
        return asked
    signed = phone.sign(asked["options"])
    fields = {
        "client_data": signed["response"]["clientDataJSON"],
        "authenticator": signed["response"]["authenticatorData"],
        "signature": signed["response"]["signature"],
    }
    answer = await client.post(
        "/session/passkey/recover", data={"ticket": asked["ticket"], "id": signed["id"], **fields}
    )
    shown: dict[str, Any] = answer.json()
    return shown


def kept(door: Door, line: Line) -> str:
    return str(door.row(Credential, line.id).password_hash)


def stop_value(door: Door, line: Line) -> str:
    """What the newest message's link carries."""
    stops = [args["stop"] for _, args in door.messages(line.msisdn or "") if "stop" in args]
    return str(stops[-1]).partition("#")[2]


@pytest.mark.security("asvs_6_4_3")
async def test_the_code_alone_sets_no_password(client: httpx.AsyncClient, door: Door, line: Line) -> None:
    before = kept(door, line)
    assert path(await proven(client, door, line)) == "/recover/passkey"
    answer = await set_password(client)
    assert query(answer)["error"] == "access.admission_over"
    assert kept(door, line) == before


@pytest.mark.security("asvs_6_4_3")
async def test_code_and_passkey_set_it_at_once(client: httpx.AsyncClient, door: Door, line: Line, phone: Phone) -> None:
    before = kept(door, line)
    await proven(client, door, line)
    shown = await show(client, phone)
    assert shown == {"to": f"/recover/password?number={line.msisdn}"}
    assert path(await set_password(client)) == "/home"
    assert kept(door, line) != before


@pytest.mark.security("asvs_6_4_3")
async def test_another_passkey_sets_nothing(client: httpx.AsyncClient, door: Door, line: Line) -> None:
    thief = Phone()
    added(door, door.world.session(door.line()), thief)
    await proven(client, door, line)
    assert (await show(client, thief))["error"]["key"] == "passkey.error.not_accepted"
    assert query(await set_password(client))["error"] == "access.admission_over"


@pytest.mark.security("asvs_6_4_3", "T5")
async def test_a_passkey_that_is_younger_than_the_sim_sets_nothing(
    client: httpx.AsyncClient, door: Door, line: Line, phone: Phone
) -> None:
    with door.wires.db.transaction() as session:
        session.get_one(Line, line.id).sim_changed_at = door.now
    door.later(60)
    late = Phone()
    added(door, door.world.session(line), late)
    door.later(DAY)
    await proven(client, door, line)
    assert (await show(client, late))["error"]["key"] == "passkey.error.not_accepted"
    assert (await show(client, phone))["to"].startswith("/recover/password")


@pytest.mark.security("asvs_6_4_3")
async def test_without_the_passkey_it_is_set_a_day_after_a_notice(
    client: httpx.AsyncClient, door: Door, line: Line
) -> None:
    before = kept(door, line)
    await proven(client, door, line)
    answer = await client.post("/session/recover/wait", data={})
    assert (path(answer), query(answer)) == ("/recover/passkey", {"done": "1", "wait": str(int(DAY))})
    told = [row for row in door.rows(Outbox) if row.kind in ("sms", "email") and row.dedup_key.startswith("alarm:")]
    assert {(row.kind, row.recipient) for row in told} >= {("sms", line.msisdn), ("email", "anna@example.by")}
    assert door.messages(line.msisdn or "")[-1][0] == "alarm.sms.recovery_waits"
    assert "recovery_waits" in [entry.action for entry in door.rows(JournalEntry, line_id=line.id)]
    door.later(DAY - 60)
    early = await proven(client, door, line)
    assert (path(early), query(early)["wait"]) == ("/recover/passkey", "60")
    door.later(200)
    assert path(await proven(client, door, line)) == "/recover/password"
    assert path(await set_password(client)) == "/home"
    assert kept(door, line) != before
    door.later(3_600)
    assert path(await proven(client, door, line)) == "/recover/passkey", "a wait is good for one password"


async def test_asking_again_begins_no_other_wait(client: httpx.AsyncClient, door: Door, line: Line) -> None:
    await proven(client, door, line)
    await client.post("/session/recover/wait", data={})
    door.later(600)
    answer = await client.post("/session/recover/wait", data={})
    assert query(answer)["wait"] == str(int(DAY) - 600)
    assert len(door.rows(RecoveryWait, line_id=line.id)) == 1
    assert len(door.rows(Alarm, line_id=line.id, kind="recovery_waits")) == 1


@pytest.mark.security("asvs_6_4_3")
async def test_a_wait_that_nobody_uses_is_over_in_three_days(client: httpx.AsyncClient, door: Door, line: Line) -> None:
    await proven(client, door, line)
    await client.post("/session/recover/wait", data={})
    door.later(DAY + passkey_recovery.GOOD_FOR.total_seconds())
    assert path(await proven(client, door, line)) == "/recover/passkey"


@pytest.mark.security("asvs_6_4_3", "T5")
async def test_the_owner_stops_it_by_the_link_of_the_notice(client: httpx.AsyncClient, door: Door, line: Line) -> None:
    await proven(client, door, line)
    await client.post("/session/recover/wait", data={})
    door.later(DAY + 60)
    assert path(await proven(client, door, line)) == "/recover/password", "the way in is open to somebody"
    before, value = kept(door, line), stop_value(door, line)
    answer = await client.post("/session/not-me", data={"token": value})
    assert (path(answer), query(answer)) == ("/not-me", {"done": "1"})
    assert query(await set_password(client))["error"] == "access.admission_over"
    door.later(3_600)
    assert path(await proven(client, door, line)) == "/recover/passkey", "and the wait is no more"
    assert kept(door, line) == before
    again = await client.post("/session/not-me", data={"token": value})
    assert query(again)["error"] == "security.stop_link_over"


@pytest.mark.security("T13", "asvs_6_3_8")
async def test_nobody_learns_that_a_number_has_a_passkey_before_its_code_is_right(
    client: httpx.AsyncClient, door: Door, line: Line
) -> None:
    seen = []
    for number in (line.msisdn, door.line().msisdn):
        client.cookies.clear()
        begun = await begin(client, number)
        wrong = await client.post("/session/recover/code", data={"code": "000000", "number": number})
        steps = [
            (
                answer.status_code,
                answer.content,
                answer.headers["location"].replace(number, "N"),
                [*cookies_set(answer)],
            )
            for answer in (begun, wrong)
        ]
        seen.append(steps)
    assert seen[0] == seen[1]


async def test_where_nothing_was_proven_nothing_is_asked_or_begun(
    client: httpx.AsyncClient, door: Door, line: Line, phone: Phone
) -> None:
    await begin(client, line.msisdn)
    assert (await client.post("/session/passkey/recover/ask")).json()["error"]["key"] == "access.error.admission_over"
    assert query(await client.post("/session/recover/wait", data={}))["error"] == "access.admission_over"
    assert not door.rows(RecoveryWait)


@pytest.mark.parametrize("operator", ["assa"])
@pytest.mark.security("asvs_6_4_3")
async def test_a_letter_alone_sets_no_password_either(
    client: httpx.AsyncClient,
    door: Door,
    line: Line,
    phone: Phone,
    mail: Mailbox,  # noqa: F811
) -> None:
    before = kept(door, line)
    await ask(client, line.msisdn)
    post(door)
    value = mail.link()
    assert path(await choose(client, value)) == "/recover/passkey"
    assert kept(door, line) == before
    assert query(await choose(client, value))["error"] == "runa.link_over"
    assert (await show(client, phone))["to"].startswith("/recover/password")
    answer = await client.post("/session/recover/password", data={"password": BY_LETTER, "again": BY_LETTER})
    assert path(answer) == "/home"
    assert kept(door, line) != before


@pytest.mark.parametrize("operator", ["assa"])
@pytest.mark.security("asvs_6_4_3")
async def test_a_letter_sets_it_a_day_after_a_notice(
    client: httpx.AsyncClient,
    door: Door,
    line: Line,
    mail: Mailbox,  # noqa: F811
) -> None:
    await ask(client, line.msisdn)
    post(door)
    await choose(client, mail.link())
    assert query(await client.post("/session/recover/wait", data={}))["done"] == "1"
    door.later(DAY + 60)
    await ask(client, line.msisdn)
    post(door)
    assert query(await choose(client, mail.link())) == {"done": "1"}
