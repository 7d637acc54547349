"""The gate in-process: whose tab it is, whether the session lives, what a refusal and a bug become."""

import json
import logging
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from reflex_base.utils.format import json_dumps

from selfcare_app.access import session as sessions
from selfcare_app.kit import clock, log
from selfcare_app.kit.actor import System
from selfcare_app.kit.cookie import names
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line
from selfcare_app.ui.gate.activity import ACTIVITY, Activity
from selfcare_app.ui.gate.sweeper import write_down
from selfcare_app.ui.session import AppState
from selfcare_app.wiring import Wiring, do_now
from tests.gate.conftest import Purse, Window
from tests.harness import Tabs
from tests.world import World

SID, ADMISSION = names(secure=False).session, names(secure=False).admission


def signed(wires: Wiring, line: Line) -> tuple[str, sessions.Entered]:
    """A session begun now: the Cookie header and what the sign-in endpoint knows."""
    with wires.db.transaction() as session:
        entered = sessions.start(
            session, line_id=line.id, method="password", address="", agent="", language="", now=clock.now()
        )
    return f"{SID}={entered.token}", entered


@pytest.mark.security("S-02")
async def test_a_visitor_is_sent_to_sign_in_and_nothing_runs(tab: Tabs):
    visitor = tab(path="/home")
    await visitor.connect()
    reply = await visitor.send(Purse.spend(5, "mum"))
    assert reply.var(AppState, "leave") == "/sign-in?next=%2Fhome"
    assert (await visitor.state(Purse)).amount == 0


@pytest.mark.security("S-02")
async def test_a_handler_without_a_word_about_who_may_call_it_is_closed_even_in_an_open_state(tab: Tabs):
    visitor = tab()
    await visitor.connect()
    await visitor.send(Window.forgotten())
    assert (await visitor.state(Window)).seen == ""


async def test_a_public_handler_knows_who_is_there(tab: Tabs, wires: Wiring, world: World):
    visitor, line = tab(), world.line()
    await visitor.connect()
    assert (await visitor.send(Window.look())).var(Window, "seen") == "nobody"
    subscriber = tab()
    await subscriber.connect(signed(wires, line)[0])
    assert (await subscriber.send(Window.look())).var(Window, "seen") == f"line {line.id}"


async def test_a_subscriber_acts_on_the_own_line(tab: Tabs, wires: Wiring, world: World):
    line = world.line()
    subscriber = tab()
    loaded = await subscriber.connect(signed(wires, line)[0])
    assert loaded.var(AppState, "idle")["warn"] == wires.profile.session.warn_before_seconds
    reply = await subscriber.send(Purse.spend(5, "mum"))
    assert (reply.var(Purse, "amount"), reply.var(Purse, "said")) == (5, f"mum by {line.id}")
    assert "secret" not in json_dumps(reply.delta)


@pytest.mark.security("S-20")
async def test_an_ended_session_is_over_at_the_next_event(tab: Tabs, wires: Wiring, world: World):
    subscriber = tab(path="/orders")
    cookies, entered = signed(wires, world.line())
    await subscriber.connect(cookies)
    await subscriber.send(Purse.spend(5, "mum"))
    do_now(sessions.end, System("test"), session_id=entered.session_id, reason="signed_out", now=clock.now())
    reply = await subscriber.send(Purse.spend(6, "thief"))
    assert reply.var(AppState, "leave") == "/sign-in?next=%2Forders"
    assert reply.var(Purse, "said") == ""
    left = await subscriber.state(Purse)
    assert (left.amount, left._secret) == (0, "")
    again = await subscriber.send(Purse.spend(7, "thief"))
    assert again.delta.keys() == {AppState.get_full_name()}


@pytest.mark.security("S-13", "S-14")
async def test_a_tab_is_never_handed_to_another_browser(tab: Tabs, wires: Wiring, world: World):
    victim = tab()
    await victim.connect(signed(wires, world.line())[0])
    await victim.send(Purse.spend(5, "mum"))
    thief = tab(token=victim.token)
    loaded = await thief.connect()
    assert "mum" not in json_dumps(loaded.delta)
    assert (await thief.state(Purse))._secret == ""
    other = tab(token=victim.token)
    await other.connect(signed(wires, world.line())[0])
    assert (await other.state(Purse))._secret == ""


@pytest.mark.security("S-13", "S-14")
async def test_a_tab_opens_nothing_to_a_socket_that_skips_its_first_event(tab: Tabs, wires: Wiring, world: World):
    victim = tab()
    await victim.connect(signed(wires, world.line())[0])
    await victim.send(Purse.spend(5, "mum"))
    thief = tab(token=victim.token)
    await thief.connect(signed(wires, world.line())[0], hydrate=False)
    reply = await thief.send(Purse.spend(6, "thief"))
    assert reply.delta == {}
    assert (await victim.state(Purse)).said.startswith("mum")


