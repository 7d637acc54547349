"""Employees of the operator: how one gets to the desk, and how that ends."""

import pytest

from selfcare_app import wiring
from selfcare_app.access import desk_sign_in
from selfcare_app.access import session as web_session
from selfcare_app.access.desk_tables import StaffMember, StaffSession
from selfcare_app.kit.actor import Visitor
from selfcare_app.kit.errors import Fault
from tests.access.clerks import ROOT, employee, knock, seed_of, totp
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
    assert door.do(desk_sign_in.resume, token_value=entered.token).login == "olga"


@pytest.mark.security("asvs_6_5_1")
def test_a_one_time_code_is_used_once(door: Door) -> None:
    seed = employee(door)
    code = totp(door, seed)
    assert knock(door, "olga", code).fault is None
    assert isinstance(knock(door, "olga", code).fault, desk_sign_in.Wrong)


def test_every_failure_is_the_same_answer(door: Door) -> None:
    employee(door)
    door.do(desk_sign_in.add, ROOT, login="not-set-up")
    for login in ("olga", "nobody", "not-set-up", ""):
        assert knock(door, login, "123456", right=False).fault.code == "desk.wrong"


def test_failures_wait_and_then_lock_until_one_is_set_up_anew(door: Door) -> None:
    employee(door)
    faults = []
    for _ in range(12):
        faults.append(type(knock(door, "olga", "000000").fault))
        door.later(3_600)
    assert faults[:10] == [desk_sign_in.Wrong] * 10
    assert faults[10:] == [desk_sign_in.Locked] * 2
    door.do(desk_sign_in.add, ROOT, login="olga")
    assert door.rows(StaffMember)[0].failed == 0
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
    assert door.do(desk_sign_in.resume, token_value=first) is None
    assert door.rows(StaffSession)[0].end_reason == "replaced"
    rules = door.wires.profile.session
    for _ in range(rules.desk_absolute_seconds // 600 - 1):
        door.later(600)
        assert door.do(desk_sign_in.resume, token_value=second) is not None
    door.later(600)
    assert door.do(desk_sign_in.resume, token_value=second) is None
    third = knock(door, "olga", totp(door, seed)).token
    door.later(rules.idle_seconds)
    assert door.do(desk_sign_in.resume, token_value=third) is None


def test_a_disabled_employee_is_out_at_once(door: Door) -> None:
    seed = employee(door)
    inside = knock(door, "olga", totp(door, seed)).token
    assert door.do(desk_sign_in.disable, ROOT, login="olga") is True
    assert door.do(desk_sign_in.resume, token_value=inside) is None
    door.later(30)
    assert knock(door, "olga", totp(door, seed)).fault.code == "desk.wrong"
    assert door.do(desk_sign_in.disable, ROOT, login="nobody") is False


@pytest.mark.security("asvs_6_4_1")
def test_a_setup_link_is_good_for_a_day_and_once(door: Door) -> None:
    code = door.do(desk_sign_in.add, ROOT, login="olga")
    seed = seed_of(door, code)
    with pytest.raises(desk_sign_in.WrongCode):
        door.do(desk_sign_in.finish, code=code, password_hash="kept", typed="000000")
    door.do(desk_sign_in.finish, code=code, password_hash="kept", typed=totp(door, seed))
    with pytest.raises(desk_sign_in.NoSetup):
        door.do(desk_sign_in.setup, code=code)
    late = door.do(desk_sign_in.add, ROOT, login="ivan")
    door.later(86_400)
    for wrong in (late, "", "x"):
        with pytest.raises(desk_sign_in.NoSetup):
            door.do(desk_sign_in.setup, code=wrong)


@pytest.mark.parametrize(
    "typed", ["short", "a" * 14, "a" * 15, "abcdefghijklmno", "issa cabinet 2026", "tab\there and there x"]
)
def test_a_password_at_the_desk_is_long_and_not_common(door: Door, typed: str) -> None:
    with pytest.raises(Fault):
        desk_sign_in.check_password(typed, typed, door.wires.profile)
    desk_sign_in.check_password(LONG, LONG, door.wires.profile)


@pytest.mark.security("S-04", "asvs_3_5_4")
def test_a_cookie_of_one_door_opens_nothing_at_the_other(door: Door) -> None:
    line, seed = door.line(), employee(door)
    desks = knock(door, "olga", totp(door, seed)).token
    mine = door.world.session(line)
    assert door.ask(web_session.resume, token=desks) is None
    assert door.do(desk_sign_in.resume, token_value=str(mine.session_id)) is None


def test_the_command_adds_and_disables(
    door: Door, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from selfcare_app.kit import clock
    from selfcare_app.manage import staff

    monkeypatch.setattr(clock, "now", lambda: door.now)
    monkeypatch.setattr(staff, "read", lambda: door.wires.settings)
    assert wiring.wired() is door.wires

    def run(action: str, login: str) -> int:
        import argparse

        return staff.run(argparse.Namespace(action=action, login=login))

    assert run("add", "olga") == 0
    address = capsys.readouterr().out.strip()
    assert address.startswith(f"{door.wires.settings.public_url}/desk/setup?code=")
    assert door.do(desk_sign_in.setup, code=address.partition("=")[2]).login == "olga"
    assert (run("add", "Ольга"), run("disable", "olga"), run("disable", "nobody")) == (1, 0, 1)
