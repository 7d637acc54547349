"""The decision is made again where the act is done: use cases asked by the wrong actor refuse (ASVS 8.3.1)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from selfcare_app import wiring
from selfcare_app.access import acting, delegation, must_change, rights
from selfcare_app.kit.actor import NotAllowed, OwnOnly, Subscriber
from selfcare_app.kit.errors import Denied, Fault
from tests.access.delegates import granted, organisation, over
from tests.access.door import Door
from tests.security.authorization import asks_as, use_cases

ASKED = {name: function for name, function in use_cases() if asks_as(function, Subscriber)}
LEVELS: dict[str, dict[str, Any]] = {
    "curator who views": {"role": "curator", "level": "view"},
    "curator who sees calls": {"role": "curator", "level": "view", "sees_calls": True},
    "curator who changes": {"role": "curator", "level": "manage"},
    "supervisor": {"role": "supervisor", "level": "manage"},
    "administrator": {"role": "administrator", "level": "manage"},
}


def refused(call: Callable[..., Any], actor: Subscriber) -> str:
    """How a use case that is asked without its arguments refuses; "" where it would have been done."""
    try:
        wiring.do_now(call, actor)
    except Denied as denied:
        return type(denied).__name__
    except (TypeError, Fault):
        return ""
    return ""


@pytest.mark.security("asvs_8_3_1", "asvs_8_2_1", "asvs_8_1_1", "T18")
@pytest.mark.parametrize("who", LEVELS)
def test_each_use_case_refuses_a_delegate_whose_right_does_not_reach_it(door: Door, who: str) -> None:
    mine, theirs = organisation(door)
    granted(door, mine, theirs, **LEVELS[who])
    actor = over(door, door.world.session(mine), theirs)
    assert actor.acting
    held, allowed = rights.rights_of(actor.acting), set()
    for name, function in ASKED.items():
        rule = rights.rule_of(function)
        expected = OwnOnly.__name__ if rule is None else "" if rule.right in held else NotAllowed.__name__
        if expected:
            assert refused(function, actor) == expected, name
        else:
            allowed.add(name)
    assert {"orders.order.own", "payments.overview.read"} <= allowed
    assert ("numbers.change_number.confirm" in allowed) == (LEVELS[who]["level"] == "manage")
    assert ("access.sim_secrets.reveal" in allowed) == (who in ("supervisor", "administrator"))


@pytest.mark.security("asvs_8_3_1", "asvs_8_3_2")
def test_with_the_right_taken_back_nothing_is_done_any_more(door: Door) -> None:
    owner, friend = door.line(), door.line()
    grant_id = granted(door, friend, owner)
    actor = over(door, door.world.session(friend), owner)
    door.do(delegation.revoke, door.world.session(owner), grant_id=grant_id)
    for name, function in ASKED.items():
        assert refused(function, actor) in (acting.Over.__name__, OwnOnly.__name__), name


@pytest.mark.security("asvs_8_3_1", "asvs_6_4_1")
def test_with_a_password_that_has_to_be_changed_nothing_else_is_done(door: Door) -> None:
    actor = replace(door.world.session(door.line()), must_change_password=True)
    done = sorted(
        name for name, function in ASKED.items() if refused(function, actor) != must_change.PasswordDue.__name__
    )
    assert {name for name in done if not name.startswith(("access.change_password.", "access.alarm."))} == set()
    assert "access.change_password.settle" in done
