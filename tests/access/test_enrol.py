"""Registration and recovery: which numbers, which steps, what follows."""

from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from selfcare_app.access import admission, one_time_code, quota, recover, register, sign_in, sim_window, standing, token
from selfcare_app.access import session as web_session
from selfcare_app.access.tables import Admission, Credential, KnownDevice, OneTimeCode, WebSession
from selfcare_app.access.views import Browser, Step
from selfcare_app.kit.actor import System, Visitor
from selfcare_app.subscribers.tables import Line
from tests.access.door import Door, other

HASH = "$2b$04$made.in.a.test"
WAYS = [pytest.param(register, None, id="register"), pytest.param(recover, "вяз7дуб3", id="recover")]


def at_password(door: Door, way: ModuleType, line: Line) -> Step:
    """The visitor who has typed the right code."""
    step = door.do(way.begin, number=line.msisdn, browser=Browser())
    return door.enter_code(way.PURPOSE, step.token, door.code(line.msisdn))


@pytest.mark.requirement("ISSA-007", "ISSA-021")
@pytest.mark.parametrize(("way", "secret"), WAYS)
def test_number_code_password_and_one_is_inside(door: Door, way: ModuleType, secret: str | None) -> None:
    line = door.line(secret=secret)
    visitor = Visitor("198.51.100.7", language="be")
    step = door.do(way.begin, visitor, number=line.msisdn, browser=Browser())
    assert step.admitted
    assert door.messages(line.msisdn)[-1][0] == f"access.sms.code_{way.PURPOSE}"
    step = door.enter_code(way.PURPOSE, step.token, door.code(line.msisdn))
    owner = door.ask(way.owner, admission_token=step.token)
    assert owner.msisdn == line.msisdn
    assert "Анна Ковалёва" in owner.words
    done = door.do(
        way.finish, visitor, password_hash=HASH, browser=Browser(admission_token=step.token, agent="Firefox")
    )
    assert door.row(Credential, line.id).password_hash == HASH
    assert door.row(Line, line.id).language == "be"
    assert door.ask(web_session.resume, token=done.entered.token).line_id == line.id
    assert door.rows(KnownDevice, line_id=line.id)[0].token_digest == token.digest(done.entered.device_token)


@pytest.mark.requirement("ISSA-050")
def test_registration_and_last_use_are_dated(door: Door) -> None:
    line = door.line(secret=None)
    step = at_password(door, register, line)
    door.later(60)
    door.do(register.finish, password_hash=HASH, browser=Browser(admission_token=step.token))
    row = door.row(Credential, line.id)
    assert (row.registered_at, row.last_used_at) == (door.now, door.now)


@pytest.mark.security("asvs_6_3_7", "asvs_6_3_5")
@pytest.mark.parametrize(
    ("way", "secret", "told"), [(register, None, "registered"), (recover, "вяз7дуб3", "password_changed")]
)
def test_the_owner_hears_of_the_new_password(door: Door, way: ModuleType, secret: str | None, told: str) -> None:
    line = door.line(secret=secret)
    step = at_password(door, way, line)
    door.do(way.finish, password_hash=HASH, browser=Browser(admission_token=step.token))
    assert door.messages(line.msisdn)[-1][0] == f"alarm.{told}"


@pytest.mark.requirement("ISSA-006", "ISSA-016")
@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"state": "blocked"}, standing.Inactive),
        ({"state": "paused"}, standing.Inactive),
        ({"state": "closed"}, standing.Unknown),
        ({}, standing.AlreadyRegistered),
    ],
)
def test_a_number_that_cant_be_registered_is_told_why(door: Door, columns: dict[str, Any], why: type) -> None:
    line = door.line(**columns)
    step = door.do(register.begin, number=line.msisdn, browser=Browser())
    assert (type(step.fault), step.admitted) == (why, False)
    assert door.messages(line.msisdn) == []


@pytest.mark.requirement("ISSA-006")
@pytest.mark.parametrize("way", [register, recover])
@pytest.mark.parametrize(("number", "why"), [("375299999999", standing.Unknown), ("375251234567", standing.Foreign)])
def test_a_strangers_or_foreign_number_is_told_so(door: Door, way: ModuleType, number: str, why: type) -> None:
    assert isinstance(door.do(way.begin, number=number, browser=Browser()).fault, why)


def test_a_number_brought_from_another_operator_is_ours(door: Door) -> None:
    line = door.line(secret=None, msisdn="375251234567")
    assert door.do(register.begin, number=line.msisdn, browser=Browser()).admitted


def test_recovery_of_a_number_that_never_registered_leads_to_registration(door: Door) -> None:
    step = door.do(recover.begin, number=door.line(secret=None).msisdn, browser=Browser())
    assert isinstance(step.fault, standing.NotRegistered)


