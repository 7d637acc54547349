"""What has to be written down: who was refused what, which limit was met, every try at the door."""

import contextlib
import logging
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import select

from selfcare_app import wiring
from selfcare_app.access import subjects
from selfcare_app.access.tables import AccessEvent
from selfcare_app.kit import log, refusals
from selfcare_app.kit.actor import System, Visitor
from selfcare_app.kit.errors import NotFound
from selfcare_app.kit.sealing import Tampered
from selfcare_app.orders import order
from tests.access.door import Door, other
from tests.security.test_asvs_log import written
from tests.world import World


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has been refused anything yet."""
    monkeypatch.setattr(refusals, "_seldom", log.Seldom(60))


@pytest.mark.security("asvs_16_3_2", "asvs_16_3_3")
@pytest.mark.usefixtures("fresh")
def test_who_asks_for_what_is_not_his_is_written_down_once_a_minute(
    wires: wiring.Wiring, world: World, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    mine = world.subscriber()
    for _ in range(50):
        with pytest.raises(NotFound):
            wiring.ask_now(order.own, mine, order_id=uuid4())
    with pytest.raises(NotFound):
        wiring.do_now(subjects.close, world.subscriber(), line_id=mine.line_id, now=now)
    lines = [written(each) for each in caplog.records if each.msg == "refused"]
    assert [(each["level"], each["code"], each["handler"]) for each in lines] == [
        ("warning", "orders.no_order", "own"),
        ("warning", lines[1]["code"], "close"),
    ]
    assert (lines[0]["session"], lines[0]["line"]) == (str(mine.session_id), str(mine.line_id))


@pytest.mark.security("asvs_16_3_3")
@pytest.mark.usefixtures("fresh")
def test_a_limit_that_was_met_is_written_down(
    wires: wiring.Wiring, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    from selfcare_app.kit.errors import Refused

    class Spent(Refused):
        code = "kit.busy"

    def use_case(session: Any, actor: Visitor) -> None:
        raise Spent()

    with pytest.raises(Spent):
        wiring.do_now(use_case, Visitor(address="198.51.100.7"))
    (line,) = [written(each) for each in caplog.records if each.msg == "refused"]
    assert (line["level"], line["code"], line["address"]) == ("info", "kit.busy", "198.51.100.7")


@pytest.mark.security("asvs_16_3_4", "asvs_11_3_3")
@pytest.mark.usefixtures("fresh")
def test_a_value_that_does_not_open_is_a_bug_and_no_refusal(wires: wiring.Wiring) -> None:
    """What was tampered with is never served, and never told as an everyday refusal: it goes to the net for bugs."""

    def use_case(session: Any, actor: Any) -> bytes:
        return wires.keys.unseal("sim", "sim.puk1.1", wires.keys.seal("sim", "sim.puk1.2", b"84613957"))

    with pytest.raises(Tampered):
        wiring.ask_now(use_case, System("test"))


def events(door: Door) -> list[tuple[str, str]]:
    with door.wires.db.snapshot() as session:
        rows = session.exec(select(AccessEvent).order_by(AccessEvent.id)).all()  # type: ignore[arg-type]
        assert all(row.at.tzinfo is not None for row in rows)
        return [(row.kind, row.outcome) for row in rows]


@pytest.fixture
def door(wires: wiring.Wiring, world: World, now: datetime) -> Door:
    return Door(wires, world, now)


@pytest.mark.security("asvs_16_3_1", "asvs_16_3_3")
def test_every_try_at_the_door_is_an_event_with_who_from_where_and_when(door: Door) -> None:
    line = door.line()
    number = line.msisdn or ""
    door.knock(number, right=False)
    assert events(door)[-1] == ("sign_in", "wrong")
    step = door.knock(number, right=True)
    assert ("code", "sent") in events(door)
    door.enter_code("sign_in", step.token, other(door.code(number)))
    assert events(door)[-1] == ("code", "wrong")
    known = door.on(door.device(line))
    door.knock(number, right=True, actor=known)
    assert events(door)[-1][0] == "session"
    for _ in range(door.wires.profile.lockout.attempts):
        door.later(60)
        door.knock(number, right=False)
    assert ("sign_in", "locked") in events(door)
    with door.wires.db.snapshot() as session:
        wrong = session.exec(select(AccessEvent).where(AccessEvent.outcome == "wrong")).first()
        assert wrong is not None
        assert (wrong.line_id, wrong.address) == (line.id, "198.51.100.7")


@pytest.mark.security("asvs_16_5_3", "asvs_16_5_2")
def test_an_event_and_its_act_are_both_there_or_neither(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the event can't be written, the act does not happen: nobody gets in unseen."""
    line, before = door.line(), events(door)
    from selfcare_app.access import session as web_session
    from selfcare_app.access.tables import WebSession

    def full(*_: Any, **__: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("selfcare_app.access.event.record", full)
    with contextlib.suppress(OSError), door.wires.db.transaction() as session:
        web_session.start(
            session, line_id=line.id, method="password", address="", agent="", language="", now=door.now
        )  # fmt: skip
    assert door.all(WebSession) == []
    assert events(door) == before
