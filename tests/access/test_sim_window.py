"""After a SIM change: nothing by its code for a day, half of it till the third, and a passkey that is older as ever."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from selfcare_app.access import code, one_time_code, sim_window
from selfcare_app.access.tables import Credential, WebSession
from selfcare_app.kit.actor import Subscriber
from selfcare_app.numbers import hold
from selfcare_app.subscribers.tables import Line
from tests.access.door import Door
from tests.access.engines import settings  # noqa: F401 - a fixture
from tests.access.test_passkey import Owner, Phone, added, owner  # noqa: F401 - a fixture
from tests.access.test_passkey_proof import ACT, proven

DAY = timedelta(days=1)
FIRST, SECOND, AFTER = timedelta(hours=23), timedelta(hours=25), timedelta(hours=72)


def change_sim(door: Door, line: Line, ago: timedelta, *, password_ago: timedelta | None = None) -> None:
    """The line's SIM is so old, and its password older (or so old)."""
    with door.wires.db.transaction() as session:
        session.get_one(Line, line.id).sim_changed_at = door.now - ago
        session.get_one(Credential, line.id).set_at = door.now - (password_ago or ago + DAY)


def factor(door: Door, actor: Subscriber) -> Fraction:
    with door.wires.db.snapshot() as session:
        return sim_window.limits_factor(session, line_id=actor.line_id, session_id=actor.session_id, now=door.now)


def entered_by(door: Door, actor: Subscriber, method: str) -> None:
    with door.wires.db.transaction() as session:
        session.get_one(WebSession, actor.session_id).method = method


@pytest.mark.security("T5")
@pytest.mark.parametrize(("ago", "part"), [(FIRST, 0), (SECOND, Fraction(1, 2)), (AFTER, 1), (None, 1)])
def test_what_part_of_its_limits_a_line_has(door: Door, ago: timedelta | None, part: Any) -> None:
    line = door.line()
    if ago is not None:
        change_sim(door, line, ago)
    assert factor(door, door.world.session(line)) == part


@pytest.mark.security("T5")
def test_on_the_second_day_a_code_counts_beside_an_older_password(door: Door) -> None:
    line = door.line()
    actor = door.world.session(line)
    change_sim(door, line, SECOND)
    assert door.do(code.send, actor, **ACT).sent_at == door.now


@pytest.mark.security("T5")
@pytest.mark.parametrize(
    ("method", "password_ago"),
    [
        pytest.param("recover", None, id="who came in by the code alone"),
        pytest.param("password", timedelta(hours=1), id="whose password came after the SIM"),
    ],
)
def test_on_the_second_day_a_code_alone_moves_nothing(door: Door, method: str, password_ago: timedelta | None) -> None:
    line = door.line()
    actor = door.world.session(line)
    change_sim(door, line, SECOND, password_ago=password_ago)
    entered_by(door, actor, method)
    with pytest.raises(sim_window.SimChanged) as refused:
        door.do(code.send, actor, **ACT)
    assert refused.value.params["until"] == door.now - SECOND + timedelta(days=3)
    assert door.do(code.send, actor, purpose="call_detail").sent_at == door.now
    door.later((AFTER - SECOND).total_seconds())
    assert door.do(code.send, actor, **ACT).sent_at == door.now


@pytest.mark.security("T5", "T14")
def test_on_the_second_day_half_as_many_codes_are_sent(door: Door) -> None:
    line, rule = door.line(), door.wires.profile.code
    actor = door.world.session(line)
    change_sim(door, line, SECOND)
    for _ in range(rule.sends_per_hour // 2):
        door.do(code.send, actor, purpose="call_detail")
        door.later(rule.resend_seconds)
    with pytest.raises(one_time_code.SendsOver):
        door.do(code.send, actor, purpose="call_detail")


@pytest.mark.security("T5")
def test_a_session_by_an_older_passkey_has_all(door: Door, owner: Owner) -> None:  # noqa: F811
    line, actor, phone = owner
    entered_by(door, actor, "passkey")
    door.later(60)
    change_sim(door, line, timedelta())
    assert factor(door, actor) == 1
    assert proven(door, actor, phone)
    door.later(60)
    added(door, actor, Phone())
    assert factor(door, actor) == 0, "one that came after the SIM makes them all doubtful"


@pytest.mark.security("T5")
def test_a_passkey_that_came_after_the_sim_proves_no_more_than_its_code(door: Door) -> None:
    line, late = door.line(), Phone()
    actor = door.world.session(line)
    change_sim(door, line, timedelta(hours=1))
    added(door, actor, late)
    with pytest.raises(sim_window.SimChanged):
        proven(door, actor, late)
    door.later(AFTER.total_seconds())
    assert proven(door, actor, late)


@pytest.mark.security("T5")
def test_on_the_second_day_half_as_many_numbers_are_held(door: Door) -> None:
    from selfcare_app.numbers.tables import PoolNumber

    rule = door.wires.profile.number_change
    assert rule is not None
    numbers = [f"37529100090{n}" for n in range(rule.holds_per_session)]
    with door.wires.db.transaction() as session:
        session.add_all(PoolNumber(number=int(number), category=5, state=0) for number in numbers)
    line = door.line()
    actor = door.world.session(line)
    change_sim(door, line, SECOND)
    for number in numbers[: rule.holds_per_session // 2]:
        door.do(hold.hold, actor, number=number)
    with pytest.raises(hold.TooManyHolds) as refused:
        door.do(hold.hold, actor, number=numbers[-1])
    assert refused.value.params["limit"] == rule.holds_per_session // 2


@pytest.mark.parametrize(("limit", "half"), [(10, 5), (5, 2), (3, 1), (1, 1)])
def test_half_of_a_count_is_one_at_least(limit: int, half: int) -> None:
    assert sim_window.halved(limit, sim_window.HALF) == half
    assert sim_window.halved(limit, sim_window.FULL) == limit
