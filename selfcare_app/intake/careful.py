"""Splits lines into cells by all the rules of quoting, so that one broken row spoils no other."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from selfcare_app.intake.findings import Reason

WINDOW_ROWS = 20_000
_UNDECODED = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that could not be split; `raw` is None where the text itself was too much to keep."""

    line: int
    raw: str | None
    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Rows:
    """Whole rows with their lines and texts, and the broken ones among them."""

    cells: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)


class Lines:
    """The lines of a block, and of the following blocks for as long as a quoted cell goes on over the end."""

    def __init__(self, block: bytes, more: Callable[[], bytes], encoding: str, first: int) -> None:
        self._lines = self._split(block, encoding)
        self._more, self._encoding = more, encoding
        self._next = 0
        self.number = first
        self.start = first
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._next >= len(self._lines):
            if not self.taken or not (block := self._more()):
                raise StopIteration
            self._lines, self._next = self._split(block, self._encoding), 0
        line = self._lines[self._next]
        self._next += 1
        self.number += 1
        self.taken.append(line)
        return line

    def begin(self) -> None:
        """What is taken from here on is one row."""
        self.start, self.taken = self.number, []

    def put_back(self) -> str:
        """Gives back all lines of the row but the first, which is returned."""
        first, *others = self.taken
        self._lines, self._next = others + self._lines[self._next :], 0
        self.number = self.start + 1
        return first

    @staticmethod
    def _split(block: bytes, encoding: str) -> list[str]:
        text = block.decode(encoding, "surrogateescape").replace("\r\n", "\n")
        lines = text.split("\n")
        return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def careful(lines: Lines, reader_of: Callable[[Iterator[str]], Iterator[list[str]]], width: int) -> Iterator[Rows]:
    """All rows of `lines`, some at a time; empty lines are no rows."""
    reader, rows = reader_of(lines), Rows()
    while True:
        lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            start = lines.start
            rows.broken.append(Broken(start, lines.put_back().rstrip("\n"), Reason.QUOTE))
            reader = reader_of(lines)
            continue
        if cells:
            _sort_in(rows, cells, lines, width)
        if len(rows.cells) + len(rows.broken) >= WINDOW_ROWS:
            yield rows
            rows = Rows()
    if rows.cells or rows.broken:
        yield rows


def _sort_in(rows: Rows, cells: list[str], lines: Lines, width: int) -> None:
    raw = "".join(lines.taken).rstrip("\n")
    if (why := _why_broken(raw, cells, width)) is not None:
        rows.broken.append(Broken(lines.start, raw, *why))
        return
    rows.cells.append(cells)
    rows.lines.append(lines.start)
    rows.raw.append(raw)


def _why_broken(raw: str, cells: list[str], width: int) -> tuple[Reason, dict[str, Any]] | None:
    if "\0" in raw:
        return Reason.NUL, {}
    if not raw.isascii() and _UNDECODED.search(raw):
        return Reason.ENCODING, {}
    if len(cells) != width:
        return Reason.FIELD_COUNT, {"found": len(cells), "expected": width}
    return None
