"""Signing in: consecutive failures, delays, lock, known devices, the code for an unknown one."""

from collections.abc import Callable

import pytest

from selfcare_app.access import admission, sign_in, standing
from selfcare_app.access.tables import AccessEvent, Credential
from selfcare_app.access.views import Browser
from selfcare_app.kit.actor import Visitor
from selfcare_app.kit.msisdn import NotANumber
from tests.access.door import Door

DELAYS = [0, 0, 0, 1, 2, 4, 8, 16, 32]


def fail(door: Door, number: str, times: int, actor: Visitor | None = None) -> list[type]:
    """So many wrong passwords, each after the wait that the one before it made."""
    seen = []
    for each in range(times):
        step = door.knock(number, right=False, actor=actor)
        seen.append(type(step.fault))
        door.later(DELAYS[min(each, 8)])
    return seen


@pytest.mark.requirement("ISSA-004", "ISSA-017")
def test_a_right_password_on_an_unknown_device_asks_for_the_code_and_then_lets_in(door: Door) -> None:
    line = door.line()
    step = door.knock(line.msisdn, right=True, browser=Browser(next_path="/number"))
    assert (step.fault, step.entered, step.admitted) == (None, None, True)
    done = door.do(
        sign_in.second_factor,
        attempt=door.do(admission.count_try, purpose="sign_in", admission_token=step.token),
        code=door.code(line.msisdn),
        browser=Browser(admission_token=step.token),
        remember=True,
    )
    assert done.fault is None
    assert done.entered.line_id == line.id
    assert done.entered.next_path == "/number"
    assert done.entered.device_token


@pytest.mark.requirement("ISSA-004")
def test_a_device_that_was_remembered_needs_the_password_alone(door: Door) -> None:
    line = door.line()
    value = door.device(line)
    step = door.knock(line.msisdn, right=True, actor=door.on(value), browser=Browser(device_token=value))
    assert step.entered is not None
    assert step.entered.device_token == value
    assert door.messages(line.msisdn) == []


def test_a_device_that_was_not_to_be_remembered_is_asked_again(door: Door) -> None:
    line = door.line()
    step = door.knock(line.msisdn, right=True)
    done = door.do(
        sign_in.second_factor,
        attempt=door.do(admission.count_try, purpose="sign_in", admission_token=step.token),
        code=door.code(line.msisdn),
        browser=Browser(admission_token=step.token),
        remember=False,
    )
    assert done.entered.device_token == ""


def test_a_device_known_to_one_line_is_unknown_to_another(door: Door) -> None:
    mine, other = door.line(), door.line()
    value = door.device(mine)
    assert door.knock(other.msisdn, right=True, actor=door.on(value)).admitted


def test_a_forged_device_cookie_never_becomes_a_key(door: Door) -> None:
    line = door.line()
    step = door.knock(line.msisdn, right=True)
    done = door.do(
        sign_in.second_factor,
        attempt=door.do(admission.count_try, purpose="sign_in", admission_token=step.token),
        code=door.code(line.msisdn),
        browser=Browser(admission_token=step.token, device_token="chosen-by-the-visitor"),
        remember=True,
    )
    assert done.entered.device_token != "chosen-by-the-visitor"


@pytest.mark.requirement("ISSA-004")
def test_a_known_device_that_has_run_out_is_unknown(door: Door) -> None:
    line = door.line()
    value = door.device(line)
    door.later(90 * 86_400 - 1)
    assert door.knock(line.msisdn, right=True, actor=door.on(value)).entered
    value = door.device(line)
    door.later(90 * 86_400)
    assert door.knock(line.msisdn, right=True, actor=door.on(value)).admitted


