"""I6, I13 and I14 of acts that move money: the entry, the message and the limit that each of them owes."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

import selfcare_app
from selfcare_app import wiring
from selfcare_app.access.tables import Quota
from selfcare_app.db import metadata
from selfcare_app.kit.actor import System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.invariant import Check
from selfcare_app.manage import acts, check, counters
from selfcare_app.operators import registry
from selfcare_app.orders import undo
from selfcare_app.orders.services import ON
from selfcare_app.payments.promise import register, take_back
from selfcare_app.subscribers.tables import LineService
from tests.bills.conftest import Office
from tests.ledger.spoil import spoilt

ENTRY, RUN, MESSAGE = acts.checks()


@pytest.fixture
def busy(any_office: Office) -> Office:
    """A service connected and undone, a promise given and taken back, a month taken and closed."""
    office, counter = any_office, any_office.counter
    counter.plan("basic", 100)
    counter.service("melody", 190, connect_fee_minor=50)
    counter.service("free", 0)
    actor = counter.customer("basic", money=5_000)
    office.work(counter.now)
    for code in ("melody", "free"):
        counter.ordered(actor, ON, code)
        office.work(counter.now)
    with counter.db.snapshot() as session:
        melody = session.exec(select(LineService.id).where(LineService.service == "melody")).one()
    wiring.do_now(undo.undo, actor, connection_id=melody, now=counter.now)
    promised = wiring.do_now(register.begin, actor, amount="3", now=counter.now)
    wiring.do_now(register.confirm, actor, draft_id=promised.id, now=counter.now)
    later = counter.now + timedelta(days=4)
    assert wiring.do_now(take_back.take_back, System("promises"), promise_id=promised.id, now=later)
    office.work(counter.at(2026, 12, 1))
    office.work(counter.at(2026, 12, 4))
    return office


def broken(office: Office, asked: Check, *statements: tuple[str, str]) -> list[str]:
    """Those statements by which nothing breaks that is asked for."""
    now = office.counter.now + timedelta(days=5)
    with office.counter.db.snapshot() as session:
        assert list(asked.find(session, now)) == []
    missed = []
    for table, statement in statements:
        with spoilt(office.counter.db, (table,), statement) as session:
            if not list(asked.find(session, now)):
                missed.append(statement)
    return missed


def test_an_act_without_its_entry_or_with_two_is_found(busy: Office) -> None:
    fresh = new_id().hex if busy.counter.db.is_sqlite else str(new_id())
    columns = metadata.tables["journal_entry"].columns.keys()
    copied = ", ".join(f"'{fresh}'" if name == "id" else name for name in columns)
    twice = f"INSERT INTO journal_entry ({', '.join(columns)}) SELECT {copied} FROM journal_entry WHERE action = '{{}}'"
    actions = ("change_carried_out", "undid_service", "promised_payment", "promise_taken_back")
    gone = [("journal_entry", f"DELETE FROM journal_entry WHERE action = '{action}'") for action in actions]
    other = [("journal_entry", "UPDATE journal_entry SET outcome = 'refused'")]
    again = [("journal_entry", twice.format(action)) for action in actions[2:]]
    assert broken(busy, ENTRY, *gone, *other, *again) == []


def test_a_run_without_its_entry_is_found(busy: Office) -> None:
    gone = "DELETE FROM journal_entry WHERE action = '{}'"
    plants = [("journal_entry", gone.format(action)) for action in ("fees_taken", "month_closed")]
    assert broken(busy, RUN, *plants, ("fee_run", "UPDATE fee_run SET done_at = began_at, lines = 1")) == []


def test_an_act_that_nobody_was_told_of_is_found(busy: Office) -> None:
    gone = "DELETE FROM outbox WHERE dedup_key LIKE '{}'"
    keys = ("promised_payment:%%:made", "promised_payment:%%:ended", "service_on:%%:done_service_on")
    assert broken(busy, MESSAGE, *(("outbox", gone.format(key)) for key in keys)) == []


def test_everything_holds_where_nothing_is_spoilt(busy: Office) -> None:
    assert busy.broken(busy.counter.at(2026, 12, 4)) == []
    assert {"I6", "I13", "I14", "I16", "I18"} <= {each.id for each in check.every()}


def test_a_counter_above_its_limit_is_found(office: Office) -> None:
    now, (asked,) = office.counter.now, counters.checks()
    limits = counters.limits(office.counter.profile)

    def found(more: int) -> set[str]:
        with office.counter.db.transaction() as session:
            for scope, limit in limits.items():
                row = Quota(scope=scope, subject="s", count=limit + more, resets_at=now + timedelta(hours=1))
                session.merge(row)
        with office.counter.db.snapshot() as session:
            return {str(row["counter"]) for row in asked.find(session, now)}

    assert found(0) == set()
    assert found(1) == set(limits)


def test_every_counter_that_is_looked_at_is_one_that_somebody_counts() -> None:
    root = Path(selfcare_app.__path__[0])
    text = "".join(file.read_text("utf-8") for file in root.rglob("*.py") if file.name != "counters.py")
    scopes = {scope for key in registry.keys() for scope in counters.limits(registry.profile(key))}
    assert len(scopes) > 15
    assert {scope for scope in scopes if f'"{scope}"' not in text} == set()
