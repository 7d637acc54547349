"""The lines of one sign-in: found, listed, and another number of the same person added."""

import pytest

from selfcare_app.access import acting, delegation, one_time_code, own_number, subjects
from selfcare_app.access.delegation_tables import DelegationGrant
from selfcare_app.access.tables import OneTimeCode
from selfcare_app.kit.actor import OwnOnly, Subscriber
from selfcare_app.subscribers.tables import Line
from tests.access.delegates import granted, organisation, over
from tests.access.door import Door, other


def administrator(door: Door, lines: int = 3, role: str = "administrator") -> tuple[Subscriber, list[Line]]:
    found = organisation(door, lines=lines)
    granted(door, found[0], found[1], role=role, over="account", over_id=found[0].account_id)
    return door.world.session(found[0]), found


def numbers(door: Door, actor: Subscriber, typed: str = "") -> list[str]:
    return [str(each.msisdn) for each in door.ask(subjects.find, actor, number=typed).items]


@pytest.mark.requirement("ADM-018", "ISSA-026", "ISSA-028")
@pytest.mark.parametrize("role", ["administrator", "supervisor"])
def test_an_administrator_finds_all_lines_of_his_organisation(door: Door, role: str) -> None:
    actor, lines = administrator(door, role=role)
    organisation(door)
    page = door.ask(subjects.find, actor)
    assert [each.line_id for each in page.items] == [line.id for line in lines]
    assert [(each.is_own, each.role) for each in page.items] == [(True, ""), (False, role), (False, role)]
    assert page.next is None


@pytest.mark.requirement("ADM-018", "ADM-019", "ADM-020")
def test_lines_are_found_by_a_number_a_part_or_a_mask(door: Door) -> None:
    actor, lines = administrator(door)
    last = str(lines[2].msisdn)
    national = last.removeprefix("375")
    assert numbers(door, actor, last) == [last]
    assert numbers(door, actor, f"+375 {national[:2]} {national[2:]}") == [last]
    assert numbers(door, actor, national[-4:]) == [last]
    assert numbers(door, actor, f"{national[:2]}%{national[-3:]}") == [last]
    assert numbers(door, actor, f"{national[:-1]}_")[-1:] == [last]
    assert numbers(door, actor, "%0000") == []


@pytest.mark.security("asvs_1_2_4")
@pytest.mark.parametrize("typed", ["x", "29'; DROP TABLE line --", "1" * 21, "\\%", "１２a"])
def test_a_mask_is_digits_and_two_signs(door: Door, typed: str) -> None:
    actor, _ = administrator(door)
    with pytest.raises(subjects.BadMask):
        door.ask(subjects.find, actor, number=typed)


def test_many_lines_come_a_page_at_a_time(door: Door) -> None:
    actor, lines = administrator(door, lines=subjects.PAGE_SIZE + 3)
    first = door.ask(subjects.find, actor)
    assert first.next is not None
    second = door.ask(subjects.find, actor, cursor=first.next)
    found = [each.line_id for each in (*first.items, *second.items)]
    assert sorted(found) == sorted(line.id for line in lines)
    assert second.next is None
    assert door.ask(subjects.find, actor, cursor="nonsense").items == first.items[1:]


@pytest.mark.security("asvs_8_4_1", "T18")
def test_a_delegate_lists_his_own_rights_and_nobody_elses(door: Door) -> None:
    actor, lines = administrator(door)
    friend = door.line()
    granted(door, friend, lines[0])
    working = over(door, door.world.session(friend), lines[0])
    assert [each.line_id for each in door.ask(subjects.find, working).items] == [friend.id, lines[0].id]
    assert len(door.ask(subjects.find, actor).items) == 3


def test_a_line_that_left_the_organisation_is_out_of_reach(door: Door) -> None:
    actor, lines = administrator(door)
    elsewhere = door.line()
    with door.wires.db.transaction() as session:
        moved = session.get_one(Line, lines[2].id)
        moved.account_id = elsewhere.account_id
    assert [each.line_id for each in door.ask(subjects.find, actor).items] == [lines[0].id, lines[1].id]
    with pytest.raises(acting.NoSuchSubject):
        door.do(acting.switch, actor, line_id=lines[2].id)
    # And an administrator who left it reaches none of its lines.
    with door.wires.db.transaction() as session:
        session.get_one(Line, lines[0].id).account_id = elsewhere.account_id
    assert [each.line_id for each in door.ask(subjects.find, actor).items] == [lines[0].id]


def test_another_number_of_one_person_is_added_by_a_code_to_it(door: Door) -> None:
    mine = door.line()
    second = door.line(account_id=mine.account_id)
    actor = door.world.session(mine)
    assert door.do(own_number.send, actor, number=second.msisdn) == second.msisdn
    sent = door.code(second.msisdn)
    wrong = door.do(own_number.count, actor, number=second.msisdn)
    refused = door.do(own_number.settle, actor, number=second.msisdn, attempt=wrong, typed=other(sent))
    assert isinstance(refused.fault, one_time_code.Wrong)
    assert door.rows(DelegationGrant) == []
    attempt = door.do(own_number.count, actor, number=second.msisdn)
    assert door.do(own_number.settle, actor, number=second.msisdn, attempt=attempt, typed=sent).fault is None
    (kept,) = door.rows(DelegationGrant)
    assert (kept.role, kept.delegate_line_id, kept.over_id) == ("own", mine.id, second.id)
    assert over(door, actor, second).line_id == second.id
    assert "alarm.delegate_granted" in [key for key, _ in door.messages(second.msisdn)]
    with pytest.raises(delegation.Already):
        door.do(own_number.send, door.world.session(mine), number=second.msisdn)


@pytest.mark.security("asvs_8_4_1", "asvs_6_3_8")
def test_only_a_number_of_the_same_person_is_sent_a_code(door: Door) -> None:
    mine = door.line()
    strange, paused = door.line(), door.line(account_id=mine.account_id, state="paused")
    worker, colleague = organisation(door)
    actor = door.world.session(mine)
    unknown = str(mine.msisdn)[:-4] + "9999"
    for who, number in (
        (actor, strange.msisdn),
        (actor, paused.msisdn),
        (actor, unknown),
        (actor, mine.msisdn),
        (door.world.session(worker), colleague.msisdn),
    ):
        with pytest.raises(own_number.NotYours):
            door.do(own_number.send, who, number=number)
    assert door.rows(OneTimeCode) == []


@pytest.mark.security("T18")
def test_a_delegate_adds_no_numbers(door: Door) -> None:
    owner, friend = door.line(), door.line()
    second = door.line(account_id=owner.account_id)
    granted(door, friend, owner)
    working = over(door, door.world.session(friend), owner)
    with pytest.raises(OwnOnly):
        door.do(own_number.send, working, number=second.msisdn)