@pytest.mark.requirement("AS-017", "AS-018")
@pytest.mark.security("asvs_6_3_1")
def test_what_is_left_shows_from_the_fifth_failure_and_the_tenth_locks(door: Door) -> None:
    line = door.line()
    seen = fail(door, line.msisdn, 10)
    assert seen == [sign_in.WrongPassword] * 4 + [sign_in.AttemptsLeft] * 5 + [sign_in.Locked]
    assert isinstance(door.knock(line.msisdn, right=True).fault, sign_in.Locked)
    door.later(30 * 86_400)
    assert isinstance(door.knock(line.msisdn, right=True).fault, sign_in.Locked)


def test_the_number_of_tries_left_is_told_exactly(door: Door) -> None:
    line = door.line()
    lefts = []
    for each in range(9):
        fault = door.knock(line.msisdn, right=False).fault
        lefts.append(fault.params.get("left") if fault else None)
        door.later(DELAYS[each])
    assert lefts == [None] * 4 + [5, 4, 3, 2, 1]


def test_a_right_password_before_the_lock_starts_the_count_anew(door: Door) -> None:
    line = door.line()
    fail(door, line.msisdn, 9)
    assert door.knock(line.msisdn, right=True).admitted
    assert door.row(Credential, line.id).failed == 0
    assert fail(door, line.msisdn, 1) == [sign_in.WrongPassword]


def test_each_failure_waits_as_the_profile_says_to_the_second(door: Door) -> None:
    line = door.line()
    for delay in DELAYS:
        assert not isinstance(door.knock(line.msisdn, right=False).fault, sign_in.TooSoon)
        if not delay:
            continue
        door.later(delay - 0.001)
        early = door.knock(line.msisdn, right=True)
        assert isinstance(early.fault, sign_in.TooSoon)
        assert early.fault.params == {"seconds": 1}
        door.later(0.001)


@pytest.mark.security("asvs_6_1_1", "R18", "T12")
def test_a_lock_made_by_a_stranger_does_not_stop_the_owner_on_a_known_device(door: Door) -> None:
    line = door.line()
    value = door.device(line)
    stranger = Visitor(address="203.0.113.9")
    fail(door, line.msisdn, 10, stranger)
    assert door.knock(line.msisdn, right=True, actor=door.on(value)).entered is not None
    # The owner's success does not renew the stranger's budget.
    assert isinstance(door.knock(line.msisdn, right=True, actor=stranger).fault, sign_in.Locked)


def test_a_known_device_has_ten_of_its_own_and_they_lock_nobody_else(door: Door) -> None:
    line = door.line()
    value = door.device(line)
    seen = fail(door, line.msisdn, 10, door.on(value))
    assert seen[-1] is sign_in.Locked
    assert isinstance(door.knock(line.msisdn, right=True, actor=door.on(value)).fault, sign_in.Locked)
    assert door.knock(line.msisdn, right=True).admitted
    assert door.messages(line.msisdn)[0][0] == "access.sms.code_sign_in"


def test_changing_the_address_does_not_renew_the_tries_on_one_number(door: Door) -> None:
    line = door.line()
    for each in range(10):
        door.knock(line.msisdn, right=False, actor=Visitor(address=f"203.0.{each}.1"))
        door.later(32)
    assert isinstance(door.knock(line.msisdn, right=True, actor=Visitor(address="192.0.2.1")).fault, sign_in.Locked)


def test_the_owner_hears_of_a_lock_once_a_day(door: Door) -> None:
    line = door.line()
    fail(door, line.msisdn, 10)
    for _ in range(3):
        door.knock(line.msisdn, right=False)
    assert [key for key, _ in door.messages(line.msisdn)] == ["access.sms.locked"]


@pytest.mark.security("asvs_6_3_1")
def test_one_password_over_many_numbers_is_stopped_for_the_network(door: Door) -> None:
    lines = [door.line() for _ in range(27)]
    faults = [
        door.knock(line.msisdn, right=False, actor=Visitor(address=f"203.0.113.{at}")).fault
        for at, line in enumerate(lines)
    ]
    stopped = [isinstance(fault, sign_in.NetworkOff) for fault in faults]
    assert stopped == [False] * 25 + [True] * 2
    # Another network, and a known device in this one, are not touched.
    assert door.knock(lines[26].msisdn, right=True, actor=Visitor(address="198.51.100.1")).admitted
    value = door.device(lines[26])
    assert door.knock(lines[26].msisdn, right=True, actor=door.on(value, "203.0.113.200")).entered


