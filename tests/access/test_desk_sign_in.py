"""Employees of the operator: how one gets to the desk, and how that ends."""

import pytest

from selfcare_app import wiring
from selfcare_app.access import desk_session, desk_sign_in, staff
from selfcare_app.access import session as web_session
from selfcare_app.access.desk_tables import StaffDevice, StaffMember, StaffSession
from selfcare_app.access.tables import AccessEvent
from selfcare_app.kit.actor import Visitor
from selfcare_app.kit.errors import Fault
from tests.access.clerks import ROOT, at_desk, employee, knock, seed_of, totp
from tests.access.door import Door

LONG = "вяз и три дуба у реки"


@pytest.mark.security("asvs_8_4_2", "asvs_6_1_3")
def test_one_enters_by_password_and_code_together(door: Door) -> None:
    seed = employee(door)
    assert isinstance(knock(door, "olga", "000000").fault, desk_sign_in.Wrong)
    door.later(60)
    assert isinstance(knock(door, "olga", totp(door, seed), right=False).fault, desk_sign_in.Wrong)
    door.later(60)
    entered = knock(door, "OLGA ", totp(door, seed))
    assert entered.fault is None
    assert door.do(desk_session.resume, token_value=entered.token).login == "olga"


@pytest.mark.security("asvs_6_5_1")
def test_a_one_time_code_is_used_once(door: Door) -> None:
    seed = employee(door)
    code = totp(door, seed)
    assert knock(door, "olga", code).fault is None
    assert isinstance(knock(door, "olga", code).fault, desk_sign_in.Wrong)


def test_every_failure_is_the_same_answer(door: Door) -> None:
    employee(door)
    door.do(staff.add, ROOT, login="not-set-up")
    for login in ("olga", "nobody", "not-set-up", ""):
        assert knock(door, login, "123456", right=False).fault.code == "desk.wrong"


@pytest.mark.security("T13")
def test_failures_in_a_known_browser_wait_and_then_lock_it_alone(door: Door) -> None:
    seed = employee(door)
    first = knock(door, "olga", totp(door, seed)).begun
    door.later(30)
    second = knock(door, "olga", totp(door, seed)).begun
    assert first is not None
    assert second is not None
    faults = []
    for _ in range(12):
        faults.append(type(knock(door, "olga", "000000", device=first.device_token).fault))
        door.later(3_600)
    assert faults[:10] == [desk_sign_in.Wrong] * 10
    assert faults[10:] == [desk_sign_in.Locked] * 2
    assert knock(door, "olga", totp(door, seed), device=second.device_token).fault is None
    assert door.rows(StaffMember)[0].failed == 0, "a strange browser has tries of its own"


@pytest.mark.security("T13", "asvs_6_3_8", "asvs_6_1_1")
def test_a_stranger_locks_himself_out_and_is_told_nothing_of_it(door: Door) -> None:
    seed = employee(door)
    mine = knock(door, "olga", totp(door, seed)).begun
    assert mine is not None
    claims = []
    for _ in range(14):
        door.later(3_600)
        claims.append(door.do(desk_sign_in.claim, login="olga"))
        answer = door.do(desk_sign_in.settle, claim=claims[-1], right=False, typed="000000")
        unknown = knock(door, "nobody", "000000", right=False)
        assert (type(answer.fault), answer.fault.params) == (type(unknown.fault), unknown.fault.params)
        assert isinstance(answer.fault, desk_sign_in.Wrong)
    assert [bool(claim.kept) for claim in claims] == [True] * 10 + [False] * 4, "nothing is compared any more"
    door.later(3_600)
    assert isinstance(knock(door, "olga", totp(door, seed)).fault, desk_sign_in.Wrong), "the right ones open nothing"
    assert knock(door, "olga", totp(door, seed), device=mine.device_token).fault is None


@pytest.mark.security("asvs_6_3_8")
def test_a_stranger_who_comes_too_soon_is_told_nothing_of_it(door: Door) -> None:
    employee(door)
    for _ in range(9):
        assert isinstance(knock(door, "olga", "000000").fault, desk_sign_in.Wrong)
    assert 0 < door.rows(StaffMember)[0].failed < 9


def test_a_browser_is_known_to_those_alone_who_used_it(door: Door) -> None:
    olga, ivan = employee(door, "olga"), employee(door, "ivan")
    shared = knock(door, "olga", totp(door, olga), device="made up").begun
    assert shared is not None
    assert shared.device_token != "made up"
    assert type(knock(door, "ivan", "000000", device=shared.device_token).fault) is desk_sign_in.Wrong
    assert [row.failed for row in door.all(StaffDevice)] == [0]
    door.later(60)
    both = knock(door, "ivan", totp(door, ivan), device=shared.device_token).begun
    assert both is not None
    assert both.device_token == shared.device_token
    door.later(86_400 * door.wires.profile.sign_in.known_device_days)
    for _ in range(10):
        knock(door, "olga", "000000", device=shared.device_token)
        door.later(3_600)
    assert isinstance(knock(door, "olga", "000000", device=shared.device_token).fault, desk_sign_in.Wrong)


