"""A temporary password, and one that has grown old: one sign-in, and nothing else before it is changed."""

from typing import Any

import httpx
import pytest

from selfcare_app import wiring
from selfcare_app.access import change_password, must_change, password, sign_in, temporary
from selfcare_app.access import session as web_session
from selfcare_app.access.tables import Credential, KnownDevice, WebSession
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.actor import Staff, Subscriber
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers import find
from selfcare_app.subscribers.tables import Line
from tests.access.door import PASSWORD, Door
from tests.access.web import path, query

pytestmark = pytest.mark.usefixtures("cheap_hashes")

STAFF = Staff(new_id(), new_id(), "ivanova")
NEW = "рябина8"


def issued(door: Door, line: Line) -> str:
    door.do(temporary.issue, STAFF, line_id=line.id)
    sms = [args for key, args in door.messages(line.msisdn or "") if key == "access.sms.temporary_password"]
    return str(sms[-1]["password"])


async def sign_in_with(client: httpx.AsyncClient, door: Door, line: Line, secret: str) -> httpx.Response:
    """Number, password and the code."""
    await client.post("/session/sign-in", data={"number": line.msisdn, "password": secret})
    return await client.post("/session/second-factor", data={"code": door.code(line.msisdn or ""), "remember": "on"})


def actor_of(door: Door, client: httpx.AsyncClient) -> Subscriber:
    signed = door.ask(web_session.resume, token=client.cookies["sid"])
    actor: Subscriber = signed.actor
    return actor


@pytest.mark.requirement("ISSA-018")
@pytest.mark.security("asvs_6_4_1", "asvs_6_3_7")
@pytest.mark.parametrize("secret", [None, PASSWORD])
def test_it_is_made_sent_and_takes_the_place_of_what_was(door: Door, secret: str | None) -> None:
    line = door.line(secret=secret)
    living = door.world.session(line)
    door.device(line)
    made = issued(door, line)
    assert len(made) == door.wires.profile.password.generated_length
    row = door.row(Credential, line.id)
    assert password.matches(door.wires.keys, made, row.password_hash)
    assert not password.matches(door.wires.keys, PASSWORD, row.password_hash)
    assert made not in str(row)
    assert door.row(WebSession, living.session_id).end_reason == "password"
    assert door.rows(KnownDevice, line_id=line.id) == []
    assert door.messages(line.msisdn or "")[-1][0] == "alarm.temporary_password"
    entry = door.rows(JournalEntry, line_id=line.id)[0]
    assert (entry.actor, entry.actor_name, entry.action) == ("staff", "ivanova", "temporary_password")
    assert issued(door, line) != made


@pytest.mark.requirement("ISSA-018")
@pytest.mark.security("asvs_6_4_1")
async def test_it_lets_in_once_and_only_to_change_it(client: httpx.AsyncClient, door: Door) -> None:
    line = door.line()
    made = issued(door, line)
    inside = await sign_in_with(client, door, line, made)
    assert inside.headers["location"] == "/settings/password?due=1"
    actor = actor_of(door, client)
    assert actor.must_change_password
    for read in (wiring.ask_now, wiring.do_now):
        with pytest.raises(must_change.PasswordDue):
            read(find.person, actor)
    answer = await client.post("/session/code/send", data={"purpose": "number_change", "digest": "", "back": "/number"})
    assert query(answer)["error"] == "access.password_due"
    # It does not let in again, neither here nor elsewhere.
    door.later(200)
    again = await client.post("/session/sign-in", data={"number": line.msisdn, "password": made})
    assert query(again)["error"] == "access.temporary_over"
    changed = await client.post("/session/password", data={"current": made, "password": NEW, "again": NEW})
    assert query(changed) == {"done": "1"}
    assert wiring.ask_now(find.person, actor_of(door, client)).line.msisdn == line.msisdn
    door.later(60)
    assert path(await client.post("/session/sign-in", data={"number": line.msisdn, "password": NEW})) == "/home"


@pytest.mark.requirement("ISSA-018")
@pytest.mark.parametrize(("seconds", "fault"), [(86_399, None), (86_400, temporary.TemporaryOver)])
def test_it_lives_for_a_day(door: Door, seconds: int, fault: type | None) -> None:
    line = door.line()
    issued(door, line)
    door.later(seconds)
    step = door.knock(line.msisdn or "", right=True)
    assert (step.admitted, type(step.fault) if step.fault else None) == (fault is None, fault)


@pytest.mark.security("asvs_6_4_1")
def test_two_codes_asked_for_by_one_temporary_password_let_in_once(door: Door) -> None:
    line = door.line()
    issued(door, line)
    first = door.knock(line.msisdn or "", right=True)
    code = door.code(line.msisdn or "")
    door.later(180)
    second = door.knock(line.msisdn or "", right=True)
    later = door.code(line.msisdn or "")
    entered = [_second_factor(door, first.token, code), _second_factor(door, second.token, later)]
    assert [bool(step.entered) for step in entered] == [True, False]
    assert isinstance(entered[1].fault, temporary.TemporaryOver)


def _second_factor(door: Door, token: str, code: str) -> Any:
    from selfcare_app.access import admission
    from selfcare_app.access.views import Browser

    attempt = door.do(admission.count_try, purpose=admission.SIGN_IN, admission_token=token)
    browser = Browser(admission_token=token)
    return door.do(sign_in.second_factor, attempt=attempt, code=code, browser=browser, remember=False)


@pytest.mark.parametrize("columns", [{"state": "closed"}, {"state": "blocked"}, {"msisdn": None}])
def test_none_is_issued_where_no_sms_goes(door: Door, columns: dict[str, Any]) -> None:
    line = door.world.line(**columns)
    with pytest.raises(temporary.NoSuchLine):
        door.do(temporary.issue, STAFF, line_id=line.id)


@pytest.mark.requirement("ISSA-020")
async def test_by_default_a_password_lives_until_it_is_changed(door: Door) -> None:
    line = door.line()
    door.later(10 * 365 * 86_400)
    assert not _resumed(door, line).must_change_password


@pytest.mark.requirement("ISSA-020")
def test_with_an_age_in_the_profile_an_old_password_has_to_be_changed(door: Door) -> None:
    _set_age(door, 365)
    line = door.line()
    door.later(365 * 86_400 - 1)
    assert not _resumed(door, line).must_change_password
    door.later(1)
    actor = _resumed(door, line)
    assert actor.must_change_password
    with pytest.raises(must_change.PasswordDue):
        wiring.ask_now(find.person, actor)
    claim = wiring.do_now(change_password.claim, actor, now=door.now)
    wiring.do_now(change_password.settle, actor, claim=claim, right=True, password_hash="new", now=door.now)
    assert not _resumed(door, line).must_change_password


def _resumed(door: Door, line: Line) -> Subscriber:
    with door.wires.db.transaction() as session:
        entered = web_session.start(
            session, line_id=line.id, method="password", address="", agent="", language="", now=door.now
        )
    actor: Subscriber = door.ask(web_session.resume, token=entered.token).actor
    return actor


def _set_age(door: Door, days: int) -> None:
    profile = door.wires.profile
    changed = profile.model_copy(update={"password": profile.password.model_copy(update={"max_age_days": days})})
    door.wires.profile = changed
    door.wires.db.info["profile"] = changed
