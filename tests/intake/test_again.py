"""Loading again: rejects that were corrected, an interrupted run, everything in one transaction or nothing."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func
from sqlmodel import select

from selfcare_app.db import metadata
from selfcare_app.intake.load import NotAll, Progress
from selfcare_app.intake.loaders import usage as usage_loader
from selfcare_app.usage.tables import UsageRecord
from selfcare_app.wiring import Wiring
from tests.intake.exports import ONE_USAGE, SMALL, Importing, write

MOMENTS = [f"2026-11-{day:02d}T10:00:{second:02d}Z" for day in range(1, 16) for second in range(60)]


def many() -> str:
    """Nine hundred records of one number."""
    made = (f"M{n},,375291234567,{at},sms,outgoing,,411,,,,,," for n, at in enumerate(MOMENTS))
    return "\n".join([ONE_USAGE, *made, ""])


def everything(wires: Wiring) -> dict[str, list[Any]]:
    """All rows of all tables."""
    with wires.db.snapshot() as session:
        return {table.name: sorted(map(str, session.execute(table.select()).all())) for table in metadata.sorted_tables}


def count(wires: Wiring) -> int:
    with wires.db.snapshot() as session:
        return int(session.exec(select(func.count()).select_from(UsageRecord)).one())


def test_rejects_are_corrected_and_loaded(importing: Importing, wires: Wiring, tmp_path: Path) -> None:
    broken = SMALL | {
        "accounts": SMALL["accounts"].replace("A2,C2", "A2,C9"),
        "usage": SMALL["usage"].replace("R1,,375291234567", "R1,,37529123456"),
    }
    first = importing(write(tmp_path / "broken", **broken))
    assert [finding[3] for finding in first.findings] == [
        "unknown_client",
        "unknown_account",
        "unknown_line",
        "not_a_number",
        "unknown_line",
    ]
    for file in first.rejects.glob("*.csv"):
        text = file.read_text("utf-8").replace("A2,C9", "A2,C2").replace("R1,,37529123456,", "R1,,375291234567,")
        file.write_text(text, "utf-8")
    assert importing(first.rejects).findings == []
    assert importing(write(tmp_path / "right", **SMALL)).counts == {
        name: (0, 0, text.count("\n") - 1, 0) for name, text in SMALL.items()
    }


def test_nothing_is_rejected_and_nothing_is_left_beside(importing: Importing, small: Path) -> None:
    assert not importing(small).rejects.exists()


def test_a_second_run_leaves_every_row_as_it_was(loaded: Importing, wires: Wiring, small: Path) -> None:
    before = everything(wires)
    loaded(small)
    assert everything(wires) == before


def test_the_same_record_twice_counts_once(loaded: Importing, wires: Wiring, tmp_path: Path) -> None:
    before = count(wires)
    export = write(tmp_path / "export", **{"usage-1": many() + many().partition("\n")[2], "usage-2": many()})
    assert loaded(export).counts["usage"] == (900, 0, 1800, 0)
    assert count(wires) == before + 900


def test_strict_leaves_nothing_of_an_export_with_a_bad_row(importing: Importing, wires: Wiring, tmp_path: Path) -> None:
    before = everything(wires)
    export = write(tmp_path / "export", **SMALL | {"usage": SMALL["usage"] + "X,,1\n"})
    with pytest.raises(NotAll) as refused:
        importing(export, strict=True)
    report = refused.value.params["report"]
    assert [(each.file, each.line, each.reason) for each in report.first] == [("usage.csv", 5, "field_count")]
    assert everything(wires) == before
    rejects = tmp_path / "rejects1"
    assert [file.name for file in rejects.iterdir()] == ["report.csv"]


def test_strict_loads_all_of_a_good_export(importing: Importing, wires: Wiring, small: Path) -> None:
    assert importing(small, strict=True).findings == []
    assert count(wires) == 3
    assert {counts[:2] for counts in importing(small).counts.values()} == {(0, 0)}


@pytest.mark.parametrize("after", ["lines", "numbers", "usage"])
def test_an_interrupted_run_is_finished_by_the_same_command(
    importing: Importing, wires: Wiring, tmp_path: Path, after: str
) -> None:
    export = write(tmp_path / "export", **SMALL | {"usage": many()})

    def interrupt(progress: Progress) -> None:
        if progress.part.table == after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importing(export, watch=interrupt)
    assert count(wires) < 900
    assert importing(export).findings == []
    assert count(wires) == 900


def test_a_crash_between_two_batches_loses_none_and_doubles_none(
    importing: Importing, wires: Wiring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage_loader, "WRITTEN_AT_ONCE", 100)
    export = write(tmp_path / "export", **SMALL | {"usage": many()})
    written = usage_loader.load.records
    batches = iter(range(4))

    def failing(session: Any, actor: Any, **named: Any) -> Any:
        if next(batches, None) is None:
            raise ConnectionError
        return written(session, actor, **named)

    monkeypatch.setattr(usage_loader.load, "records", failing)
    with pytest.raises(ConnectionError):
        importing(export)
    assert count(wires) == 400
    monkeypatch.setattr(usage_loader.load, "records", written)
    assert importing(export).counts["usage"] == (500, 0, 400, 0)


def test_records_lie_in_the_order_in_which_they_are_read(importing: Importing, wires: Wiring, tmp_path: Path) -> None:
    header, *lines = many().splitlines()
    export = write(tmp_path / "export", **SMALL | {"usage": "\n".join([header, *reversed(lines), ""])})
    importing(export)
    with wires.db.snapshot() as session:
        moments = session.connection().exec_driver_sql("SELECT started_at FROM usage_record").scalars().all()
    assert list(moments) == sorted(moments)
    assert len(moments) == 900
