"""A password set from the handset: by USSD, by a call, typed or made, once however often the network says it."""

import asyncio
import logging

import httpx
import pytest
from sqlalchemy import text

from selfcare_app.access import code, handset_password, password, recover
from selfcare_app.access.tables import AccessEvent, Credential, KnownDevice, WebSession
from selfcare_app.endpoints import handset_password as dialogs
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.actor import System
from selfcare_app.messaging import inbox
from selfcare_app.messaging.tables import Inbox
from tests.access.door import PASSWORD, Door
from tests.access.gateway import Gateway
from tests.access.web import path

pytestmark = pytest.mark.usefixtures("cheap_hashes")

NEW = "рябина8"
USSD = [pytest.param("issa", "*141*0#", id="issa"), pytest.param("ihelper", "*111*17#", id="ihelper")]


def told(door: Door, number: str | None) -> list[str]:
    return [key for key, _ in door.messages(number or "")]


def is_good(door: Door, line_id: object, chosen: str) -> bool:
    return password.matches(door.wires.keys, chosen, door.row(Credential, line_id).password_hash)


@pytest.mark.requirement("ISSA-005", "ISSA-010", "IH-004", "IH-005", "IH-006")
@pytest.mark.parametrize(("operator", "dialled"), USSD)
async def test_one_registers_by_ussd(gateway: Gateway, door: Door, dialled: str) -> None:
    line = door.line(secret=None)
    asked = await gateway.ussd(line, dialled)
    assert asked.startswith("CON Пароль для")
    assert "до 10" in asked
    assert (await gateway.ussd(line, dialled, NEW)).startswith("END Готово: пароль для")
    assert is_good(door, line.id, NEW)
    assert door.row(Credential, line.id).set_by == "ussd"
    assert told(door, line.msisdn) == ["alarm.password_set_by_ussd"]


@pytest.mark.requirement("ISSA-010", "ISSA-021", "IH-004")
@pytest.mark.security("T11", "asvs_7_4_3", "asvs_6_3_7")
@pytest.mark.parametrize(("operator", "dialled"), USSD)
async def test_a_password_set_anew_ends_all_sessions_and_is_told_and_written_down(
    gateway: Gateway, door: Door, dialled: str
) -> None:
    line = door.line()
    door.device(line)
    living = door.world.session(line)
    await gateway.talk(line, dialled, NEW)
    assert door.row(WebSession, living.session_id).end_reason == "password"
    assert door.rows(KnownDevice, line_id=line.id) == []
    assert not is_good(door, line.id, PASSWORD)
    assert "alarm.password_set_by_ussd" in told(door, line.msisdn)
    entry = door.rows(JournalEntry, line_id=line.id)[0]
    assert (entry.actor, entry.action) == ("handset", "password_recovered")


@pytest.mark.security("T20")
async def test_a_turn_that_the_network_says_again_has_one_effect(gateway: Gateway, door: Door) -> None:
    line = door.line()
    await gateway.ussd(line, "*141*0#")
    first = await gateway.ussd(line, "*141*0#", NEW)
    kept = door.row(Credential, line.id).password_hash
    fresh = door.world.session(line)
    assert [await gateway.ussd(line, "*141*0#", NEW) for _ in range(3)] == [first] * 3
    assert door.row(Credential, line.id).password_hash == kept
    assert door.row(WebSession, fresh.session_id).ended_at is None
    assert told(door, line.msisdn) == ["alarm.password_set_by_ussd"]


@pytest.mark.security("T20")
async def test_the_same_turn_many_times_at_once_has_one_effect(gateway: Gateway, door: Door) -> None:
    line = door.line(secret=None)
    await gateway.ussd(line, "*141*0#")
    replies = await asyncio.gather(*(gateway.ussd(line, "*141*0#", "") for _ in range(8)))
    assert len(set(replies)) == 1
    assert is_good(door, line.id, replies[0].partition(": ")[2].partition(".")[0])
    assert len(door.rows(AccessEvent, kind="register")) == 1