def test_people_behind_one_address_who_sign_in_do_not_use_up_the_network(door: Door) -> None:
    for _ in range(30):
        line = door.line()
        value = door.device(line)
        assert door.knock(line.msisdn, right=True, actor=Visitor(address="203.0.113.5")).admitted
        assert door.knock(line.msisdn, right=True, actor=door.on(value, "203.0.113.5")).entered


@pytest.mark.requirement("AS-016")
@pytest.mark.parametrize("access", ["closed_by_subscriber", "closed_by_organisation", "closed_by_operator"])
def test_a_closed_cabinet_is_told_to_whoever_knows_the_password_and_to_nobody_else(door: Door, access: str) -> None:
    line = door.line(access=access)
    assert isinstance(door.knock(line.msisdn, right=False).fault, sign_in.WrongPassword)
    closed = door.knock(line.msisdn, right=True).fault
    assert isinstance(closed, standing.AccessClosed)
    assert closed.params["by"] == {"$text": f"access.{access}"}
    assert door.messages(line.msisdn) == []


@pytest.mark.parametrize("state", ["active", "paused", "blocked"])
def test_a_line_out_of_service_still_signs_in(door: Door, state: str) -> None:
    assert door.knock(door.line(state=state).msisdn, right=True).admitted


def test_a_closed_line_is_unknown(door: Door) -> None:
    assert isinstance(door.knock(door.line(state="closed").msisdn, right=True).fault, standing.Unknown)


@pytest.mark.requirement("AS-015")
def test_a_number_without_a_password_is_sent_to_registration(door: Door) -> None:
    assert isinstance(door.knock(door.line(secret=None).msisdn, right=True).fault, standing.NotRegistered)


@pytest.mark.parametrize("typed", ["", "12", "+7 912 345-67-89", "telephone", "٣٧٥", "29" * 30])
def test_what_is_no_number_is_answered_with_an_example(door: Door, typed: str) -> None:
    with pytest.raises(NotANumber) as refused:
        door.do(sign_in.claim, number=typed)
    assert refused.value.params == {"example": door.world.profile.numbering.input_hint}


@pytest.mark.parametrize(
    "spell",
    [
        lambda n: n,
        lambda n: f"+{n}",
        lambda n: f"80 {n[3:5]} {n[5:]}",
        lambda n: n[3:],
        lambda n: f"+375 ({n[3:5]}) {n[5:8]}-{n[8:]}",
    ],
)
def test_a_number_is_the_same_in_every_spelling(door: Door, spell: Callable[[str], str]) -> None:
    line = door.line()
    assert door.do(sign_in.claim, number=spell(line.msisdn)).line_id == line.id


@pytest.mark.parametrize("operator", ["assa"])
@pytest.mark.requirement("AS-015", "AS-017", "AS-018")
def test_the_operators_own_error_codes_stand_in_the_sentences(door: Door) -> None:
    unregistered, line = door.line(secret=None), door.line()
    marks = [door.knock(unregistered.msisdn, right=True).fault.params["mark"]]
    for each in range(5):
        marks.append(door.knock(line.msisdn, right=False).fault.params["mark"])
        door.later(DELAYS[each])
    assert marks == [" (0610)", " (0630)", " (0630)", " (0630)", " (0630)", " (0631)"]


def test_the_journal_keeps_what_happened_at_the_door(door: Door) -> None:
    line = door.line()
    fail(door, line.msisdn, 10)
    rows = door.rows(AccessEvent, line_id=line.id)
    assert [(row.kind, row.outcome) for row in rows] == [("sign_in", "wrong")] * 10 + [("sign_in", "locked")]
    assert all(row.address == "198.51.100.7" for row in rows[:10])
