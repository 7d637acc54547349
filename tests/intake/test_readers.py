"""The fast ways of reading give exactly what the plain ones give, for anything that a file may hold."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfcare_app.db import micros
from selfcare_app.intake.cells import Whole
from selfcare_app.intake.findings import Faults
from selfcare_app.intake.moments import Moments, to_utc
from selfcare_app.intake.octets import Cells
from selfcare_app.intake.windows import Blocks, Dialect, windows
from selfcare_app.usage.identity import record_keys

ANY_CELL = st.text(st.sampled_from('0123456789-+. _,"ab\u0667é'), max_size=24)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31)).map(lambda at: at.replace(microsecond=0))  # noqa: DTZ001
FEW = settings(max_examples=150, deadline=None)


@FEW
@given(st.lists(ANY_CELL | st.integers(0, 2**64).map(str), max_size=12))
def test_whole_numbers(texts: list[str]) -> None:
    def plain(text: str) -> int | None:
        if not text:
            return 0
        if not (text.isascii() and text.isdigit()):
            return None
        return int(text) if int(text) < 2**63 else None

    faults = Faults()
    read = Whole()(Cells.of(texts), faults, "x").tolist()
    wrong = faults.rows()
    for row, text in enumerate(texts):
        expected = plain(text)
        # A number such as `5.0` or `-0` is whole too, though nobody writes it so.
        if expected is not None:
            assert (read[row], row in wrong) == (expected, False)
        elif row not in wrong:
            assert float(text) == read[row]


@FEW
@given(st.lists(st.integers(0, 10**17), min_size=1), st.sampled_from([60, 1024, 1024**2]))
def test_units_never_wrap_around(values: list[int], factor: int) -> None:
    faults = Faults()
    read = Whole(factor=factor)(Cells.of([str(value) for value in values]), faults, "x").tolist()
    for row, value in enumerate(values):
        assert (row in faults.rows()) == (value * factor >= 2**63)
        assert row in faults.rows() or read[row] == value * factor


@FEW
@given(st.lists(MOMENTS, min_size=1, max_size=8), st.text(max_size=20))
def test_moments_in_utc(moments: list[datetime], other: str) -> None:
    texts = [f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in moments]
    faults = Faults()
    read = Moments()(Cells.of([*texts, other]), faults, "x").tolist()
    assert read[:-1] == [micros(at.replace(tzinfo=UTC)) for at in moments]
    assert list(faults.rows()) in ([], [len(moments)])


@FEW
@given(st.lists(MOMENTS, min_size=1), st.sampled_from(["Europe/Minsk", "Europe/Kyiv", "Asia/Kathmandu"]))
def test_moments_of_a_wall_clock(moments: list[datetime], zone: str) -> None:
    texts = [f"{at:%d.%m.%Y %H:%M:%S}" for at in moments]
    read = Moments("%d.%m.%Y %H:%M:%S", ZoneInfo(zone))(Cells.of(texts), Faults(), "x").tolist()
    assert read == [micros(at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)) for at in moments]


@pytest.mark.parametrize("text", ["2026-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "2026-10-00", "1900-02-28"])
def test_days_that_are_not_in_the_calendar(text: str) -> None:
    faults = Faults()
    Moments()(Cells.of([f"{text}T00:00:00Z"]), faults, "x")
    assert list(faults.rows()) == [0]


def test_wall_clocks_around_every_change_of_a_year() -> None:
    zone, start = ZoneInfo("Europe/Kyiv"), datetime(2026, 1, 1)  # noqa: DTZ001
    wall = [start + timedelta(minutes=5 * step) for step in range(12 * 24 * 365)]
    local = np.array([micros(at.replace(tzinfo=UTC)) for at in wall], np.int64)
    expected = [micros(at.replace(tzinfo=zone).astimezone(UTC)) for at in wall[:: 12 * 5]]
    assert to_utc(local, zone)[:: 12 * 5].tolist() == expected


CONTENT = st.text(st.sampled_from('ab7é,;"\n\r \u0667'), max_size=60)


@FEW
@given(CONTENT, st.integers(3, 40))
def test_windows_split_as_the_csv_module_does(content: str, size: int) -> None:
    expected = _by_the_book(content, 3)
    found: dict[int, list[str]] = {}
    broken = set()
    blocks = Blocks(io.BytesIO(content.encode()), size)
    for window in windows(blocks, Dialect(), 3):
        for row, line in enumerate(window.lines):
            found[line] = [column.texts[row] for column in window.columns]
        broken |= {bad.line for bad in window.broken}
    assert not found.keys() & broken
    if expected is not None:
        assert (list(found.values()), len(broken)) == expected


def _by_the_book(content: str, width: int) -> tuple[list[list[str]], int] | None:
    """Rows of the right width and how many others, or None where the module gives up."""
    lines = content.replace("\r\n", "\n").split("\n")
    try:
        rows = [row for row in csv.reader([f"{line}\n" for line in lines[:-1]] + [lines[-1]], strict=True) if row]
    except csv.Error:
        return None
    return [row for row in rows if len(row) == width], sum(len(row) != width for row in rows)


@FEW
@given(st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=30), min_size=1, max_size=20))
def test_distinct_cells_say_what_the_cells_say(texts: list[str]) -> None:
    samples, which = Cells.of(texts).distinct()
    assert [samples[place] for place in which.tolist()] == texts


@FEW
@given(st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=30), min_size=2, max_size=20))
def test_a_record_has_the_same_key_whatever_stands_beside_it(texts: list[str]) -> None:
    def keys(some: list[str]) -> list[int]:
        return record_keys([np.arange(len(some)) * 0 + 7, Cells.of(some).words()], len(some)).tolist()

    together = keys(texts)
    assert together == [keys([text])[0] for text in texts]
    assert all(0 <= key < 2**63 for key in together)
    assert len(set(together)) == len(set(texts))


def test_keys_are_the_same_for_ever() -> None:
    keys = record_keys([Cells.of(["R1", "запись-2", ""]).words()], 3)
    assert keys.tolist() == KEYS


def test_keys_of_a_million_records_differ() -> None:
    made: Callable[[], list[str]] = lambda: [f"R{n:09d}" for n in range(1_000_000)]  # noqa: E731
    keys = record_keys([Cells.of(made()).words()], 1_000_000)
    assert len(np.unique(keys)) == 1_000_000


KEYS = [4865854243842466158, 1957277714647540716, 5889269895117794498]
