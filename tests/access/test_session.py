"""Sessions by the server's clock: idleness, whole time, how many at once, what ends with them."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlmodel import Session

from selfcare_app.access import code, one_time_code, token
from selfcare_app.access import session as web_session
from selfcare_app.access.tables import ProofGiven, WebSession
from selfcare_app.access.views import Entered
from selfcare_app.kit.actor import SignInNeeded, Subscriber, System, Visitor
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line
from tests.access.door import Door

SWEEPER = System(job="sweep")


def start(session: Session, actor: Visitor, *, line_id: UUID, now: datetime) -> Entered:
    return web_session.start(
        session, line_id=line_id, method="password", address="198.51.100.7", agent="a" * 500, language="be", now=now
    )


def resumed(door: Door, entered: Entered) -> web_session.Signed | None:
    return door.ask(web_session.resume, token=entered.token)  # type: ignore[no-any-return]


@pytest.mark.requirement("ISSA-023")
@pytest.mark.security("asvs_7_3_1", "S-21", "asvs_7_1_1")
def test_a_session_lives_899_seconds_of_idleness_and_not_900(door: Door) -> None:
    entered = door.do(start, line_id=door.line().id)
    door.later(899)
    assert resumed(door, entered)
    door.later(1)
    assert resumed(door, entered) is None
    door.later(1)
    assert door.ask(web_session.of_id, SWEEPER, session_id=entered.session_id) is None


@pytest.mark.requirement("ISSA-023")
def test_what_the_person_does_begins_the_idleness_anew_and_nothing_else_does(door: Door) -> None:
    entered = door.do(start, line_id=door.line().id)
    door.later(899)
    assert door.do(web_session.touch, session_id=entered.session_id) == door.now + timedelta(seconds=900)
    door.later(600)
    assert resumed(door, entered)
    door.later(300)
    assert resumed(door, entered) is None
    with pytest.raises(SignInNeeded):
        door.do(web_session.touch, session_id=entered.session_id)


@pytest.mark.security("asvs_7_3_2")
def test_no_activity_carries_a_session_past_twelve_hours(door: Door) -> None:
    entered = door.do(start, line_id=door.line().id)
    for _ in range(53):
        door.later(800)
        last = door.do(web_session.touch, session_id=entered.session_id)
    assert last == entered.absolute_until == door.now + timedelta(seconds=800)
    door.later(799)
    assert resumed(door, entered)
    door.later(1)
    assert resumed(door, entered) is None


@pytest.mark.security("asvs_7_1_2")
def test_a_sixth_session_ends_the_oldest(door: Door) -> None:
    line, sessions = door.line(), []
    for _ in range(6):
        sessions.append(door.do(start, line_id=line.id))
        door.later(1)
    assert [bool(resumed(door, each)) for each in sessions] == [False] + [True] * 5
    assert door.row(WebSession, sessions[0].session_id).end_reason == "too_many"


def test_sessions_that_are_over_do_not_count_among_the_five(door: Door) -> None:
    line = door.line()
    for _ in range(5):
        door.do(start, line_id=line.id)
    door.later(900)
    fresh = [door.do(start, line_id=line.id) for _ in range(5)]
    assert all(resumed(door, each) for each in fresh)


@pytest.mark.security("asvs_7_2_1", "asvs_7_2_2", "asvs_7_2_3")
def test_the_database_holds_no_token(door: Door) -> None:
    entered = door.do(start, line_id=door.line().id)
    row = door.row(WebSession, entered.session_id)
    assert row.token_digest == token.digest(entered.token) != entered.token
    assert len(entered.token) >= 43
    assert entered.token not in repr(entered)
    assert len(row.agent) == 200


@pytest.mark.parametrize("value", ["", "AAAA", "x" * 5000])
def test_no_other_value_opens_a_session(door: Door, value: str) -> None:
    door.do(start, line_id=door.line().id)
    assert door.ask(web_session.resume, token=value) is None


@pytest.mark.requirement("ISSA-024", "ISSA-036")
@pytest.mark.security("S-20", "S-21")
def test_an_end_annuls_what_belongs_to_the_session_in_the_same_transaction(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[tuple[UUID, ...]] = []
    monkeypatch.setattr(web_session, "on_end", [lambda _session, ids, _now: ended.append(ids)])
    line = door.line()
    entered = door.do(start, line_id=line.id)
    actor = resumed(door, entered).actor
    door.do(code.send, actor, purpose="call_detail")
    door.do(web_session.end, actor, session_id=entered.session_id, reason="sign_out")
    door.do(web_session.end, actor, session_id=entered.session_id, reason="sign_out")
    assert ended == [(entered.session_id,)]
    assert resumed(door, entered) is None
    assert isinstance(door.do(code.count, actor, purpose="call_detail").fault, one_time_code.Needed)


@pytest.mark.requirement("ISSA-024")
def test_an_end_that_fails_is_no_end(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_session: Session, _ids: tuple[UUID, ...], _now: datetime) -> None:
        raise RuntimeError

    entered = door.do(start, line_id=door.line().id)
    monkeypatch.setattr(web_session, "on_end", [broken])
    with pytest.raises(RuntimeError):
        door.do(web_session.end, session_id=entered.session_id, reason="sign_out")
    assert resumed(door, entered)


@pytest.mark.requirement("ISSA-023", "ISSA-024")
def test_the_sweeper_ends_each_idle_session_once_and_says_why(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[tuple[UUID, ...]] = []
    monkeypatch.setattr(web_session, "on_end", [lambda _session, ids, _now: ended.append(ids)])
    idle, busy = door.do(start, line_id=door.line().id), door.do(start, line_id=door.line().id)
    door.later(450)
    door.do(web_session.touch, session_id=busy.session_id)
    door.later(450)
    assert door.do(web_session.end_idle, SWEEPER) == (idle.session_id,)
    assert door.do(web_session.end_idle, SWEEPER) == ()
    assert ended == [(idle.session_id,)]
    assert door.row(WebSession, idle.session_id).end_reason == "idle"
    assert resumed(door, busy)


def test_the_sweeper_tells_a_session_that_had_its_whole_time_from_an_idle_one(door: Door) -> None:
    entered = door.do(start, line_id=door.line().id)
    for _ in range(53):
        door.later(800)
        door.do(web_session.touch, session_id=entered.session_id)
    door.later(800)
    assert door.do(web_session.end_idle, SWEEPER) == (entered.session_id,)
    assert door.row(WebSession, entered.session_id).end_reason == "absolute"


@pytest.mark.security("asvs_7_4_2")
@pytest.mark.parametrize(
    "change", [{"access": "closed_by_operator"}, {"access": "closed_by_subscriber"}, {"state": "closed"}]
)
def test_closing_the_cabinet_is_felt_at_the_next_event(door: Door, change: dict[str, str]) -> None:
    line = door.line()
    entered = door.do(start, line_id=line.id)
    with door.wires.db.transaction() as session:
        row = session.get_one(Line, line.id)
        for name, value in change.items():
            setattr(row, name, value)
    assert resumed(door, entered) is None
    assert door.ask(web_session.of_id, SWEEPER, session_id=entered.session_id) is None


def test_resuming_is_one_query_that_brings_the_fresh_proofs(door: Door) -> None:
    line = door.line()
    entered = door.do(start, line_id=line.id)
    with door.wires.db.transaction() as session:
        for purpose, seconds in (("call_detail", 60), ("sim_secrets", 60), ("number_change", -1)):
            session.add(
                ProofGiven(
                    id=new_id(),
                    session_id=entered.session_id,
                    purpose=purpose,
                    method="sms",
                    params_digest="d",
                    made_at=door.now,
                    expires_at=door.now + timedelta(seconds=seconds),
                )
            )
    statements: list[str] = []
    listen = (door.wires.db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    event.listen(*listen)
    signed = resumed(door, entered)
    event.remove(*listen)
    assert sum(each.lstrip().startswith("SELECT") for each in statements) == 1
    assert signed is not None
    assert signed.actor == Subscriber(line.id, entered.session_id, signed.actor.proofs, "198.51.100.7", "be")
    assert sorted(proof.purpose for proof in signed.actor.proofs) == ["call_detail", "sim_secrets"]
    with door.wires.db.snapshot() as session:
        plan = session.connection().exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT 1 FROM web_session w JOIN line l ON l.id = w.line_id LEFT JOIN proof p"
            " ON p.session_id = w.id AND p.expires_at > 0 WHERE w.token_digest = 'x' AND w.ended_at IS NULL"
        )
        assert not [row for row in plan if "SCAN" in row[3]]


@pytest.mark.requirement("ISSA-050")
def test_the_dates_of_registration_and_of_the_use_before_this_one_are_kept(door: Door) -> None:
    line = door.line()
    registered = door.now
    first = door.do(start, line_id=line.id)
    actor = resumed(door, first).actor
    assert wiring_dates(door, actor) == (registered, None)
    door.later(500)
    door.do(web_session.touch, session_id=first.session_id)
    used = door.now
    door.later(86_400)
    second = resumed(door, door.do(start, line_id=line.id)).actor
    assert wiring_dates(door, second) == (registered, used)


def wiring_dates(door: Door, actor: Subscriber) -> tuple[datetime | None, datetime | None]:
    with door.wires.db.snapshot() as session:
        found = web_session.dates(session, actor)
    return found.registered_at, found.last_used_at
