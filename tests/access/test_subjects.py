"""The lines of one sign-in: found, listed, and another number of the same person added."""

from uuid import UUID

import pytest

from selfcare_app.access import acting, delegation, one_time_code, own_number, subjects
from selfcare_app.access.delegation_tables import DelegationGrant
from selfcare_app.access.tables import OneTimeCode, WebSession
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.actor import OwnOnly, Subscriber
from selfcare_app.kit.ids import new_id
from selfcare_app.ledger import organisation as ledger_organisation
from selfcare_app.subscribers.tables import Account, Client, Line
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


def on_another_account(door: Door, client: UUID) -> Line:
    line = door.line()
    with door.wires.db.transaction() as session:
        session.get_one(Account, line.account_id).client_id = client
    return line


@pytest.mark.requirement("ADM-018")
def test_lines_of_one_account_are_shown_alone(door: Door) -> None:
    actor, lines = administrator(door)
    client = door.row(Account, lines[0].account_id).client_id
    other = on_another_account(door, client)
    granted(door, lines[0], lines[1], role="administrator", over="client", over_id=client)
    kept = door.ask(subjects.accounts, actor)
    assert {each.id for each in kept} == {lines[0].account_id, other.account_id}
    shown = door.ask(subjects.find, actor, account=str(other.account_id))
    assert [each.line_id for each in shown.items] == [other.id]
    foreign = organisation(door)[0]
    assert door.ask(subjects.find, actor, account=str(foreign.account_id)).items == ()


@pytest.mark.requirement("ADM-001", "ADM-002")
@pytest.mark.security("T18", "asvs_8_2_2")
def test_the_organisation_is_its_keepers_to_see(door: Door) -> None:
    actor, lines = administrator(door)
    seen = door.ask(ledger_organisation.read, actor)
    account = door.row(Account, lines[0].account_id)
    assert seen.name == door.row(Client, account.client_id).name
    assert [(each.number, each.lines) for each in seen.accounts] == [(account.number, 3)]
    assert (seen.lines, seen.closed) == (3, 0)
    on_another_account(door, account.client_id)
    assert len(door.ask(ledger_organisation.read, actor).accounts) == 1, "a right over one account shows that one"
    curator, friend = door.line(), door.line()
    granted(door, friend, curator)
    plain = door.world.session(lines[1])
    for nobody in (plain, door.world.session(friend), door.world.session(curator)):
        assert door.ask(subjects.is_keeper, nobody) is False
        assert door.ask(subjects.accounts, nobody) == ()
        with pytest.raises(subjects.NotAKeeper):
            door.ask(ledger_organisation.read, nobody)
    assert door.ask(ledger_organisation.read, over(door, actor, lines[1])).name == seen.name
    door.later(delegation.LASTS.total_seconds())
    with pytest.raises(subjects.NotAKeeper):
        door.ask(ledger_organisation.read, actor)


@pytest.mark.requirement("ISSA-029", "ISSA-030")
@pytest.mark.security("T18", "asvs_7_4_2")
def test_a_selection_is_closed_and_opened_and_each_line_hears_of_it(door: Door) -> None:
    actor, lines = administrator(door, lines=4)
    ids = [line.id for line in lines[1:]]
    inside = door.world.session(lines[1])
    door.do(subjects.close, actor, line_id=ids[2])
    assert door.do(subjects.close_some, actor, line_ids=ids) == subjects.Changed(2, 1)
    assert {door.row(Line, each).access for each in ids} == {"closed_by_organisation"}
    assert door.row(WebSession, inside.session_id).end_reason == "closed"
    door.do(subjects.open_, actor, line_id=ids[0])
    assert door.do(subjects.open_some, actor, line_ids=[*ids, ids[1]]) == subjects.Changed(2, 1)
    assert [door.row(Line, each).access for each in ids] == ["open", "open", "open"]
    acts = [(row.action, row.actor, row.role) for row in door.rows(JournalEntry, line_id=ids[1])]
    assert acts == [("access_closed", "delegate", "administrator"), ("access_opened", "delegate", "administrator")]


@pytest.mark.security("T18", "S-06", "asvs_8_2_2")
def test_one_foreign_line_in_a_selection_stops_it_all(door: Door) -> None:
    actor, lines = administrator(door)
    foreign = organisation(door)[0]
    for ids in ([lines[1].id, foreign.id], [lines[1].id, lines[0].id]):
        with pytest.raises(acting.NoSuchSubject):
            door.do(subjects.close_some, actor, line_ids=ids)
    assert {door.row(Line, each.id).access for each in (*lines, foreign)} == {"open"}
    with pytest.raises(subjects.TooManySelected):
        door.do(subjects.close_some, actor, line_ids=[new_id() for _ in range(subjects.SELECTED + 1)])
