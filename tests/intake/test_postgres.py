"""The same import on PostgreSQL."""

import itertools
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import select

from selfcare_app import wiring
from selfcare_app.db import Database
from selfcare_app.intake.load import NotAll
from selfcare_app.kit.sealing import Keyring
from selfcare_app.operators import Profile
from selfcare_app.settings import Settings
from selfcare_app.usage.tables import UsageRecord
from tests import schema
from tests.conftest import SECRET
from tests.intake.exports import SMALL, Importing, write
from tests.intake.test_again import count, everything, many
from tests.servers import postgres_server, postgres_url  # noqa: F401 - fixtures


@pytest.fixture
def wires(settings: Settings, profile: Profile, postgres_url: str) -> Iterator[wiring.Wiring]:  # noqa: F811
    database = Database(postgres_url, info={"profile": profile, "keys": Keyring(SECRET)})
    schema.create(database)
    parts = wiring.Wiring(settings, profile, database, Keyring(SECRET))
    wiring.rewire(parts)
    yield parts
    wiring.rewire(None)
    parts.close()


def test_a_small_export_and_again(importing: Importing, wires: wiring.Wiring, small: Path) -> None:
    first = importing(small)
    assert first.findings == []
    assert {name: counts[0] for name, counts in first.counts.items()} == {
        name: text.count("\n") - 1 for name, text in SMALL.items()
    }
    before = everything(wires)
    assert {name: counts[:2] for name, counts in importing(small).counts.items()} == dict.fromkeys(SMALL, (0, 0))
    assert everything(wires) == before


def test_the_same_rows_as_on_sqlite(
    importing: Importing, wires: wiring.Wiring, small: Path, tmp_path: Path, now: datetime
) -> None:
    importing(small)
    with wires.db.snapshot() as session:
        here = session.exec(select(UsageRecord).order_by(UsageRecord.line_no, UsageRecord.started_at)).all()  # type: ignore[arg-type]
        ours = [row.model_dump() for row in here]
    other = Database(f"sqlite:///{tmp_path / 'other.db'}", info=wires.db.info)
    schema.create(other)
    elsewhere = wiring.Wiring(wires.settings, wires.profile, other, wires.keys)
    wiring.rewire(elsewhere)
    Importing(elsewhere, now, tmp_path / "other")(small)
    with other.snapshot() as session:
        there = session.exec(select(UsageRecord).order_by(UsageRecord.line_no, UsageRecord.started_at)).all()  # type: ignore[arg-type]
        theirs = [row.model_dump() for row in there]
    wiring.rewire(wires)
    elsewhere.close()
    assert ours == theirs
    assert len(ours) == 3


def test_records_partly_there_already(importing: Importing, wires: wiring.Wiring, tmp_path: Path) -> None:
    header, *lines = many().splitlines()
    half = "\n".join([header, *lines[::2], ""])
    assert importing(write(tmp_path / "half", **SMALL | {"usage": half})).counts["usage"] == (450, 0, 0, 0)
    twice = many() + many().partition("\n")[2]
    assert importing(write(tmp_path / "all", usage=twice)).counts["usage"] == (450, 0, 1350, 0)
    assert count(wires) == 900


def test_signs_that_copy_would_take_for_its_own(importing: Importing, wires: wiring.Wiring, tmp_path: Path) -> None:
    peers = ["\\N", "a\\tb", "\\.", "'; --", "Ёж", "\\"]
    header = SMALL["usage"].splitlines()[0]
    lines = [f"Q{n},,375291234567,2026-11-05T10:00:0{n}Z,sms,incoming,,{peer},,,,,," for n, peer in enumerate(peers)]
    done = importing(write(tmp_path / "signs", **SMALL | {"usage": "\n".join([header, *lines, ""])}))
    assert done.findings == []
    with wires.db.snapshot() as session:
        found = session.exec(select(UsageRecord.peer).order_by(UsageRecord.started_at)).all()  # type: ignore[arg-type]
    assert list(found) == peers


def test_strict_leaves_nothing(importing: Importing, wires: wiring.Wiring, tmp_path: Path) -> None:
    before = everything(wires)
    with pytest.raises(NotAll):
        importing(write(tmp_path / "bad", **SMALL | {"usage": SMALL["usage"] + "X,,1\n"}), strict=True)
    assert everything(wires) == before


def test_many_batches(importing: Importing, wires: wiring.Wiring, tmp_path: Path) -> None:
    header = SMALL["usage"].splitlines()[0]
    keys = itertools.count()
    lines = [
        f"B{next(keys)},,375291234567,2026-10-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}Z,sms,outgoing,,411,,,,,,"
        for day in range(1, 8)
        for hour in range(24)
        for minute in range(0, 60, 2)
        for second in range(0, 60, 10)
    ]
    importing(write(tmp_path / "many", **SMALL | {"usage": "\n".join([header, *lines, ""])}))
    with wires.db.snapshot() as session:
        assert session.exec(select(func.count()).select_from(UsageRecord)).one() == len(lines) == 30_240
