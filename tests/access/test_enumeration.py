"""How much is told about numbers: the truth within a budget, one answer for all after it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfcare_app.access import recover, register, rules, sign_in, standing
from selfcare_app.access.views import Browser
from selfcare_app.kit.actor import Visitor
from selfcare_app.operators.schema.access import Enumeration
from selfcare_app.operators.schema.vocabulary import EnumerationMode
from tests.access.door import Door

NOBODY = [f"3752999990{at:02d}" for at in range(12)]


def spend(door: Door, actor: Visitor | None = None) -> None:
    for number in NOBODY[:5]:
        assert isinstance(door.knock(number, right=False, actor=actor).fault, standing.Unknown)


def shape(door: Door, number: str, actor: Visitor | None = None) -> tuple[type | None, dict[str, object]]:
    fault = door.knock(number, right=False, actor=actor).fault
    return type(fault), fault.params if fault else {}


@pytest.mark.security("asvs_6_3_8", "T13")
def test_after_five_unknown_numbers_every_failure_is_the_same(door: Door) -> None:
    known, closed, unregistered = door.line(), door.line(access="closed_by_operator"), door.line(secret=None)
    spend(door)
    answers = [
        shape(door, number) for number in (NOBODY[6], known.msisdn, closed.msisdn, unregistered.msisdn, "375251234567")
    ]
    assert answers == [(sign_in.WrongPassword, {"mark": ""})] * 5


@pytest.mark.security("asvs_6_3_8")
def test_counts_and_locks_are_not_told_then_but_they_hold(door: Door) -> None:
    line = door.line()
    spend(door)
    for _ in range(12):
        assert shape(door, line.msisdn) == (sign_in.WrongPassword, {"mark": ""})
        door.later(32)
    assert shape(door, line.msisdn) == (sign_in.WrongPassword, {"mark": ""})
    assert door.knock(line.msisdn, right=True).fault is not None
    fresh = Visitor("203.0.113.1")
    assert isinstance(door.knock(line.msisdn, right=True, actor=fresh).fault, sign_in.Locked)


def test_a_number_that_was_told_once_is_told_again(door: Door) -> None:
    spend(door)
    assert isinstance(door.knock(NOBODY[0], right=False).fault, standing.Unknown)


def test_the_budget_comes_back_after_an_hour_and_is_the_networks(door: Door) -> None:
    spend(door)
    assert shape(door, NOBODY[6], Visitor("198.51.100.200"))[0] is sign_in.WrongPassword
    assert shape(door, NOBODY[6], Visitor("198.51.101.7"))[0] is standing.Unknown
    door.later(3600)
    assert shape(door, NOBODY[6])[0] is standing.Unknown


@pytest.mark.security("asvs_6_3_8")
def test_a_device_that_changes_its_network_does_not_renew_the_budget(door: Door) -> None:
    for at, number in enumerate(NOBODY[:5]):
        assert shape(door, number, Visitor(f"203.0.{at}.1", device="d"))[0] is standing.Unknown
    assert shape(door, NOBODY[6], Visitor("203.0.99.1", device="d"))[0] is sign_in.WrongPassword


@pytest.mark.security("asvs_6_3_8", "T13")
@pytest.mark.requirement("ISSA-006", "ISSA-016")
@pytest.mark.parametrize("way", [register, recover])
def test_after_the_budget_any_number_goes_on_to_the_code_and_no_code_is_right(door: Door, way: object) -> None:
    spend(door)
    fits = door.line(secret=None if way is register else "вяз7дуб3")
    wrong = door.line(secret="вяз7дуб3" if way is register else None)
    steps = [door.do(way.begin, number=number, browser=Browser()) for number in (fits.msisdn, wrong.msisdn, NOBODY[8])]  # type: ignore[attr-defined]
    assert [(step.fault, step.admitted, len(step.token), step.resend_at) for step in steps] == [
        (None, True, 43, steps[0].resend_at)
    ] * 3
    assert [len(door.messages(number)) for number in (fits.msisdn, wrong.msisdn, NOBODY[8])] == [1, 0, 0]
    for step in steps[1:]:
        faults = [door.enter_code(way.PURPOSE, step.token, f"{guess:06d}").fault for guess in range(6)]  # type: ignore[attr-defined]
        assert [fault.params.get("left") for fault in faults] == [4, 3, 2, 1, None, None]


@pytest.mark.security("asvs_6_3_8")
def test_even_a_lucky_guess_lets_nobody_in_for_a_number_without_a_line(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    spend(door)
    monkeypatch.setattr("selfcare_app.access.one_time_code.fresh", lambda _: "111111")
    step = door.do(register.begin, number=NOBODY[8], browser=Browser())
    assert door.enter_code("register", step.token, "111111").fault is not None


def with_mode(door: Door, mode: EnumerationMode) -> None:
    profile = door.wires.profile
    settings: Enumeration = profile.sign_in.enumeration.model_copy(update={"mode": mode})
    changed = profile.model_copy(update={"sign_in": profile.sign_in.model_copy(update={"enumeration": settings})})
    door.wires.db.info["profile"] = changed


def test_the_strict_mode_never_tells_and_the_legacy_mode_always_does(door: Door) -> None:
    line = door.line()
    with_mode(door, EnumerationMode.STRICT)
    assert shape(door, NOBODY[0]) == shape(door, line.msisdn) == (sign_in.WrongPassword, {"mark": ""})
    with_mode(door, EnumerationMode.LEGACY)
    assert {shape(door, number)[0] for number in NOBODY} == {standing.Unknown}


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.0/24"),
        ("::ffff:198.51.100.7", "198.51.100.0/24"),
        ("2001:db8:1:2ff::1", "2001:db8:1:200::/56"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_addresses_are_counted_by_network(address: str, network: str) -> None:
    assert rules.network(address, ipv4_prefix=24, ipv6_prefix=56) == network


@given(st.ip_addresses())
def test_a_network_is_its_own_network(address: object) -> None:
    once = rules.network(str(address), ipv4_prefix=24, ipv6_prefix=56)
    assert rules.network(once.partition("/")[0], ipv4_prefix=24, ipv6_prefix=56) == once
