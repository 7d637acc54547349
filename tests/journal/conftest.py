"""The journal on both engines, with somebody to write about."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from selfcare_app import wiring
from selfcare_app.journal import anchor, check
from selfcare_app.journal.check import Report
from selfcare_app.journal.record import record
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.actor import Subscriber, System
from selfcare_app.settings import Settings
from tests.world import World

WORKER = System("test")
TRIGGERS = ("journal_entry_no_UPDATE", "journal_entry_no_DELETE", "journal_head_no_DELETE")


@dataclass
class Book:
    """Writes, tampers and checks."""

    wires: wiring.Wiring
    world: World
    now: datetime

    def write(self, actor: Any, action: str = "viewed_home", *, line_id: Any = None, **named: Any) -> None:
        self.now += timedelta(seconds=1)
        with self.wires.db.transaction() as session:
            record(session, actor, line_id=line_id or actor.line_id, action=action, now=self.now, **named)

    def fill(self, lines: int = 3, each: int = 4) -> list[Subscriber]:
        """So many entries for each of so many lines, in turn."""
        people = [self.world.subscriber() for _ in range(lines)]
        for turn in range(each):
            for person in people:
                self.write(person, details={"turn": turn})
        return people

    def check(self, *anchors: str) -> Report:
        with self.wires.db.snapshot() as session:
            return check.check(session, self.wires.keys, anchors=anchors)

    def found(self, *anchors: str) -> set[tuple[str, int, int]]:
        return {(each.kind, each.stream, each.seq) for each in self.check(*anchors).findings}

    def anchor(self) -> str:
        return str(wiring.ask_now(anchor.sign, WORKER, now=self.now))

    def entries(self) -> list[JournalEntry]:
        with self.wires.db.snapshot() as session:
            rows = session.query(JournalEntry).order_by(JournalEntry.stream, JournalEntry.seq).all()
            session.expunge_all()
            return rows

    def tamper(self, statement: str, **values: Any) -> None:
        """What a master of the database can do: takes the triggers away first."""
        with self.wires.db.transaction() as session:
            for name in TRIGGERS:
                table = name.rpartition("_no_")[0]
                where = "" if self.wires.db.is_sqlite else f" ON {table}"
                session.execute(text(f"DROP TRIGGER IF EXISTS {name}{where}"))
            session.execute(text(statement), values)


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """The same settings over either engine."""
    if request.param == "sqlite":
        return settings
    return replace(settings, database_url=request.getfixturevalue("postgres_url"))


@pytest.fixture
def book(wires: wiring.Wiring, world: World, now: datetime) -> Book:
    return Book(wires, world, now)
