"""For how long: every row goes when its time is over, not a second before, and money stays."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import SQLModel, func, select

from selfcare_app import wiring
from selfcare_app.access import cleanup, event
from selfcare_app.access import session as web_session
from selfcare_app.access.desk_tables import StaffLook, StaffMember, StaffSession
from selfcare_app.access.tables import AccessEvent, Admission, OneTimeCode, ProofGiven, WebSession
from selfcare_app.db import Database, metadata
from selfcare_app.kit.actor import System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger import balance
from selfcare_app.ledger.post import Leg, post
from selfcare_app.messaging import inbox, outbox
from selfcare_app.messaging.tables import Inbox, Outbox
from selfcare_app.numbers.tables import NumberHold
from selfcare_app.orders import draft
from selfcare_app.orders.tables import Draft, Order
from selfcare_app.usage import cleanup as usage_cleanup
from selfcare_app.usage.tables import UsageRecord
from selfcare_app.worker.jobs import JOBS
from tests.conftest import import_tables
from tests.ledger.conftest import broken
from tests.world import World

import_tables()
JOB = System("cleanup")


def count(db: Database, table: type[SQLModel]) -> int:
    with db.snapshot() as session:
        return session.exec(select(func.count()).select_from(table)).one()


def add(db: Database, *rows: SQLModel) -> None:
    with db.transaction() as session:
        for row in rows:
            session.add(row)
            session.flush()


def ended(world: World, at: datetime) -> WebSession:
    """A session that ended then, with a draft, an order, a hold and a proof that were made in it."""
    line = world.line()
    actor = world.session(line)
    day = timedelta(days=1)
    with world.db.transaction() as session:
        row = session.get_one(WebSession, actor.session_id)
        row.ended_at, row.end_reason = at, "sign_out"
        session.flush()
        order_id = new_id()
        session.add(Draft(id=new_id(), session_id=row.id, line_id=line.id, kind="k", created_at=at, changed_at=at))
        session.add(
            Order(
                id=order_id, no=int(order_id) % 10**12, line_id=line.id, session_id=row.id, actor="subscriber", kind="k",
                currency="BYN", accepted_at=at, due_at=at, state="done",
            )
        )  # fmt: skip
        session.flush()
        session.add(
            NumberHold(
                id=new_id(), number=int(order_id) % 10**9, line_id=line.id, session_id=row.id, order_id=order_id,
                created_at=at, expires_at=at + day, released_at=at,
            )
        )  # fmt: skip
        session.add(ProofGiven(id=new_id(), session_id=row.id, purpose="p", method="sms", made_at=at, expires_at=at))
    return row


@pytest.mark.security("asvs_14_2_7")
def test_a_session_goes_thirty_days_after_its_end_and_the_order_stays(
    wires: wiring.Wiring, world: World, now: datetime
) -> None:
    ended(world, now)
    world.subscriber()
    known = {
        fk.parent.table.name for table in metadata.tables.values() for fk in table.foreign_keys
        if fk.target_fullname == "web_session.id"
    }  # fmt: skip
    assert known == {"draft", "order", "proof", "number_hold"}, "something else belongs to a session: forget it too"
    late = now + cleanup.SESSIONS_KEPT
    assert wiring.do_now(cleanup.forget_sessions, JOB, now=late - timedelta(seconds=1)) == 0
    assert wiring.do_now(cleanup.forget_sessions, JOB, now=late) == 1
    assert [count(wires.db, table) for table in (WebSession, Draft, ProofGiven, Order, NumberHold)] == [1, 0, 0, 1, 1]
    with wires.db.snapshot() as session:
        assert session.exec(select(Order)).one().session_id is None
        assert session.exec(select(NumberHold)).one().session_id is None
    assert wiring.do_now(cleanup.forget_sessions, JOB, now=late) == 0


@pytest.mark.security("asvs_14_2_7")
def test_a_session_at_the_desk_goes_with_what_was_looked_up_in_it(
    wires: wiring.Wiring, world: World, now: datetime
) -> None:
    staff = StaffMember(id=new_id(), login="olga", seed=b"", created_at=now)
    day = timedelta(days=1)
    made = {"staff_id": staff.id, "created_at": now, "absolute_until": now + day}
    over = StaffSession(id=new_id(), token_digest="a", idle_until=now, **made)
    living = StaffSession(id=new_id(), token_digest="b", idle_until=now + day, **made)
    looks = (
        StaffLook(id=new_id(), session_id=each.id, line_id=world.line().id, reason="asked", at=now, until=now + day)
        for each in (over, living)
    )
    add(wires.db, staff, over, living, *looks)
    assert wiring.do_now(cleanup.forget_sessions, JOB, now=now + cleanup.SESSIONS_KEPT) == 1
    assert [count(wires.db, table) for table in (StaffSession, StaffLook, StaffMember)] == [1, 1, 1]


def codes(world: World, now: datetime) -> None:
    line = world.line()
    add(
        world.db,
        OneTimeCode(id=new_id(), holder_id=new_id(), msisdn="", purpose="p", mac="", created_at=now, expires_at=now),
        Admission(
            id=new_id(), token_digest="x", purpose="p", msisdn=line.msisdn, stage="s", created_at=now, expires_at=now
        ),
    )


def drafts(world: World, now: datetime) -> None:
    actor = world.subscriber()
    add(
        world.db,
        Draft(
            id=new_id(), session_id=actor.session_id, line_id=actor.line_id, kind="k", created_at=now, changed_at=now
        ),
    )


def events(world: World, now: datetime) -> None:
    with world.db.transaction() as session:
        event.record(session, "sign_in", "wrong", address="198.51.100.7", now=now)


def came_in(world: World, now: datetime) -> None:
    add(world.db, Inbox(source="sms", message_id="1", received_at=now, sealed=b"x"))


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TERMS: list[tuple[Any, Any, Callable[..., int], timedelta]] = [
    (codes, OneTimeCode, cleanup.purge, 24 * HOUR),
    (codes, Admission, cleanup.purge, 24 * HOUR),
    (drafts, Draft, draft.forget_old, 24 * HOUR),
    (events, AccessEvent, cleanup.purge, 365 * DAY),
    (came_in, Inbox, inbox.forget_old, 30 * DAY),
]


@pytest.mark.security("asvs_14_2_7")
@pytest.mark.parametrize(("make", "table", "forget", "kept"), TERMS, ids=lambda each: getattr(each, "__name__", ""))
def test_a_row_goes_when_its_time_is_over_and_not_a_second_before(
    wires: wiring.Wiring,
    world: World,
    now: datetime,
    make: Callable[..., None],
    table: Any,
    forget: Callable[..., int],
    kept: timedelta,
) -> None:
    make(world, now)
    wiring.do_now(forget, JOB, now=now + kept - timedelta(seconds=1))
    assert count(wires.db, table) == 1
    assert wiring.do_now(forget, JOB, now=now + kept) >= 1
    assert count(wires.db, table) == 0


@pytest.mark.security("asvs_14_2_7")
def test_addresses_leave_the_events_of_the_door_before_the_events_do(
    wires: wiring.Wiring, world: World, now: datetime
) -> None:
    events(world, now)
    wiring.do_now(cleanup.purge, JOB, now=now + cleanup.ADDRESSES_KEPT)
    with wires.db.snapshot() as session:
        assert [row.address for row in session.exec(select(AccessEvent)).all()] == [""]


@pytest.mark.security("asvs_14_2_7")
def test_what_was_said_is_forgotten_when_it_is_handed_over_or_seven_days_later(
    wires: wiring.Wiring, world: World, now: datetime
) -> None:
    for at in range(2):
        with world.db.transaction() as session:
            outbox.enqueue(
                session, recipient="375290000000", language="ru", key="k", args={"code": "1"}, dedup_key=str(at), now=now
            )  # fmt: skip
    (first, _) = wiring.do_now(outbox.claim, JOB, by="w", limit=2, now=now)
    wiring.do_now(outbox.settle, JOB, message_id=first.id, by="w", gateway_id="g", now=now)

    def contents() -> list[bool]:
        with wires.db.snapshot() as session:
            return sorted(row.sealed is not None for row in session.exec(select(Outbox)).all())

    assert contents() == [False, True]
    wiring.do_now(outbox.forget_old, JOB, now=now + 7 * DAY - HOUR)
    assert contents() == [False, True]
    wiring.do_now(outbox.forget_old, JOB, now=now + 7 * DAY)
    assert contents() == [False, False]
    wiring.do_now(outbox.forget_old, JOB, now=now + 30 * DAY)
    assert contents() == []


@pytest.mark.security("asvs_14_2_7")
def test_call_detail_is_kept_as_long_as_it_is_shown(wires: wiring.Wiring, world: World, now: datetime) -> None:
    """The current month and six before it, by the operator's own midnight."""
    since = usage_cleanup.kept_since(world.profile, now)
    assert (now.isoformat()[:7], since.isoformat()) == ("2026-11", "2026-04-30T21:00:00+00:00")
    assert since == usage_cleanup.kept_since(world.profile, now + 12 * DAY - HOUR)
    for at in range(3):
        line = world.line()
        add(
            world.db,
            *(
                UsageRecord(line_no=line.no, started_at=moment, record_key=at, kind=1, direction=1, peer="375291111111")
                for moment in (since - timedelta(seconds=1), since, now)
            ),
        )
    gone, after = wiring.do_now(usage_cleanup.purge, JOB, after_no=-1, now=now)
    assert (gone, after is not None, count(wires.db, UsageRecord)) == (3, True, 6)
    assert wiring.do_now(usage_cleanup.purge, JOB, after_no=after, now=now) == (0, None)


