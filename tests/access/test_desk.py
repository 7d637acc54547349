"""Employees of the operator: what one may see and do at the desk, and who hears of it."""

import pytest

from selfcare_app import wiring
from selfcare_app.access import acting, closing, delegation, desk, desk_look, desk_rights, desk_second
from selfcare_app.access.delegation_tables import DelegationGrant
from selfcare_app.access.tables import AccessEvent, Credential, WebSession
from selfcare_app.journal import view
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line
from tests.access.clerks import at_desk, looked
from tests.access.delegates import granted, organisation, over, signed
from tests.access.door import SIM, Door


@pytest.mark.security("T16")
def test_a_look_needs_a_reason_and_the_subscriber_reads_it(door: Door) -> None:
    line, actor = door.line(), at_desk(door)
    with pytest.raises(desk_look.NoReason):
        looked(door, actor, line, "curiosity")
    assert door.rows(JournalEntry, line_id=line.id) == []
    looked(door, actor, line, "fraud")
    (kept,) = door.rows(JournalEntry, line_id=line.id)
    assert (kept.actor, kept.actor_name, kept.action) == ("staff", "olga", "found_by_staff")


@pytest.mark.security("T16")
def test_an_employee_looks_up_so_many_lines_a_day(door: Door) -> None:
    actor = at_desk(door)
    for _ in range(door.wires.profile.desk.looks_per_day):
        door.do(desk_look.count_look, actor)
    with pytest.raises(desk_look.LooksOver):
        door.do(desk_look.count_look, actor)


@pytest.mark.security("T16", "asvs_8_2_3")
def test_the_card_shows_how_the_line_stands_and_no_secret(door: Door) -> None:
    line, actor = door.line(), at_desk(door)
    card = door.ask(desk.show, actor, look_id=looked(door, actor, line))
    assert (card.msisdn, card.state, card.access) == (line.msisdn, "active", "open")
    assert not [secret for secret in SIM.values() if secret in repr(card)]
    names = {name for name in dir(card) if not name.startswith("_")}
    assert not names & {"pin1", "puk1", "password_hash", "records", "calls", "balance"}


@pytest.mark.security("S-06", "T16")
def test_a_look_is_its_employees_alone_and_for_half_an_hour(door: Door) -> None:
    line, actor = door.line(), at_desk(door)
    look = looked(door, actor, line)
    another = at_desk(door, "ivan")
    for use_case, named in (
        (desk.show, {}),
        (desk.unlock, {}),
        (desk.end_sessions, {"why": "asked"}),
        (desk.issue_password, {}),
        (desk.close, {"application": "7"}),
        (desk_rights.grant, {"application": "7", "role": "administrator", "over": "client"}),
    ):
        with pytest.raises(desk_look.LookOver):
            door.do(use_case, another, look_id=look, **named)
        with pytest.raises(desk_look.LookOver):
            door.do(use_case, actor, look_id=new_id(), **named)
    door.later(door.wires.profile.desk.look_seconds)
    with pytest.raises(desk_look.LookOver):
        door.do(desk.show, actor, look_id=look)


@pytest.mark.requirement("ISSA-029")
@pytest.mark.security("asvs_7_4_2")
def test_the_operator_closes_and_opens_a_cabinet_on_an_application(door: Door) -> None:
    line, actor = door.line(), at_desk(door)
    inside = door.world.session(line)
    look = looked(door, actor, line, "application")
    with pytest.raises(desk_look.NoApplication):
        door.do(desk.close, actor, look_id=look, application=" ")
    door.do(desk.close, actor, look_id=look, application="17/4")
    assert door.row(Line, line.id).access == "closed_by_operator"
    assert door.row(WebSession, inside.session_id).ended_at == door.now
    with pytest.raises(Fault):
        door.do(closing.open_, inside, line_id=line.id, by="organisation")
    door.do(desk.open_, actor, look_id=look, application="17/5")
    assert door.row(Line, line.id).access == "open"
    acts = [(row.action, row.actor_name) for row in door.rows(JournalEntry, line_id=line.id)]
    assert acts == [("found_by_staff", "olga"), ("access_closed", "olga"), ("access_opened", "olga")]
    kept = [row.details["application"] for row in door.rows(AccessEvent, kind="desk") if "application" in row.details]
    assert kept == ["17/4", "17/5"]


@pytest.mark.security("asvs_7_4_5")
def test_sessions_are_ended_and_a_lock_is_opened(door: Door) -> None:
    line, actor = door.line(), at_desk(door)
    inside = door.world.session(line)
    with door.wires.db.transaction() as session:
        credential = session.get_one(Credential, line.id)
        credential.failed, credential.locked_at = 10, door.now
    look = looked(door, actor, line)
    assert door.ask(desk.show, actor, look_id=look).is_locked
    door.do(desk.unlock, actor, look_id=look)
    assert not door.ask(desk.show, actor, look_id=look).is_locked
    with pytest.raises(desk_look.NoReason):
        door.do(desk.end_sessions, actor, look_id=look, why="")
    assert door.row(WebSession, inside.session_id).ended_at is None
    door.do(desk.end_sessions, actor, look_id=look, why="lost")
    assert door.row(WebSession, inside.session_id).end_reason == "desk"
    told = wiring.ask_now(view.mine, door.world.session(line))
    seen = [(each.action, each.name, each.details.get("reason")) for each in told.items]
    assert seen == [
        ("sessions_ended", "olga", "lost"),
        ("unlocked_by_staff", "olga", None),
        ("found_by_staff", "olga", "request"),
    ]