@pytest.mark.requirement("ISSA-009")
@pytest.mark.parametrize(("way", "secret"), WAYS)
def test_the_code_is_sent_again_after_180_seconds_and_not_after_179(
    door: Door, way: ModuleType, secret: str | None
) -> None:
    line = door.line(secret=secret)
    step = door.do(way.begin, number=line.msisdn, browser=Browser())
    place = {"purpose": way.PURPOSE, "admission_token": step.token}
    assert step.resend_at == door.now + timedelta(seconds=180)
    door.later(179)
    early = door.do(admission.send_again, **place)
    assert (type(early.fault), early.admitted) == (one_time_code.Wait, True)
    door.later(1)
    assert door.do(admission.send_again, **place).fault is None
    assert len(door.messages(line.msisdn)) == 2


def test_asking_for_the_same_number_again_keeps_the_code_that_was_sent(door: Door) -> None:
    line = door.line(secret=None)
    step = door.do(register.begin, number=line.msisdn, browser=Browser())
    again = door.do(register.begin, number=line.msisdn, browser=Browser(admission_token=step.token))
    assert (again.admitted, again.token, type(again.fault)) == (True, "", type(None))
    assert door.enter_code("register", step.token, door.code(line.msisdn)).fault is None


def test_another_number_in_the_same_browser_begins_anew(door: Door) -> None:
    first, second = door.line(secret=None), door.line(secret=None)
    step = door.do(register.begin, number=first.msisdn, browser=Browser())
    other_step = door.do(register.begin, number=second.msisdn, browser=Browser(admission_token=step.token))
    assert other_step.token
    with pytest.raises(admission.Over):
        door.enter_code("register", step.token, door.code(first.msisdn))


@pytest.mark.security("S-18", "asvs_2_3_1")
@pytest.mark.parametrize(("way", "secret"), WAYS)
def test_no_step_can_be_skipped(door: Door, way: ModuleType, secret: str | None) -> None:
    line = door.line(secret=secret)
    step = door.do(way.begin, number=line.msisdn, browser=Browser())
    for value in (step.token, "", "forged"):
        with pytest.raises(admission.Over):
            door.do(way.finish, password_hash=HASH, browser=Browser(admission_token=value))
        with pytest.raises(admission.Over):
            door.ask(way.owner, admission_token=value)
    typed = door.enter_code(way.PURPOSE, step.token, door.code(line.msisdn))
    for purpose in ("register", "recover", "sign_in"):
        with pytest.raises(admission.Over):
            door.do(admission.count_try, purpose=purpose, admission_token=typed.token)
    other_way = recover if way is register else register
    with pytest.raises(admission.Over):
        door.do(other_way.finish, password_hash=HASH, browser=Browser(admission_token=typed.token))


@pytest.mark.security("asvs_7_2_4")
def test_the_admission_changes_its_cookie_with_the_right_code_and_is_used_once(door: Door) -> None:
    line = door.line(secret=None)
    first = door.do(register.begin, number=line.msisdn, browser=Browser())
    second = door.enter_code("register", first.token, door.code(line.msisdn))
    assert second.token not in ("", first.token)
    with pytest.raises(admission.Over):
        door.do(register.finish, password_hash=HASH, browser=Browser(admission_token=first.token))
    door.do(register.finish, password_hash=HASH, browser=Browser(admission_token=second.token))
    with pytest.raises(admission.Over):
        door.do(register.finish, password_hash=HASH, browser=Browser(admission_token=second.token))


def test_an_admission_lives_as_long_as_one_may_be_idle(door: Door) -> None:
    line = door.line(secret=None)
    step = at_password(door, register, line)
    door.later(899)
    assert door.ask(register.owner, admission_token=step.token)
    door.later(1)
    with pytest.raises(admission.Over):
        door.ask(register.owner, admission_token=step.token)


def test_of_two_registrations_of_one_number_the_first_wins(door: Door) -> None:
    line = door.line(secret=None)
    mine = at_password(door, register, line)
    door.later(180)
    theirs = at_password(door, register, line)
    door.do(register.finish, password_hash=HASH, browser=Browser(admission_token=mine.token))
    late = door.do(register.finish, password_hash="other", browser=Browser(admission_token=theirs.token))
    assert isinstance(late.fault, standing.AlreadyRegistered)
    assert door.row(Credential, line.id).password_hash == HASH


