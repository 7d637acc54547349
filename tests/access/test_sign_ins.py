"""The list of sign-ins: what stands in it, for whom, page by page."""

from typing import Any

import pytest

from selfcare_app.access import sign_ins
from selfcare_app.access.tables import AccessEvent
from selfcare_app.kit.actor import Acting, OwnOnly, Subscriber, Visitor
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.page import Page
from selfcare_app.subscribers.tables import Line
from tests.access.door import Door

pytestmark = pytest.mark.parametrize("operator", ["issa", "ihelper", "assa"])


def listed(door: Door, actor: Subscriber, cursor: str = "") -> Page[sign_ins.SignIn]:
    with door.wires.db.snapshot() as session:
        return sign_ins.list_own(session, actor, cursor=cursor)


def somebody(door: Door) -> tuple[Line, Subscriber]:
    line = door.line()
    return line, door.world.session(line)


@pytest.mark.requirement("AS-035")
def test_time_address_and_result_of_every_attempt_are_listed(door: Door) -> None:
    line, actor = somebody(door)
    near, far = door.on(door.device(line), "198.51.100.7"), Visitor(address="203.0.113.5")
    wrong_at = door.now
    door.knock(line.msisdn, right=False, actor=far)
    asked_at = door.later(60)
    door.knock(line.msisdn, right=True, actor=far)
    entered_at = door.later(60)
    step = door.knock(line.msisdn, right=True, actor=near)
    mine = Subscriber(line.id, step.entered.session_id)
    found = [(each.at, each.address, each.result, each.succeeded, each.is_own) for each in listed(door, mine).items]
    assert found == [
        (entered_at, "198.51.100.7", "signed_in", True, True),
        (asked_at, "203.0.113.5", "code_asked", False, False),
        (wrong_at, "203.0.113.5", "wrong_password", False, False),
    ]
    assert not [each for each in listed(door, actor).items if each.is_own]


@pytest.mark.requirement("AS-035")
def test_a_lock_is_listed(door: Door) -> None:
    line, actor = somebody(door)
    for _ in range(door.world.profile.lockout.attempts):
        door.knock(line.msisdn, right=False)
        door.later(60)
    results = [each.result for each in listed(door, actor).items]
    assert results.count("wrong_password") == door.world.profile.lockout.attempts
    assert results.count("locked") == 1


@pytest.mark.security("S-06")
def test_only_the_own_line_is_listed(door: Door) -> None:
    line, _ = somebody(door)
    door.knock(line.msisdn, right=False)
    _, other = somebody(door)
    assert listed(door, other).items == ()


@pytest.mark.security("T18")
def test_who_works_for_another_sees_none_of_it(door: Door) -> None:
    line, actor = somebody(door)
    curator = Subscriber(line.id, actor.session_id, acting=Acting(door.line().id, "curator", "manage"))
    with pytest.raises(OwnOnly):
        listed(door, curator)


def fill(door: Door, line: Line, rows: int, **columns: Any) -> None:
    with door.wires.db.transaction() as session:
        for _ in range(rows):
            values: dict[str, Any] = {"kind": "sign_in", "outcome": "wrong", "at": door.now} | columns
            session.add(AccessEvent(id=new_id(), line_id=line.id, address="203.0.113.5", **values))


def test_pages_show_every_row_once(door: Door) -> None:
    line, actor = somebody(door)
    rows = 2 * sign_ins.PAGE_SIZE + 1
    fill(door, line, rows)
    seen, cursor, pages = [], "", 0
    while True:
        page = listed(door, actor, cursor)
        seen += page.items
        pages += 1
        cursor = page.next or ""
        if not cursor:
            break
    assert (len(seen), pages) == (rows, 3)


def test_other_events_of_the_door_are_not_sign_ins(door: Door) -> None:
    line, actor = somebody(door)
    fill(door, line, 1, kind="code", outcome="sent")
    assert listed(door, actor).items == ()


@pytest.mark.security("S-05")
@pytest.mark.parametrize("cursor", ["x", "!!!!", "MTox", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5Onh4", "é"])
def test_what_is_no_cursor_begins_at_the_newest(door: Door, cursor: str) -> None:
    line, actor = somebody(door)
    fill(door, line, 1)
    assert len(listed(door, actor, cursor).items) == 1
