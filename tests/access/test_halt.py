"""“This was not me” stops what moves anything; the account lock keeps SIM and number."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from selfcare_app.access import account_lock, alarm, code, halt, own_number, passkey, temporary
from selfcare_app.access.guard_tables import LineGuard, StopLink
from selfcare_app.access.tables import Credential, KnownDevice, ProofGiven, WebSession
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.actor import Acting, OwnOnly, Proof, ProofNeeded, Staff, Subscriber
from selfcare_app.kit.ids import new_id
from selfcare_app.numbers import hold
from selfcare_app.numbers.eligibility import obstacle
from selfcare_app.subscribers.tables import Line
from tests.access.door import PASSWORD, Door
from tests.access.engines import settings  # noqa: F401 - a fixture
from tests.access.test_guarded_recovery import stop_value
from tests.access.test_passkey import SITE
from tests.access.web import path, query, sign_in

pytestmark = pytest.mark.usefixtures("cheap_hashes")
ACT = {"purpose": "number_change", "digest": "terms"}


def told_of_sim(door: Door, line: Line) -> None:
    with door.wires.db.transaction() as session:
        alarm.tell(session, line_id=line.id, kind="sim_changed", now=door.now)


def with_proof(actor: Subscriber, purpose: str, door: Door) -> Subscriber:
    proof = Proof(purpose, "sms", door.now, door.now + timedelta(minutes=5))
    return replace(actor, proofs=(*actor.proofs, proof))


def stands_against(door: Door, actor: Subscriber) -> object:
    rule = door.wires.profile.number_change
    assert rule is not None
    with door.wires.db.snapshot() as session:
        line = session.get_one(Line, actor.line_id)
        return obstacle(session, actor, line=line, rule=rule, price=None, now=door.now)


@pytest.mark.security("T5", "asvs_7_4_2")
def test_one_tap_stops_what_moves_anything_and_puts_everybody_else_out(door: Door) -> None:
    line = door.line()
    mine, other = door.world.session(line), door.world.session(line)
    door.device(line)
    with door.wires.db.transaction() as session:
        code.give(session, other, **ACT, method="sms", now=door.now)
    door.do(halt.stop, mine)
    ended = {row.id: row.ended_at for row in door.rows(WebSession, line_id=line.id)}
    assert (ended[mine.session_id], ended[other.session_id]) == (None, door.now)
    assert not door.rows(KnownDevice, line_id=line.id)
    assert all(row.expires_at <= door.now for row in door.rows(ProofGiven))
    assert isinstance(stands_against(door, mine), halt.Halted)
    for act in (lambda: door.do(code.send, mine, **ACT), lambda: door.do(hold.hold, mine, number="375291000900")):
        with pytest.raises(halt.Halted):
            act()
    with pytest.raises(halt.Halted):
        door.do(passkey.ask_new, mine, site=SITE)
    assert door.do(code.send, mine, purpose="call_detail").sent_at, "what moves nothing goes on"
    assert [entry.action for entry in door.rows(JournalEntry, line_id=line.id)] == ["halted"]


@pytest.mark.security("T5")
async def test_the_link_in_the_message_stops_it_once_for_that_line_alone(client: httpx.AsyncClient, door: Door) -> None:
    line, other = door.line(), door.line()
    told_of_sim(door, line)
    value = stop_value(door, line)
    assert value not in repr([row.model_dump() for row in door.rows(StopLink)])
    answer = await client.post("/session/not-me", data={"token": value})
    assert (path(answer), query(answer)) == ("/not-me", {"done": "1"})
    assert door.row(LineGuard, line.id).halted_at == door.now
    assert door.row(LineGuard, other.id) is None
    again = await client.post("/session/not-me", data={"token": value})
    assert query(again)["error"] == "security.stop_link_over"


@pytest.mark.parametrize("value", ["", "x", "a" * 43])
async def test_what_is_no_link_of_ours_stops_nothing(client: httpx.AsyncClient, door: Door, value: str) -> None:
    told_of_sim(door, door.line())
    answer = await client.post("/session/not-me", data={"token": value})
    assert query(answer)["error"] == "security.stop_link_over"
    assert not door.all(LineGuard)


async def test_a_link_is_good_for_a_week(client: httpx.AsyncClient, door: Door) -> None:
    line = door.line()
    told_of_sim(door, line)
    door.later(7 * 86_400)
    answer = await client.post("/session/not-me", data={"token": stop_value(door, line)})
    assert query(answer)["error"] == "security.stop_link_over"


@pytest.mark.security("asvs_7_5_1")
async def test_code_and_password_together_let_things_move_again(client: httpx.AsyncClient, door: Door) -> None:
    line = door.line()
    await sign_in(client, door, line)
    (own,) = door.rows(WebSession, line_id=line.id)
    actor = Subscriber(line.id, own.id)
    door.do(halt.stop, actor)
    door.later(1)
    assert query(await client.post("/session/release", data={"password": PASSWORD}))["error"] == "kit.proof_needed"
    door.do(code.send, actor, purpose=halt.PURPOSE)
    door.do(code.prove, actor, purpose=halt.PURPOSE, code=door.code(line.msisdn or ""))
    wrong = await client.post("/session/release", data={"password": "another1"})
    assert query(wrong)["error"] == "access.wrong_current"
    assert door.row(LineGuard, line.id).halted_at is not None
    answer = await client.post("/session/release", data={"password": PASSWORD})
    assert query(answer) == {"saved": "1"}
    assert door.row(LineGuard, line.id).halted_at is None
    door.later(200)
    assert door.do(code.send, actor, **ACT).sent_at == door.now


@pytest.mark.security("T5", "T11")
@pytest.mark.parametrize("way", ["recovery", "ussd", "email"])
def test_a_password_that_came_after_the_stop_by_the_handset_lets_nothing_move(door: Door, way: str) -> None:
    line = door.line()
    actor = door.world.session(line)
    door.do(halt.stop, actor)
    door.later(60)
    with door.wires.db.transaction() as session:
        session.get_one(Credential, line.id).choose("new", by=way, now=door.now)
    with pytest.raises(halt.AtDesk):
        door.do(halt.release, with_proof(actor, halt.PURPOSE, door))
    clerk = Staff(new_id(), new_id(), "i.desk")
    door.do(halt.release_at_desk, clerk, line_id=line.id, application="12/3")
    assert door.row(LineGuard, line.id).halted_at is None
    entry = door.rows(JournalEntry, line_id=line.id)[-1]
    assert (entry.action, entry.actor) == ("released", "staff")


@pytest.mark.security("T5")
def test_a_code_to_a_new_sim_lets_nothing_move(door: Door) -> None:
    line = door.line()
    actor = door.world.session(line)
    door.do(halt.stop, actor)
    with door.wires.db.transaction() as session:
        session.get_one(Line, line.id).sim_changed_at = door.now
    with pytest.raises(code.sim_window.SimChanged):
        door.do(code.send, actor, purpose=halt.PURPOSE)


@pytest.mark.security("T18")
def test_a_delegate_neither_stops_nor_releases_nor_locks(door: Door) -> None:
    line, own = door.line(), door.line()
    actor = door.world.session(line)
    delegate = replace(actor, acting=Acting(own.id, "administrator", "manage"))
    for act in (halt.stop, halt.release, account_lock.lock, account_lock.unlock):
        with pytest.raises(OwnOnly), door.wires.db.transaction() as session:
            act(session, delegate, now=door.now)
    for read in (halt.state, account_lock.state):
        with pytest.raises(OwnOnly), door.wires.db.snapshot() as session:
            read(session, delegate)


def test_a_stopped_number_is_not_taken_under_another_sign_in(door: Door) -> None:
    line = door.line()
    actor = door.world.session(line)
    door.do(halt.stop, actor)
    with pytest.raises(halt.Halted):
        door.do(own_number.send, actor, number=door.line(account_id=line.account_id).msisdn)


@pytest.mark.security("T5")
def test_the_account_lock_keeps_the_number_until_it_is_turned_off_with_proof(door: Door) -> None:
    line = door.line()
    actor = door.world.session(line)
    door.do(account_lock.lock, actor)
    assert door.row(LineGuard, line.id).locked_by == account_lock.SUBSCRIBER
    assert isinstance(stands_against(door, actor), account_lock.Locked)
    with pytest.raises(account_lock.Locked):
        door.do(hold.hold, actor, number="375291000900")
    with pytest.raises(ProofNeeded):
        door.do(account_lock.unlock, actor)
    door.do(account_lock.unlock, with_proof(actor, account_lock.PURPOSE, door))
    assert stands_against(door, actor) is None
    told = [key for key, _ in door.messages(line.msisdn or "")]
    assert told == ["alarm.account_locked", "alarm.account_unlocked"]


@pytest.mark.security("T5", "T16")
def test_access_that_the_desk_has_reset_is_locked(door: Door) -> None:
    line = door.line()
    door.do(temporary.issue, Staff(new_id(), new_id(), "i.desk"), line_id=line.id)
    lock = door.row(LineGuard, line.id)
    assert (lock.locked_at, lock.locked_by) == (door.now, account_lock.DESK)
