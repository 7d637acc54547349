"""A plan that was changed here by an order stays, whatever older export is loaded afterwards."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line, LinePlan
from selfcare_app.wiring import Wiring
from tests.intake.exports import SMALL, Importing, write

CHANGED = datetime(2026, 11, 1, tzinfo=UTC)
HEAD = "line_id,account_id,tariff_plan,plan_as_of,user_name,activated_on\n"


def plan(wires: Wiring) -> tuple[str, str]:
    with wires.db.snapshot() as session:
        line = session.exec(select(Line).where(Line.external_id == "L1")).one()
        return line.tariff_plan, line.user_name


@pytest.fixture
def changed(importing: Importing, wires: Wiring, tmp_path: Path) -> Path:
    """L1 went over from super8 to office by an order that took effect on 1 November."""
    importing(write(tmp_path / "first", **SMALL))
    with wires.db.transaction() as session:
        line = session.exec(select(Line).where(Line.external_id == "L1")).one()
        session.add(LinePlan(id=new_id(), line_id=line.id, tariff_plan="super8", valid_until=CHANGED))
        line.tariff_plan = "office"
    return tmp_path


def load(importing: Importing, room: Path, rows: str, *, written: datetime, header: str = HEAD) -> None:
    place = write(room, lines=header + rows)
    os.utime(place / "lines.csv", (written.timestamp(), written.timestamp()))
    assert importing(place).findings == []


@pytest.mark.requirement("ISSA-089")
@pytest.mark.parametrize(
    ("late", "has"), [(timedelta(days=-3), "office"), (timedelta(), "office"), (timedelta(seconds=1), "super8")]
)
def test_the_file_s_moment_is_compared_with_the_change_s(
    importing: Importing, wires: Wiring, changed: Path, late: timedelta, has: str
) -> None:
    header = HEAD.replace("plan_as_of,", "")
    row = "L1,A1,super8,Новое имя,2020-03-01\n"
    load(importing, changed / "late", row, written=CHANGED + late, header=header)
    # What else the export says is taken either way.
    assert plan(wires) == (has, "Новое имя")


@pytest.mark.parametrize(
    ("as_of", "has"), [("2026-11-01T00:00:00Z", "office"), ("2026-11-01T00:00:01Z", "super8"), ("", "super8")]
)
def test_what_the_row_says_of_its_plan_s_moment_goes_before_the_file_s(
    importing: Importing, wires: Wiring, changed: Path, as_of: str, has: str
) -> None:
    load(importing, changed / "said", f"L1,A1,super8,{as_of},,2020-03-01\n", written=CHANGED + timedelta(days=5))
    assert plan(wires)[0] == has


def test_a_plan_that_was_never_changed_here_is_taken(importing: Importing, wires: Wiring, tmp_path: Path) -> None:
    importing(write(tmp_path / "first", **SMALL))
    row = "L1,A1,office,2019-01-01T00:00:00Z,,2020-03-01\n"
    load(importing, tmp_path / "old", row, written=datetime(2019, 1, 1, tzinfo=UTC))
    assert plan(wires)[0] == "office"
