"""How often codes are sent and may be wrong: per number, per day, whatever is sent between."""

from datetime import timedelta

import pytest

from selfcare_app.access import code, one_time_code
from selfcare_app.kit.actor import Subscriber
from selfcare_app.subscribers.tables import Line
from tests.access.door import Door, other

CDR = {"purpose": "call_detail"}
ACT = {"purpose": "number_change", "digest": "draft-1"}


@pytest.fixture
def line(door: Door) -> Line:
    return door.line()


@pytest.fixture
def actor(door: Door, line: Line) -> Subscriber:
    return door.world.session(line)


def faults(door: Door, actor: Subscriber, times: int, typed: str, **act: str) -> list[type]:
    return [type(door.do(code.prove, actor, **act, code=typed).fault) for _ in range(times)]


@pytest.mark.requirement("ISSA-009")
def test_another_code_can_be_asked_for_after_180_seconds_and_not_before(
    door: Door, actor: Subscriber, line: Line
) -> None:
    door.do(code.send, actor, **CDR)
    assert door.ask(code.state, actor, **CDR).resend_at == door.now + timedelta(seconds=180)
    door.later(179)
    with pytest.raises(one_time_code.Wait) as wait:
        door.do(code.send, actor, **CDR)
    assert wait.value.params["seconds"] == 1
    door.later(1)
    assert door.ask(code.state, actor, **CDR).resend_at is None
    door.do(code.send, actor, **CDR)
    assert len(door.messages(line.msisdn)) == 2


@pytest.mark.requirement("ISSA-009")
def test_a_second_session_does_not_shorten_the_wait(door: Door, actor: Subscriber, line: Line) -> None:
    door.do(code.send, actor, **CDR)
    with pytest.raises(one_time_code.Wait):
        door.do(code.send, door.world.session(line), **CDR)


def test_a_new_code_puts_the_old_one_out_of_use(door: Door, actor: Subscriber, line: Line) -> None:
    door.do(code.send, actor, **CDR)
    old = door.code(line.msisdn)
    door.later(180)
    door.do(code.send, actor, **CDR)
    assert old == door.code(line.msisdn) or isinstance(
        door.do(code.prove, actor, **CDR, code=old).fault, one_time_code.Wrong
    )


@pytest.mark.security("asvs_6_6_3", "T3")
def test_ten_wrong_codes_in_a_day_turn_codes_off_whatever_is_sent_between(
    door: Door, actor: Subscriber, line: Line
) -> None:
    began = door.now
    for _ in range(2):
        door.do(code.send, actor, **CDR)
        assert set(faults(door, actor, 5, other(door.code(line.msisdn)), **CDR)) <= {
            one_time_code.Wrong,
            one_time_code.Spent,
        }
        door.later(180)
    with pytest.raises(one_time_code.Off) as off:
        door.do(code.send, actor, **CDR)
    assert off.value.params["until"] == began + timedelta(days=1)
    door.later(86_400 - 361)
    with pytest.raises(one_time_code.Off):
        door.do(code.send, actor, **CDR)
    door.later(1)
    door.do(code.send, actor, **CDR)


@pytest.mark.security("asvs_6_6_3")
def test_the_eleventh_wrong_code_is_not_compared_even_if_two_codes_are_live(
    door: Door, actor: Subscriber, line: Line
) -> None:
    door.do(code.send, actor, **CDR)
    door.do(code.send, actor, **ACT)
    door.do(code.send, actor, purpose="sim_secrets")
    wrong = other(door.code(line.msisdn))
    while wrong in {args.get("code") for _, args in door.messages(line.msisdn)}:
        wrong = other(wrong)
    faults(door, actor, 5, wrong, **CDR)
    faults(door, actor, 5, wrong, **ACT)
    assert isinstance(
        door.do(code.prove, actor, purpose="sim_secrets", code=door.code(line.msisdn)).fault, one_time_code.Off
    )


def test_a_right_code_does_not_count_among_the_wrong_ones(door: Door, actor: Subscriber, line: Line) -> None:
    for _ in range(3):
        for _ in range(4):
            door.do(code.send, actor, **CDR)
            assert door.do(code.prove, actor, **CDR, code=door.code(line.msisdn)).proof
            door.later(900)
        door.later(86_400)
        actor = door.world.session(line)


@pytest.mark.security("asvs_2_4_1", "T14")
def test_five_codes_an_hour_and_ten_a_day_are_sent_to_a_number(door: Door, actor: Subscriber, line: Line) -> None:
    began = door.now
    for each in range(10):
        door.do(code.send, actor, **CDR)
        door.later(180)
        if each == 4:
            with pytest.raises(one_time_code.SendsOver) as over:
                door.do(code.send, actor, **CDR)
            assert over.value.params["until"] == began + timedelta(hours=1)
            door.now = began + timedelta(hours=1)
    door.now = began + timedelta(hours=3)
    with pytest.raises(one_time_code.SendsOver) as over:
        door.do(code.send, actor, **CDR)
    assert over.value.params["until"] == began + timedelta(days=1)
    assert len(door.messages(line.msisdn)) == 10
    door.now = began + timedelta(days=1)
    door.do(code.send, actor, **CDR)
