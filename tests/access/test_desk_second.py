"""Acts at the desk that take two employees: who asks never confirms, and nothing waits for ever."""

import threading

import pytest

from selfcare_app.access import cleanup, delegation, desk_rights, desk_second, staff
from selfcare_app.access.delegation_tables import DelegationGrant
from selfcare_app.access.desk_tables import StaffDevice, StaffLook, StaffMember, StaffRequest, StaffSession
from selfcare_app.access.tables import AccessEvent
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.actor import Staff, System
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line
from tests.access.clerks import ROOT, at_desk, looked
from tests.access.delegates import organisation
from tests.access.door import Door
from tests.access.engines import settings  # noqa: F401 - a fixture


def asked(door: Door, actor: Staff, line: Line, role: str = "administrator") -> None:
    look = looked(door, actor, line, "application")
    door.do(desk_rights.grant, actor, look_id=look, role=role, over="client", application="12/7")


def waiting(door: Door, actor: Staff) -> desk_second.Waiting:
    (found,) = door.ask(desk_second.waiting, actor)
    assert isinstance(found, desk_second.Waiting)
    return found


@pytest.mark.requirement("ISSA-026", "ISSA-027")
@pytest.mark.security("asvs_2_3_5", "T16")
def test_an_administrator_of_an_organisation_takes_two_and_both_are_written_down(door: Door) -> None:
    line, maker, checker = organisation(door)[0], at_desk(door), at_desk(door, "ivan", "confirm")
    asked(door, maker, line)
    assert door.all(DelegationGrant) == []
    seen = waiting(door, checker)
    assert (seen.kind, seen.about, seen.asked_by, seen.reason, seen.is_own) == (
        "grant",
        line.msisdn,
        "olga",
        "12/7",
        False,
    )
    door.do(desk_second.confirm, checker, request_id=seen.id)
    (right,) = door.all(DelegationGrant)
    assert (right.delegate_line_id, right.role, right.over) == (line.id, "administrator", "client")
    kept = [(row.action, row.actor_name) for row in door.rows(JournalEntry, line_id=line.id)]
    assert kept == [("found_by_staff", "olga"), ("delegate_asked", "olga"), ("delegate_granted", "ivan")]
    (row,) = door.all(StaffRequest)
    assert (row.asked_by, row.decided_by, row.outcome) == (maker.staff_id, checker.staff_id, "confirmed")
    with pytest.raises(desk_second.NoRequest):
        door.do(desk_second.confirm, checker, request_id=seen.id)


@pytest.mark.security("asvs_2_3_5")
def test_the_maker_confirms_nothing_of_his_own(door: Door) -> None:
    line, maker = organisation(door)[0], at_desk(door, "olga", "confirm", "employees")
    asked(door, maker, line)
    mine = waiting(door, maker)
    assert mine.is_own
    for act in (desk_second.confirm, desk_second.decline):
        with pytest.raises(desk_second.OwnRequest):
            door.do(act, maker, request_id=mine.id)
    assert (door.all(DelegationGrant), door.all(StaffRequest)[0].outcome) == ([], "")


@pytest.mark.security("asvs_2_3_5", "asvs_8_2_1")
def test_a_checker_without_the_duty_neither_sees_nor_confirms(door: Door) -> None:
    line, maker, other = organisation(door)[0], at_desk(door), at_desk(door, "ivan", "employees")
    asked(door, maker, line)
    request = waiting(door, maker).id
    assert door.ask(desk_second.waiting, other) == ()
    for act in (desk_second.confirm, desk_second.decline):
        with pytest.raises(staff.NotYourDuty):
            door.do(act, other, request_id=request)
    with pytest.raises(desk_second.NoRequest):
        door.do(desk_second.withdraw, other, request_id=request)
    assert (door.all(DelegationGrant), door.all(StaffRequest)[0].outcome) == ([], "")


@pytest.mark.security("asvs_2_3_5")
@pytest.mark.parametrize("end", ["time", "withdrawn", "declined", "maker put out"])
def test_what_is_over_is_confirmed_no_more(door: Door, end: str) -> None:
    line, maker, checker = organisation(door)[0], at_desk(door), at_desk(door, "ivan", "confirm")
    asked(door, maker, line)
    request = waiting(door, checker).id
    if end == "time":
        door.later(door.wires.profile.desk.request_seconds)
        assert door.ask(desk_second.waiting, checker) == ()
    elif end == "withdrawn":
        door.do(desk_second.withdraw, maker, request_id=request)
    elif end == "declined":
        door.do(desk_second.decline, checker, request_id=request)
        assert [row.action for row in door.rows(JournalEntry, line_id=line.id)][-1] == "delegate_declined"
    else:
        door.do(staff.disable, ROOT, login="olga")
    for known in (request, new_id()):
        with pytest.raises(desk_second.NoRequest):
            door.do(desk_second.confirm, checker, request_id=known)
    assert door.all(DelegationGrant) == []


def test_the_same_is_asked_for_once_and_what_is_there_is_not_asked_for(door: Door) -> None:
    line, maker, checker = organisation(door)[0], at_desk(door), at_desk(door, "ivan", "confirm")
    asked(door, maker, line)
    with pytest.raises(desk_second.AskedAlready):
        asked(door, maker, line)
    asked(door, maker, line, "supervisor")
    for each in door.ask(desk_second.waiting, checker):
        door.do(desk_second.confirm, checker, request_id=each.id)
    with pytest.raises(delegation.Already):
        asked(door, maker, line)
    door.later(door.wires.profile.desk.request_seconds)
    assert len(door.all(DelegationGrant)) == 2