@pytest.mark.security("T13")
@pytest.mark.parametrize("by", ["command", "colleague"])
def test_a_lock_is_opened_by_the_command_or_by_whoever_has_that_duty(door: Door, by: str) -> None:
    seed = employee(door)
    inside = knock(door, "olga", totp(door, seed)).begun
    assert inside is not None
    for _ in range(10):
        for device in ("", inside.device_token):
            knock(door, "olga", "000000", device=device)
        door.later(3_600)
    locked = knock(door, "olga", totp(door, seed), device=inside.device_token)
    assert isinstance(locked.fault, desk_sign_in.Locked)
    plain, keeper = at_desk(door, "ivan"), at_desk(door, "vera", "employees")
    with pytest.raises(staff.NotYourDuty):
        door.do(staff.unlock, plain, login="olga")
    with pytest.raises(staff.NoEmployee):
        door.do(staff.unlock, keeper, login="vera")
    door.do(staff.unlock, ROOT if by == "command" else keeper, login="olga")
    door.later(30)
    assert knock(door, "olga", totp(door, seed)).fault is None
    door.later(30)
    assert knock(door, "olga", totp(door, seed), device=inside.device_token).fault is None
    unlocked = [row.details["by"] for row in door.rows(AccessEvent, kind="desk", outcome="unlocked")]
    assert unlocked == ["staff" if by == "command" else "vera"]


def test_to_be_set_up_anew_unlocks_and_forgets_the_browsers(door: Door) -> None:
    seed = employee(door)
    knock(door, "olga", totp(door, seed))
    for _ in range(10):
        knock(door, "olga", "000000")
        door.later(3_600)
    door.do(staff.add, ROOT, login="olga")
    assert (door.rows(StaffMember)[0].failed, door.all(StaffDevice)) == (0, [])
    for _ in range(5):
        knock(door, "olga", "000000")
    assert door.rows(StaffMember)[0].failed == 0, "nothing to guess before the set-up"


def test_an_address_has_so_many_tries(door: Door) -> None:
    for _ in range(desk_sign_in.TRIES_PER_HOUR_PER_ADDRESS):
        knock(door, "nobody", "000000")
    assert isinstance(knock(door, "nobody", "000000").fault, desk_sign_in.TooMany)
    claim = door.do(desk_sign_in.claim, Visitor(address="203.0.113.9"), login="nobody")
    assert claim.fault is None


@pytest.mark.security("asvs_7_1_2", "asvs_7_1_1")
def test_there_is_one_session_and_it_ends_by_idleness_and_after_eight_hours(door: Door) -> None:
    seed = employee(door)
    first = knock(door, "olga", totp(door, seed)).token
    door.later(30)
    second = knock(door, "olga", totp(door, seed)).token
    assert door.do(desk_session.resume, token_value=first) is None
    assert door.rows(StaffSession)[0].end_reason == "replaced"
    rules = door.wires.profile.session
    for _ in range(rules.desk_absolute_seconds // 600 - 1):
        door.later(600)
        assert door.do(desk_session.resume, token_value=second) is not None
    door.later(600)
    assert door.do(desk_session.resume, token_value=second) is None
    third = knock(door, "olga", totp(door, seed)).token
    door.later(rules.idle_seconds)
    assert door.do(desk_session.resume, token_value=third) is None


def test_a_disabled_employee_is_out_at_once(door: Door) -> None:
    seed = employee(door)
    inside = knock(door, "olga", totp(door, seed)).token
    assert door.do(staff.disable, ROOT, login="olga") is True
    assert door.do(desk_session.resume, token_value=inside) is None
    door.later(30)
    assert knock(door, "olga", totp(door, seed)).fault.code == "desk.wrong"
    assert door.do(staff.disable, ROOT, login="nobody") is False


@pytest.mark.security("asvs_6_4_1")
def test_a_setup_link_is_good_for_a_day_and_once(door: Door) -> None:
    code = door.do(staff.add, ROOT, login="olga")
    seed = seed_of(door, code)
    with pytest.raises(staff.WrongCode):
        door.do(staff.finish, code=code, password_hash="kept", typed="000000")
    door.do(staff.finish, code=code, password_hash="kept", typed=totp(door, seed))
    with pytest.raises(staff.NoSetup):
        door.do(staff.setup, code=code)
    late = door.do(staff.add, ROOT, login="ivan")
    door.later(86_400)
    for wrong in (late, "", "x"):
        with pytest.raises(staff.NoSetup):
            door.do(staff.setup, code=wrong)


@pytest.mark.parametrize(
    "typed", ["short", "a" * 14, "a" * 15, "abcdefghijklmno", "issa cabinet 2026", "tab\there and there x"]
)
def test_a_password_at_the_desk_is_long_and_not_common(door: Door, typed: str) -> None:
    with pytest.raises(Fault):
        staff.check_password(typed, typed, door.wires.profile)
    staff.check_password(LONG, LONG, door.wires.profile)


@pytest.mark.security("S-04", "asvs_3_5_4")
def test_a_cookie_of_one_door_opens_nothing_at_the_other(door: Door) -> None:
    line, seed = door.line(), employee(door)
    desks = knock(door, "olga", totp(door, seed)).token
    mine = door.world.session(line)
    assert door.ask(web_session.resume, token=desks) is None
    assert door.do(desk_session.resume, token_value=str(mine.session_id)) is None


def test_the_command_adds_and_disables(
    door: Door, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from selfcare_app.kit import clock
    from selfcare_app.manage import staff as command

    monkeypatch.setattr(clock, "now", lambda: door.now)
    monkeypatch.setattr(command, "read", lambda: door.wires.settings)
    assert wiring.wired() is door.wires

    def run(action: str, login: str) -> int:
        import argparse

        return command.run(argparse.Namespace(action=action, login=login, duty=["confirm"]))

    assert run("add", "olga") == 0
    address = capsys.readouterr().out.strip()
    assert address.startswith(f"{door.wires.settings.public_url}/desk/setup?code=")
    assert door.do(staff.setup, code=address.partition("=")[2]).login == "olga"
    (kept,) = door.rows(StaffMember)
    assert kept.duties == ["confirm"]
    assert (run("add", "Ольга"), run("unlock", "olga"), run("unlock", "nobody")) == (1, 0, 1)
    assert (run("disable", "olga"), run("disable", "nobody")) == (0, 1)