def test_a_wrong_code_says_what_is_left_and_the_sixth_try_is_none(door: Door) -> None:
    line = door.line(secret=None)
    step = door.do(register.begin, number=line.msisdn, browser=Browser())
    wrong = other(door.code(line.msisdn))
    faults = [door.enter_code("register", step.token, wrong).fault for _ in range(6)]
    assert [fault.params.get("left") for fault in faults] == [4, 3, 2, 1, None, None]
    assert isinstance(door.enter_code("register", step.token, door.code(line.msisdn)).fault, one_time_code.Spent)


@pytest.mark.requirement("ISSA-021")
@pytest.mark.security("asvs_7_4_3")
def test_recovery_ends_sessions_forgets_devices_and_opens_a_lock(door: Door) -> None:
    line = door.line()
    device, living = door.device(line), door.world.session(line)
    for _ in range(10):
        door.knock(line.msisdn, right=False)
        door.later(32)
    assert isinstance(door.knock(line.msisdn, right=True).fault, sign_in.Locked)
    step = at_password(door, recover, line)
    door.do(recover.finish, password_hash=HASH, browser=Browser(admission_token=step.token))
    assert door.row(WebSession, living.session_id).end_reason == "password"
    assert door.knock(line.msisdn, right=True).admitted
    assert door.knock(line.msisdn, right=True, actor=door.on(device)).admitted


def test_recovery_of_a_closed_cabinet_sets_the_password_and_stays_out(door: Door) -> None:
    line = door.line(access="closed_by_subscriber")
    step = at_password(door, recover, line)
    done = door.do(recover.finish, password_hash=HASH, browser=Browser(admission_token=step.token))
    assert (type(done.fault), done.entered) == (standing.AccessClosed, None)
    assert door.row(Credential, line.id).password_hash == HASH


@pytest.mark.security("T5", "asvs_6_4_3")
def test_no_password_is_reset_by_sms_within_a_day_of_a_sim_change(door: Door) -> None:
    line = door.line(sim_changed_at=door.now)
    door.later(86_399)
    assert isinstance(door.do(recover.begin, number=line.msisdn, browser=Browser()).fault, sim_window.SimChanged)
    assert door.messages(line.msisdn) == []
    door.later(1)
    assert door.do(recover.begin, number=line.msisdn, browser=Browser()).admitted


@pytest.mark.security("T14", "T2", "asvs_2_4_1")
def test_one_address_has_codes_sent_to_ten_numbers_an_hour(door: Door) -> None:
    lines = [door.line(secret=None) for _ in range(12)]
    faults = [door.do(register.begin, number=line.msisdn, browser=Browser()).fault for line in lines]
    assert [type(fault) for fault in faults] == [type(None)] * 10 + [one_time_code.SendsOver] * 2
    assert [len(door.messages(line.msisdn)) for line in lines] == [1] * 10 + [0] * 2
    elsewhere = Visitor("203.0.113.77")
    assert door.do(register.begin, elsewhere, number=lines[11].msisdn, browser=Browser()).fault is None
    door.later(3600)
    assert door.do(register.begin, number=lines[10].msisdn, browser=Browser()).fault is None


@pytest.mark.security("T14")
def test_one_network_has_twenty_codes_sent_an_hour(door: Door) -> None:
    lines = [door.line(secret=None) for _ in range(21)]
    faults = []
    for at, line in enumerate(lines):
        faults.append(door.do(register.begin, Visitor(f"203.0.113.{at}"), number=line.msisdn, browser=Browser()).fault)
    assert [type(fault) for fault in faults] == [type(None)] * 20 + [one_time_code.SendsOver]


def test_whoever_typed_the_right_password_is_not_stopped_by_the_networks_quota(door: Door) -> None:
    for _ in range(25):
        assert door.knock(door.line().msisdn, right=True).fault is None


@pytest.mark.parametrize("operator", ["ihelper", "assa"])
@pytest.mark.parametrize("way", [register, recover])
def test_where_no_sms_gives_a_password_none_is_sent(door: Door, way: ModuleType) -> None:
    line = door.line(secret=None)
    with pytest.raises(standing.NoSmsWay):
        door.do(way.begin, number=line.msisdn, browser=Browser())
    assert door.messages(line.msisdn) == []


def test_what_has_served_its_time_is_forgotten_and_nothing_else(door: Door) -> None:
    from selfcare_app.access import cleanup

    line = door.line(secret=None)
    door.do(register.begin, number=line.msisdn, browser=Browser())
    door.later(86_399)
    door.do(cleanup.purge, System("clean-up"))
    assert len(door.rows(OneTimeCode)) == 1
    door.later(1 + 900)
    door.do(cleanup.purge, System("clean-up"))
    assert (door.rows(OneTimeCode), door.rows(Admission)) == ([], [])
    with door.wires.db.snapshot() as session:
        assert quota.used(session, scope="code.day", subject=line.msisdn, now=door.now) == 0