@pytest.mark.requirement("ISSA-012")
@pytest.mark.parametrize("nothing", ["", "0"])
async def test_an_empty_reply_has_a_password_made(gateway: Gateway, door: Door, nothing: str) -> None:
    line = door.line(secret=None)
    reply = await gateway.talk(line, "*141*0#", nothing)
    made = reply.removeprefix("END Ваш пароль для ИССА: ").partition(".")[0]
    assert len(made) == 10
    assert is_good(door, line.id, made)
    password.check(made, door.wires.profile, password.Owner(line.msisdn or ""))


@pytest.mark.security("S-26", "T20")
async def test_a_password_of_a_dialog_is_kept_nowhere_in_clear(
    gateway: Gateway, door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    line, other = door.line(secret=None), door.line(secret=None)
    made = (await gateway.talk(line, "*141*0#", "")).partition(": ")[2].partition(".")[0]
    await gateway.talk(other, "*141*0#", NEW, dialog="d2")
    with door.wires.db.engine.connect() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        everything = "".join(str(connection.execute(text(f'SELECT * FROM "{t}"')).all()) for t in tables)
    assert line.msisdn in everything
    assert caplog.text
    everything += caplog.text
    assert (made in everything, NEW in everything) == (False, False)
    # What is there for a repetition is dropped when none can come any more.
    door.later(3600)
    door.do(inbox.forget_answers, System(job="cleanup"))
    assert {row.sealed for row in door.all(Inbox)} == {None}


@pytest.mark.requirement("ISSA-011", "IH-006")
@pytest.mark.parametrize(
    ("operator", "dialled", "typed", "why"),
    [
        ("issa", "*141*0#", "абв1", "от 5 до 10"),
        ("issa", "*141*0#", "рябина-8", "только буквы и цифры"),
        ("issa", "*141*0#", "ковалёва", "ваше имя"),
        ("issa", "*141*0#", "12345", "пробуют первым"),
        ("ihelper", "*111*17#", "абв", "от 4 до 10"),
        ("ihelper", "*111*17#", "", "от 4 до 10"),
    ],
)
async def test_a_password_that_breaks_a_rule_is_asked_for_again(
    gateway: Gateway, door: Door, dialled: str, typed: str, why: str
) -> None:
    line = door.line(secret=None)
    again = await gateway.talk(line, dialled, typed)
    assert again.startswith("CON ")
    assert why in again
    assert door.row(Credential, line.id) is None
    assert (await gateway.ussd(line, dialled, typed, NEW)).startswith("END ")
    assert is_good(door, line.id, NEW)


@pytest.mark.parametrize("operator", ["ihelper"])
async def test_a_star_in_a_password_is_a_part_of_it(gateway: Gateway, door: Door) -> None:
    line = door.line(secret=None)
    await gateway.talk(line, "*111*17#", "дуб*вяз*7")
    assert is_good(door, line.id, "дуб*вяз*7")


@pytest.mark.parametrize("operator", ["ihelper"])
async def test_a_gateway_that_counts_no_turns_is_understood(gateway: Gateway, door: Door) -> None:
    line = door.line(secret=None)
    fields = {"sessionId": "d9", "serviceCode": "*111*17#", "phoneNumber": line.msisdn or "", "text": ""}
    for typed in ("", "ива", "ива*дуб*вяз*7"):
        answer = await gateway.client.post("/inbound/ussd", data=fields | {"text": typed})
    assert answer.text.startswith("END ")
    assert is_good(door, line.id, "дуб*вяз*7")


@pytest.mark.security("T11")
async def test_for_a_day_a_code_from_the_handset_moves_nothing(gateway: Gateway, door: Door) -> None:
    line = door.line()
    await gateway.talk(line, "*141*0#", NEW)
    actor = door.world.session(line)
    door.later(86_399)
    for purpose in ("number_change", "sim_secrets", "contact_change", "refund"):
        with pytest.raises(handset_password.SetLately):
            door.do(code.send, actor, purpose=purpose)
    assert door.do(code.send, actor, purpose="call_detail").sent_at
    door.later(1)
    assert door.do(code.send, actor, purpose="number_change").sent_at


@pytest.mark.security("T11")
async def test_a_new_password_on_the_web_does_not_end_the_cooling(gateway: Gateway, door: Door) -> None:
    line = door.line()
    await gateway.talk(line, "*141*0#", NEW)
    step = door.do(recover.begin, number=line.msisdn, browser=recover.Browser())
    typed = door.enter_code("recover", step.token, door.code(line.msisdn or ""))
    door.do(recover.finish, password_hash="x", browser=recover.Browser(admission_token=typed.token))
    with pytest.raises(handset_password.SetLately):
        door.do(code.send, door.world.session(line), purpose="number_change")


@pytest.mark.security("T5", "T11")
async def test_a_sim_that_was_replaced_sets_no_password_anew_for_a_day(gateway: Gateway, door: Door) -> None:
    line = door.line(sim_changed_at=door.now)
    door.later(86_399)
    assert (await gateway.talk(line, "*141*0#", NEW)).startswith("END SIM-карту недавно заменили")
    assert is_good(door, line.id, PASSWORD)
    door.later(1)
    assert (await gateway.talk(line, "*141*0#", NEW, dialog="d2")).startswith("END Готово")


@pytest.mark.requirement("IH-004")
@pytest.mark.parametrize("operator", ["ihelper"])
async def test_a_call_sets_a_password_of_digits(gateway: Gateway, door: Door) -> None:
    line = door.line()
    living = door.world.session(line)
    assert (await gateway.call(line, "087021")).startswith("CON Задайте пароль")
    assert (await gateway.call(line, "087021", "1111")).startswith("CON Такой пароль пробуют первым")
    assert (await gateway.call(line, "087021", "1111", "47")).startswith("CON В пароле должно быть от 4 до 10")
    done = await gateway.call(line, "087021", "1111", "47", "70418")
    assert done.startswith("END Пароль для Помощник задан")
    assert is_good(door, line.id, "70418")
    assert door.row(Credential, line.id).set_by == "voice"
    assert door.row(WebSession, living.session_id).end_reason == "password"
    assert told(door, line.msisdn) == ["alarm.password_set_by_ussd"]


@pytest.mark.security("T20")
@pytest.mark.parametrize("operator", ["ihelper"])
async def test_a_call_that_is_posted_again_has_one_effect(gateway: Gateway, door: Door) -> None:
    line = door.line(secret=None)
    await gateway.talk(line, "087021", "70418")
    kept = door.row(Credential, line.id).password_hash
    await gateway.call(line, "087021", "70418")
    assert door.row(Credential, line.id).password_hash == kept


@pytest.mark.parametrize("operator", ["ihelper", "issa"])
async def test_another_number_that_is_called_does_nothing(gateway: Gateway, door: Door) -> None:
    line = door.line(secret=None)
    assert (await gateway.talk(line, "087022", "70418")).startswith("END Такого кода нет")
    assert door.row(Credential, line.id) is None


@pytest.mark.parametrize("wrong", ["", "guess"])
async def test_nobody_but_the_gateway_calls(gateway: Gateway, door: Door, wrong: str) -> None:
    gateway.client.headers["x-gateway-token"] = wrong
    fields = {"callId": "1", "dialled": "087021", "caller": "375291234567", "digits": ""}
    assert (await gateway.client.post("/inbound/voice", data=fields)).status_code == 403


async def test_where_hashing_is_overrun_the_dialog_says_so_and_can_be_said_again(
    gateway: Gateway, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = door.line(secret=None)
    await gateway.ussd(line, "*141*0#")
    monkeypatch.setattr(dialogs.wiring, "HASHING_QUEUE", -1)
    assert (await gateway.ussd(line, "*141*0#", NEW)).startswith("END ")
    assert door.row(Credential, line.id) is None
    monkeypatch.undo()
    monkeypatch.setattr("selfcare_app.kit.clock.now", lambda: door.now)
    assert (await gateway.ussd(line, "*141*0#", NEW)).startswith("END Готово")


async def test_one_signs_in_with_it(gateway: Gateway, door: Door, client: httpx.AsyncClient) -> None:
    line = door.line(secret=None)
    await gateway.talk(line, "*141*0#", NEW)
    answer = await client.post("/session/sign-in", data={"number": line.msisdn, "password": NEW})
    assert path(answer) == "/sign-in/code"