@pytest.mark.security("asvs_2_3_5")
def test_what_changed_meanwhile_is_looked_at_anew(door: Door) -> None:
    line, maker, checker = organisation(door)[0], at_desk(door), at_desk(door, "ivan", "confirm")
    asked(door, maker, line)
    request = waiting(door, checker).id
    with door.wires.db.transaction() as session:
        session.get_one(Line, line.id).state = "closed"
    with pytest.raises(Fault):
        door.do(desk_second.confirm, checker, request_id=request)
    assert (door.all(DelegationGrant), door.all(StaffRequest)[0].outcome) == ([], "")


@pytest.mark.security("asvs_2_3_5", "asvs_7_4_2")
def test_an_employee_is_put_out_and_taken_back_by_two(door: Door) -> None:
    bad = at_desk(door, "boris", "confirm")
    maker, checker = at_desk(door, "vera", "employees"), at_desk(door, "ivan", "confirm")
    door.do(desk_second.ask_access, maker, login="boris", is_open=False, reason="увольняется")
    assert door.rows(StaffMember, login="boris")[0].disabled_at is None
    request = waiting(door, checker).id
    with pytest.raises(desk_second.OwnRequest):
        door.do(desk_second.confirm, bad, request_id=request)
    door.do(desk_second.confirm, checker, request_id=request)
    assert door.rows(StaffMember, login="boris")[0].disabled_at == door.now
    (said,) = door.rows(AccessEvent, kind="desk", outcome="confirmed_disable")
    assert (said.details["login"], said.details["reason"]) == ("ivan", "увольняется")
    door.do(desk_second.ask_access, maker, login="boris", is_open=True, reason="вернулся")
    door.do(desk_second.confirm, checker, request_id=waiting(door, checker).id)
    assert door.rows(StaffMember, login="boris")[0].disabled_at is None
    events = [row.outcome for row in door.rows(AccessEvent, kind="desk") if "able" in row.outcome]
    assert events == ["asked_disable", "confirmed_disable", "asked_enable", "confirmed_enable"]


@pytest.mark.security("asvs_2_3_5", "asvs_8_2_1")
def test_only_whoever_looks_after_employees_asks_and_says_why(door: Door) -> None:
    plain, keeper = at_desk(door, "olga", "confirm"), at_desk(door, "vera", "employees")
    with pytest.raises(staff.NotYourDuty):
        door.do(desk_second.ask_access, plain, login="vera", is_open=False, reason="x")
    with pytest.raises(staff.NotYourDuty):
        door.ask(desk_second.colleagues, plain)
    for login in ("vera", "nobody"):
        with pytest.raises(staff.NoEmployee):
            door.do(desk_second.ask_access, keeper, login=login, is_open=False, reason="x")
    for reason in ("", "  ", "a\nb", "x" * 121):
        with pytest.raises(desk_second.NoWords):
            door.do(desk_second.ask_access, keeper, login="olga", is_open=False, reason=reason)
    with pytest.raises(desk_second.Unchanged):
        door.do(desk_second.ask_access, keeper, login="olga", is_open=True, reason="x")
    assert door.all(StaffRequest) == []
    assert [(each.login, each.state) for each in door.ask(desk_second.colleagues, keeper)] == [("olga", "works")]


@pytest.mark.security("asvs_2_3_5", "R20")
def test_of_two_who_confirm_at_once_one_does(door: Door) -> None:
    line, maker = organisation(door)[0], at_desk(door)
    checkers = [at_desk(door, name, "confirm") for name in ("ivan", "vera")]
    asked(door, maker, line)
    request, start = waiting(door, maker).id, threading.Barrier(2)
    came: list[str] = []

    def confirm(checker: Staff) -> None:
        start.wait()
        try:
            door.do(desk_second.confirm, checker, request_id=request)
            came.append("done")
        except desk_second.NoRequest:
            came.append("late")

    threads = [threading.Thread(target=confirm, args=(each,)) for each in checkers]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(came) == ["done", "late"]
    assert len(door.all(DelegationGrant)) == 1


@pytest.mark.security("asvs_14_2_7")
def test_what_has_served_its_time_at_the_desk_is_forgotten(door: Door) -> None:
    line, maker = organisation(door)[0], at_desk(door)
    asked(door, maker, line)

    def left() -> list[int]:
        tables = (StaffSession, StaffLook, StaffDevice, StaffRequest, StaffMember)
        return [len(door.all(table)) for table in tables]

    def forget() -> None:
        door.do(cleanup.purge, System(job="cleanup"))
        door.do(cleanup.forget_sessions, System(job="cleanup"))

    forget()
    assert left() == [1, 1, 1, 1, 1]
    door.later(cleanup.SESSIONS_KEPT.total_seconds() + door.wires.profile.session.idle_seconds)
    forget()
    assert left() == [0, 0, 1, 1, 1]
    door.later(cleanup.EVENTS_KEPT.total_seconds() + door.wires.profile.desk.request_seconds)
    forget()
    assert left() == [0, 0, 0, 0, 1]