async def test_the_same_browser_gets_its_tab_back(tab: Tabs, wires: Wiring, world: World):
    subscriber = tab()
    cookies, _ = signed(wires, world.line())
    await subscriber.connect(cookies)
    await subscriber.send(Purse.spend(5, "mum"))
    await subscriber.connect(cookies)
    assert (await subscriber.state(Purse)).amount == 5
    visitor = tab()
    await visitor.connect(f"{ADMISSION}=one")
    await visitor.send(Window.look())
    await visitor.connect(f"{ADMISSION}=one")
    assert (await visitor.state(Window)).seen == "nobody"
    await visitor.connect(f"{ADMISSION}=two")
    assert (await visitor.state(Window)).seen == ""


@pytest.mark.security("S-04")
async def test_what_only_the_program_calls_is_called_by_it(tab: Tabs, wires: Wiring, world: World):
    subscriber = tab()
    await subscriber.connect(signed(wires, world.line())[0])
    assert (await subscriber.send(Purse.chain())).var(Purse, "said") == "pushed"
    assert not (await subscriber.send(Purse.pushed())).has(Purse, "said")


async def test_a_refusal_becomes_a_message_and_goes_with_the_next_event(tab: Tabs, wires: Wiring, world: World):
    subscriber = tab()
    await subscriber.connect(signed(wires, world.line())[0])
    assert (await subscriber.send(Purse.refuse())).var(AppState, "notice") == {"key": "kit.error.busy"}
    reply = await subscriber.send(Purse.prove())
    assert reply.var(AppState, "notice")["key"] == "kit.error.proof_needed"
    assert (await subscriber.send(Purse.spend(1, "mum"))).var(AppState, "notice") == {}


@pytest.mark.security("S-24", "asvs_16_5_1", "asvs_16_5_4")
async def test_a_bug_is_logged_once_without_its_data_and_told_by_reference(
    tab: Tabs, wires: Wiring, world: World, caplog: pytest.LogCaptureFixture
):
    subscriber = tab()
    await subscriber.connect(signed(wires, world.line())[0])
    with caplog.at_level(logging.INFO):
        told = (await subscriber.send(Purse.break_down())).var(AppState, "notice")
    bugs = [record for record in caplog.records if record.msg == "bug"]
    assert told == {"key": "kit.error.bug", "args": {"reference": bugs[0].reference}}
    assert len(bugs) == 1
    line = log.JsonLines().format(bugs[0])
    assert json.loads(line)["error"] == "RuntimeError"
    assert "canary" not in line
    assert "375291234567" not in line


@pytest.mark.security("S-21")
@pytest.mark.requirement("ISSA-023")
async def test_only_what_a_person_does_keeps_a_session_alive(tab: Tabs, wires: Wiring, world: World, monkeypatch):
    subscriber = tab()
    cookies, entered = signed(wires, world.line())
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    await subscriber.connect(cookies)
    await subscriber.send(Purse.poll())
    await subscriber.send(AppState.effects_done(1))
    await subscriber.connect(cookies)
    assert ACTIVITY.last(entered.session_id) is None
    moment += timedelta(seconds=60)
    await subscriber.send(AppState.stay())
    assert ACTIVITY.last(entered.session_id) == moment
    idle = timedelta(seconds=wires.profile.session.idle_seconds)
    await write_down(moment + timedelta(seconds=15), idle)
    moment += idle - timedelta(seconds=1)
    assert not (await subscriber.send(Purse.poll())).has(AppState, "leave")


@pytest.mark.security("S-21")
@pytest.mark.requirement("ISSA-023", "ISSA-024")
async def test_a_session_left_alone_is_over_by_the_servers_clock(tab: Tabs, wires: Wiring, world: World, monkeypatch):
    subscriber = tab(path="/home")
    cookies, _ = signed(wires, world.line())
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    await subscriber.connect(cookies)
    moment += timedelta(seconds=wires.profile.session.idle_seconds + 1)
    reply = await subscriber.send(Purse.spend(1, "thief"))
    assert reply.var(AppState, "leave") == "/sign-in?expired=1&next=%2Fhome"
    assert reply.var(Purse, "amount") == 0


def test_uses_are_written_down_seldom_and_exactly():
    used, start, idle, one = Activity(), clock.now(), timedelta(seconds=900), new_id()

    def after(seconds: float) -> list[tuple[UUID, datetime]]:
        return list(used.due(start + timedelta(seconds=seconds), idle=idle))

    used.note(one, start)
    assert after(0.5) == [(one, start)]
    last = start + timedelta(seconds=14)
    used.note(one, last - timedelta(seconds=4))
    used.note(one, last)
    assert after(15) == []
    assert after(16) == [(one, last)]
    assert after(40) == []
    assert used.last(one) == last
    assert after(14 + 901) == []
    assert used.last(one) is None