@pytest.mark.security("asvs_14_2_7")
def test_the_worker_forgets_and_the_ledger_holds(wires: wiring.Wiring, world: World, now: datetime) -> None:
    """A year on: the worker's own jobs leave nothing that had its time, and take nothing that is money."""
    ended(world, now)
    events(world, now)
    codes(world, now)
    came_in(world, now)
    owner, paid = world.line().account_id, Money(1_000, "BYN")
    post_it = Leg(("cash_in", "payment"), ("subscriber", owner), paid, "payment")
    wiring.do_now(post, JOB, kind="payment", key="1", legs=(post_it,), now=now)
    late = now + 366 * DAY
    for job in JOBS:
        if job.by_clock:
            job.run("worker", late)
    left = {table: count(wires.db, table) for table in (WebSession, Draft, AccessEvent, OneTimeCode, Inbox, Order)}
    assert left == {WebSession: 0, Draft: 0, AccessEvent: 0, OneTimeCode: 0, Inbox: 0, Order: 1}
    with wires.db.snapshot() as session:
        assert broken(session, late) == []
        assert balance.of_account(session, owner) == paid


@pytest.mark.security("asvs_14_2_7")
def test_a_session_that_is_kept_no_longer_lets_nobody_in(wires: wiring.Wiring, world: World, now: datetime) -> None:
    line = world.line()
    with world.db.transaction() as session:
        entered = web_session.start(
            session, line_id=line.id, method="password", address="", agent="", language="", now=now
        )
    wiring.do_now(web_session.end_idle, JOB, now=now + DAY)
    wiring.do_now(cleanup.forget_sessions, JOB, now=now + 40 * DAY)
    from selfcare_app.kit.actor import Visitor

    assert wiring.ask_now(web_session.resume, Visitor(), token=entered.token, now=now) is None
