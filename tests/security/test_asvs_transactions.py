"""An act is done whole or not at all: cut off after every single statement, it leaves what was there before."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from selfcare_app import wiring
from selfcare_app.access import emergency
from selfcare_app.access import session as web_session
from selfcare_app.db import Database
from selfcare_app.kit.actor import System
from selfcare_app.numbers import carry_out, change_number
from selfcare_app.orders.rules import OrderState
from tests.access.door import Door
from tests.ledger.conftest import broken
from tests.numbers.conftest import Shop, shop  # noqa: F401 - a fixture

NUMBER = "375291777777"
MOST_STATEMENTS = 200


class CutOff(Exception):
    """The process has got no further than this."""


@contextmanager
def cut_off_after(db: Database, statements: int) -> Iterator[None]:
    """The database does so many statements, and then there is an error in the program."""
    done = 0

    def count(*_given: Any) -> None:
        nonlocal done
        done += 1
        if done > statements:
            raise CutOff

    event.listen(db.engine, "after_cursor_execute", count)
    try:
        yield
    finally:
        event.remove(db.engine, "after_cursor_execute", count)


def contents(db: Database) -> dict[str, list[str]]:
    """All that the database holds."""
    with sqlite3.connect(db.engine.url.database or "") as plain:
        tables = [name for (name,) in plain.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {table: sorted(map(repr, plain.execute(f'SELECT * FROM "{table}"'))) for table in tables}
    plain.close()
    return found


def whole_or_nothing(db: Database, act: Callable[[], Any]) -> int:
    """Cuts the act off after its first, second, … statement until it gets through; gives how many there were."""
    before = contents(db)
    for statements in range(MOST_STATEMENTS):
        try:
            with cut_off_after(db, statements):
                act()
        except CutOff:
            assert contents(db) == before, f"after {statements} statements something is left"
        else:
            assert contents(db) != before
            return statements
    raise AssertionError("an act of so many statements?")


@pytest.mark.security("asvs_2_3_3", "asvs_16_5_3")
def test_a_confirmed_change_of_number_is_an_order_or_nothing(shop: Shop) -> None:  # noqa: F811
    shop.stock(NUMBER, category="gold")
    actor = shop.customer()
    review = shop.reviewed(actor, NUMBER)
    sure = shop.proven(actor, review.digest)
    named = {"draft_id": review.draft_id, "digest": review.digest, "now": shop.now}
    assert whole_or_nothing(shop.db, lambda: wiring.do_now(change_number.confirm, sure, **named)) > 5
    assert shop.orders(actor) == [OrderState.ACCEPTED]
    assert len(shop.messages()) == 1


@pytest.mark.security("asvs_2_3_3")
def test_a_change_of_number_is_carried_out_with_its_fee_or_not_at_all(shop: Shop) -> None:  # noqa: F811
    shop.stock(NUMBER, category="gold")
    actor = shop.customer()
    order_id = shop.ordered(actor, NUMBER)
    late = shop.now + timedelta(days=2)

    def act() -> None:
        wiring.do_now(carry_out.carry_out, System("orders"), order_id=order_id, now=late)

    assert whole_or_nothing(shop.db, act) > 8
    assert shop.line(actor).msisdn == NUMBER
    assert shop.balance(actor) < 100_000
    with shop.db.snapshot() as session:
        assert broken(session, shop.now) == []


@pytest.fixture
def door(wires: wiring.Wiring, world: Any, now: Any) -> Door:
    return Door(wires, world, now)


@pytest.mark.security("asvs_2_3_3", "asvs_16_4_2")
def test_an_emergency_closes_everything_or_nothing(door: Door) -> None:
    line = door.line()
    actor = door.world.session(line)
    typed = door.do(emergency.make, actor)
    door.device(line)
    whole_or_nothing(door.wires.db, lambda: door.do(emergency.block, typed=typed))
    assert door.ask(web_session.of_id, session_id=actor.session_id) is None
    with door.wires.db.snapshot() as session:
        kinds = session.execute(text("SELECT action FROM journal_entry ORDER BY seq")).scalars().all()
    assert kinds[-1] == "blocked_by_code"


@pytest.mark.security("asvs_2_3_3")
def test_a_session_ends_with_all_that_belongs_to_it_or_lives_on(shop: Shop) -> None:  # noqa: F811
    shop.stock(NUMBER)
    actor = shop.customer()
    shop.reviewed(actor, NUMBER)
    named = {"session_id": actor.session_id, "reason": "sign_out", "now": shop.now}
    assert whole_or_nothing(shop.db, lambda: wiring.do_now(web_session.end, actor, **named)) > 2
    assert shop.state(NUMBER).name == "FREE"
