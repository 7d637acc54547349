"""What the owner of a line is told at once: by SMS, and in the cabinet until it is read."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from selfcare_app.access import alarm, change_password, sign_in
from selfcare_app.access.security_tables import Alarm
from selfcare_app.access.views import Browser
from selfcare_app.i18n import catalogue
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.actor import Acting, System
from selfcare_app.messaging.tables import Outbox
from selfcare_app.subscribers import load_lines
from selfcare_app.subscribers.tables import Account, Line
from tests.access.door import Door
from tests.access.engines import settings  # noqa: F401 - a fixture

CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
KINDS = [
    "password_changed",
    "password_set_by_ussd",
    "temporary_password",
    "new_device",
    "sim_changed",
    "access_closed",
    "access_opened",
    "delegate_granted",
    "delegate_revoked",
    "passkey_added",
    "passkey_removed",
    "email_changed",
    "runa_sections_changed",
    "blocked_by_code",
    "sessions_ended",
    "registered",
    "recovery_waits",
    "halted",
    "released",
    "account_locked",
    "account_unlocked",
    "email_removed",
    *(f"sms.{kind}" for kind in sorted(alarm.STOPPABLE)),
]


def shown(door: Door, actor: object) -> list[str]:
    with door.wires.db.snapshot() as session:
        return [each.told["key"] for each in alarm.unread(session, actor)]  # type: ignore[arg-type]


def tell(door: Door, line: Line, kind: str = "password_changed") -> None:
    with door.wires.db.transaction() as session:
        alarm.tell(session, line_id=line.id, kind=kind, now=door.now)


@pytest.mark.security("asvs_6_3_7")
def test_a_new_password_is_told_by_sms_and_in_the_cabinet(door: Door) -> None:
    line = door.line()
    actor = door.world.session(line)
    claim = door.do(change_password.claim, actor)
    door.do(change_password.settle, actor, claim=claim, right=True, password_hash="new")
    assert [key for key, _ in door.messages(line.msisdn)] == ["alarm.password_changed"]
    assert shown(door, actor) == ["alarm.password_changed"]
    assert [row.action for row in door.rows(JournalEntry)] == ["password_changed"]


@pytest.mark.security("asvs_6_3_5")
def test_a_sign_in_from_an_unknown_browser_is_told_with_its_name(door: Door) -> None:
    line = door.line()
    step = door.knock(line.msisdn, right=True)
    attempt = door.do(_count, admission_token=step.token)
    browser = Browser(admission_token=step.token, agent=CHROME)
    named = {"attempt": attempt, "code": door.code(line.msisdn), "browser": browser, "remember": True}
    entered = door.do(sign_in.second_factor, **named).entered
    key, args = door.messages(line.msisdn)[-1]
    assert (key, args["device"]) == ("alarm.new_device", "Chrome, Android")
    known = door.on(entered.device_token)
    door.later(61)
    sent = len(door.messages(line.msisdn))
    browser = Browser(device_token=entered.device_token, agent=CHROME)
    assert door.knock(line.msisdn, right=True, actor=known, browser=browser).entered
    assert len(door.messages(line.msisdn)) == sent


def _count(session: object, actor: object, *, admission_token: str, now: object) -> object:
    from selfcare_app.access import admission

    return admission.count_try(session, actor, purpose=admission.SIGN_IN, admission_token=admission_token, now=now)  # type: ignore[arg-type]


def test_one_kind_is_sent_once_a_minute_and_always_kept(door: Door) -> None:
    line = door.line()
    for _ in range(3):
        tell(door, line)
    tell(door, line, "sessions_ended")
    assert [key for key, _ in door.messages(line.msisdn)] == ["alarm.password_changed", "alarm.sessions_ended"]
    assert len(door.rows(Alarm, line_id=line.id)) == 4
    door.later(60)
    tell(door, line)
    assert len(door.messages(line.msisdn)) == 3


@pytest.mark.parametrize("language", ["be", "en", ""])
def test_it_speaks_the_language_of_the_line(door: Door, language: str) -> None:
    line = door.line(language=language)
    tell(door, line)
    rows = door.rows(Outbox)
    assert {row.kind: (row.recipient, row.language) for row in rows} == {
        "sms": (line.msisdn, language or "ru"),
        "email": ("anna@example.by", language or "ru"),
    }


def test_what_was_read_is_shown_no_more(door: Door) -> None:
    line = door.line()
    actor = door.world.session(line)
    tell(door, line)
    door.do(alarm.read, actor)
    assert shown(door, actor) == []
    door.later(1)
    tell(door, line, "new_device")
    assert shown(door, actor) == ["alarm.new_device"]


@pytest.mark.security("T18", "S-06")
def test_nobody_else_reads_or_wipes_them(door: Door) -> None:
    line, other = door.line(), door.world.session(door.line())
    actor = door.world.session(line)
    tell(door, line)
    curator = replace(actor, acting=Acting(other.line_id, "curator", "manage"))
    assert shown(door, other) == shown(door, curator) == []
    door.do(alarm.read, other)
    with door.wires.db.transaction() as session:
        alarm.read(session, curator, now=door.now)
    assert shown(door, actor) == ["alarm.password_changed"]


@pytest.mark.security("T5")
def test_a_replaced_sim_that_an_export_brings_is_told_once(door: Door) -> None:
    line = door.line()
    with door.wires.db.snapshot() as session:
        account = session.get_one(Account, line.account_id).external_id
    row = {"external_id": line.external_id, "account_id": account, "activated_on": date(2020, 3, 1), "kind": "phone"}

    def load(changed_ago: timedelta) -> list[str]:
        rows = [{**row, "sim_changed_at": door.now - changed_ago}]
        door.do(load_lines.lines, System("import"), rows=rows)
        return [key for key, _ in door.messages(line.msisdn)]

    assert load(timedelta(days=30)) == [], "history is no news"
    assert load(timedelta(hours=1)) == ["alarm.sms.sim_changed"]
    door.later(600)
    assert load(timedelta(hours=1, seconds=600)) == ["alarm.sms.sim_changed"], "the same export again is no news"
    told = [(entry.actor, entry.action) for entry in door.rows(JournalEntry)]
    assert told == [("interface", "sim_changed")]


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_kind_has_its_sentence(language: str) -> None:
    said = catalogue.load(language)
    assert [kind for kind in KINDS if f"alarm.{kind}" not in said] == []