@pytest.mark.requirement("ISSA-018")
@pytest.mark.security("asvs_6_4_6")
def test_a_temporary_password_goes_to_the_subscriber_alone(door: Door) -> None:
    line, actor = door.line(), at_desk(door)
    assert door.do(desk.issue_password, actor, look_id=looked(door, actor, line)) is None
    sent = [args for key, args in door.messages(line.msisdn) if key == "access.sms.temporary_password"]
    assert len(sent) == 1


@pytest.mark.requirement("ISSA-026", "ISSA-027")
@pytest.mark.parametrize("role", ["administrator", "supervisor"])
def test_roles_of_an_organisation_are_granted_and_taken_on_an_application(door: Door, role: str) -> None:
    lines, actor = organisation(door, lines=2), at_desk(door)
    look = looked(door, actor, lines[0], "application")
    with pytest.raises(desk_look.NoApplication):
        door.do(desk_rights.grant, actor, look_id=look, role=role, over="client", application="")
    second = at_desk(door, "ivan", "confirm")
    assert door.do(desk_rights.grant, actor, look_id=look, role=role, over="client", application="12") is None
    assert door.rows(DelegationGrant) == []
    (waits,) = door.ask(desk_second.waiting, second)
    door.do(desk_second.confirm, second, request_id=waits.id)
    (kept,) = door.rows(DelegationGrant)
    made = kept.id
    assert (kept.role, kept.over, kept.granted_by) == (role, "client", "staff:ivan")
    working = over(door, door.world.session(lines[0]), lines[1])
    assert working.acting is not None
    assert working.acting.role == role
    token = door.do(acting.switch, working, line_id=lines[1].id).token
    (shown,) = door.ask(desk.show, actor, look_id=look).rights
    assert (shown.grant_id, shown.is_held) == (made, True)
    door.do(desk_rights.revoke, actor, look_id=look, grant_id=made, application="13")
    assert signed(door, token) is None
    with pytest.raises(delegation.NoGrant):
        door.do(desk_rights.revoke, actor, look_id=look, grant_id=made, application="13")


@pytest.mark.requirement("ISSA-027")
def test_a_person_gets_no_administrator(door: Door) -> None:
    line, actor = door.line(), at_desk(door)
    look = looked(door, actor, line)
    assert door.ask(desk.show, actor, look_id=look).roles == ()
    for role in ("administrator", "supervisor"):
        with pytest.raises(desk_rights.NotAnOrganisation):
            door.do(desk_rights.grant, actor, look_id=look, role=role, over="client", application="1")
    with pytest.raises(desk_rights.NoSuchRole):
        door.do(desk_rights.grant, actor, look_id=look, role="curator", over="client", application="1")
    organised = looked(door, actor, organisation(door)[0])
    for role, reach in (("own", "client"), ("administrator", "line"), ("", ""), ("administrator", "world")):
        with pytest.raises(desk_rights.NoSuchRole):
            door.do(desk_rights.grant, actor, look_id=organised, role=role, over=reach, application="1")
    assert door.rows(DelegationGrant) == []


@pytest.mark.security("asvs_8_4_1")
def test_a_right_of_strangers_is_not_taken_through_another_line(door: Door) -> None:
    actor = at_desk(door)
    owner, friend, stranger = door.line(), door.line(), door.line()
    made = granted(door, friend, owner)
    with pytest.raises(delegation.NoGrant):
        door.do(desk_rights.revoke, actor, look_id=looked(door, actor, stranger), grant_id=made, application="1")


class TestWithCurators:
    """Where the operator has curators, a group of numbers has one too."""

    @pytest.fixture
    def operator(self) -> str:
        return "assa"

    @pytest.mark.requirement("AS-038", "AS-039")
    @pytest.mark.parametrize("kind", ["person", "organisation"])
    def test_a_group_of_numbers_is_given_a_curator_on_an_application(self, door: Door, kind: str) -> None:
        first = door.line(client_kind=kind)
        second, actor = door.line(account_id=first.account_id), at_desk(door)
        look = looked(door, actor, first)
        assert door.ask(desk.show, actor, look_id=look).roles == ("curator",)
        door.do(desk_rights.grant, actor, look_id=look, role="curator", over="client", application="5")
        working = over(door, door.world.session(first), second)
        assert working.acting is not None
        assert (working.acting.role, working.acting.level) == ("curator", "manage")
