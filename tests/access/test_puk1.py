"""PUK1 as proof on lines without a handset: few tries a day and few ever (ISSA-078)."""

from typing import Any

import pytest

from selfcare_app.access import code, puk1
from selfcare_app.kit.actor import Subscriber
from tests.access.door import SIM, Door, other

CDR = {"purpose": "call_detail"}


def faults(door: Door, actor: Subscriber, times: int, typed: str, **act: str) -> list[type]:
    return [type(door.do(code.prove, actor, **act, code=typed).fault) for _ in range(times)]


@pytest.mark.requirement("ISSA-078")
@pytest.mark.parametrize("kind", ["modem", "tablet"])
def test_a_line_without_a_handset_proves_with_puk1(door: Door, kind: str) -> None:
    line = door.line(kind=kind)
    actor = door.world.session(line)
    state = door.do(code.send, actor, **CDR)
    assert (state.method, state.digits, state.tries_left) == ("puk1", 8, 3)
    assert door.messages(line.msisdn) == []
    proof = door.do(code.prove, actor, **CDR, code="8461 3957").proof
    assert proof.method == "puk1"
    assert door.ask(code.state, actor, **CDR).tries_left == 3


@pytest.mark.security("T10")
def test_puk1_has_three_tries_a_day_and_ten_ever(door: Door) -> None:
    line = door.line(kind="modem")
    wrong, seen = other(SIM["puk1"]), []
    for _ in range(4):
        actor = door.world.session(line)
        seen += faults(door, actor, 4, wrong, **CDR)
        door.later(86_400)
    assert seen == ([puk1.Wrong] * 3 + [puk1.TriesOver]) * 3 + [puk1.Wrong] + [puk1.Dead] * 2 + [puk1.TriesOver]
    door.later(3650 * 86_400)
    assert isinstance(door.do(code.prove, door.world.session(line), **CDR, code=SIM["puk1"]).fault, puk1.Dead)


def test_a_line_without_a_sim_or_a_number_says_so(door: Door) -> None:
    modem = door.world.session(door.world.line(kind="modem"))
    assert isinstance(door.do(code.prove, modem, **CDR, code=SIM["puk1"]).fault, puk1.NoSim)
    bare: dict[str, Any] = {"msisdn": None}
    with pytest.raises(code.NoNumber):
        door.do(code.send, door.world.session(door.world.line(**bare)), **CDR)
