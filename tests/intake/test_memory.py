"""Memory does not grow with the export."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from selfcare_app.intake import windows
from selfcare_app.intake.loaders import usage as usage_loader
from tests.intake.exports import ONE_USAGE, Importing

FEW, MANY = 40_000, 200_000
SLACK = 4 << 20


def records(directory: Path, count: int, row: Callable[[int], str]) -> Path:
    directory.mkdir()
    with (directory / "usage.csv").open("w", encoding="utf-8") as file:
        file.write(f"{ONE_USAGE}\n")
        file.writelines(row(n) for n in range(count))
    return directory


def moment(n: int) -> str:
    return f"2026-{7 + n // 60_000:02d}-{1 + n // 2400 % 25:02d}T{n // 100 % 24:02d}:{n // 60 % 60:02d}:{n % 60:02d}Z"


def good(n: int) -> str:
    return f"R{n},,375291234567,{moment(n)},call,outgoing,on_net,37529{n % 10_000_000:07d},{n % 600},,,0.{n % 1000:03d},,\n"


def quoted(n: int) -> str:
    return good(n).replace("call", '"call"')


def bad(n: int) -> str:
    return good(n).replace("call", "fax")


@pytest.mark.parametrize(
    "row", [good, pytest.param(quoted, marks=pytest.mark.slow), pytest.param(bad, marks=pytest.mark.slow)]
)
def test_five_times_the_rows_need_no_more_memory(
    loaded: Importing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: Callable[[int], str]
) -> None:
    # Smaller pieces than usual, so that both exports are many times their size.
    monkeypatch.setattr(usage_loader, "SORTED_AT_ONCE", 20_000)
    monkeypatch.setattr(windows.Blocks.__init__, "__defaults__", (1 << 18,))
    exports = [records(tmp_path / str(count), count, row) for count in (FEW, MANY)]
    peaks = []
    for export in exports:
        tracemalloc.start()
        loaded(export)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + SLACK
