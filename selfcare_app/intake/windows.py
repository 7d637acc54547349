"""Reads a table of text from a file in windows of bounded size: columns of cells, with the line each row came from."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from selfcare_app.intake.careful import Broken, Lines, careful
from selfcare_app.intake.octets import PADDING, Block, Cells

BLOCK_BYTES = 1 << 20
LONGEST_LINE = 1 << 20
BOM = b"\xef\xbb\xbf"
_NEWLINE = 10


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are written: one-byte delimiter, quote sign ("" for none), an encoding that contains ASCII."""

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"


@dataclass(slots=True)
class Window:
    """Rows of equal width, by column; `lines` are their physical lines, `raw(i)` the text of row i without its end."""

    columns: list[Cells]
    lines: Sequence[int]
    raw: Callable[[int], str]
    broken: Sequence[Broken]

    def __len__(self) -> int:
        return len(self.lines)


class Blocks:
    """The bytes of a file in pieces that end with a line, counting lines; a BOM at the start is left out."""

    def __init__(self, stream: BinaryIO, size: int = BLOCK_BYTES) -> None:
        self._stream, self._size = stream, size
        self._rest = stream.read(len(BOM)).removeprefix(BOM)
        self._ended = False
        self.line = 1
        self.too_long: list[int] = []

    def line_of_text(self) -> bytes:
        """One physical line with its end; empty at the end of the file."""
        while b"\n" not in self._rest and not self._ended:
            self._fill()
        cut = self._rest.find(b"\n") + 1 or len(self._rest)
        taken, self._rest = self._rest[:cut], self._rest[cut:]
        self.line += bool(taken)
        return taken

    def take(self) -> bytes:
        """The next whole lines, or empty at the end; lines beyond all bounds are dropped and named in `too_long`."""
        while not self._ended and (len(self._rest) < self._size or b"\n" not in self._rest):
            self._fill()
            if len(self._rest) > LONGEST_LINE and b"\n" not in self._rest:
                self._drop_line()
        cut = len(self._rest) if self._ended else self._rest.rfind(b"\n") + 1
        taken, self._rest = self._rest[:cut], self._rest[cut:]
        return taken

    def _fill(self) -> None:
        more = self._stream.read(self._size)
        self._ended = not more
        self._rest += more

    def _drop_line(self) -> None:
        # Nothing but a damaged file has such a line: its text is not kept, so that memory stays bounded.
        self.too_long.append(self.line)
        while b"\n" not in self._rest and not self._ended:
            self._rest = b""
            self._fill()
        self._rest = self._rest.partition(b"\n")[2]
        self.line += 1


def windows(blocks: Blocks, dialect: Dialect, width: int) -> Iterator[Window]:
    """The rest of a file in windows; rows that don't have `width` cells are in `broken`."""
    while block := blocks.take():
        first = blocks.line
        rows = _rectangle(block, dialect, width)
        if rows is None:
            yield from _by_the_rules(block, blocks, dialect, width)
        else:
            columns, raw = rows
            count = len(columns[0])
            blocks.line += count
            yield Window(columns, range(first, first + count), raw, _dropped(blocks))
    if dropped := _dropped(blocks):
        yield Window(_no_columns(width), (), str, dropped)


def _rectangle(octets: bytes, dialect: Dialect, width: int) -> tuple[list[Cells], Callable[[int], str]] | None:
    """The columns of a block where a cell ends at every delimiter and a row at every line; else None."""
    if b"\r" in octets:
        octets = octets.replace(b"\r\n", b"\n")
    if b"\r" in octets or b"\0" in octets or (dialect.quote and dialect.quote.encode() in octets):
        return None
    if not octets.endswith(b"\n"):
        octets += b"\n"
    try:
        block = Block(octets, dialect.encoding)
    except UnicodeDecodeError:
        return None
    delimiter = ord(dialect.delimiter)
    ends = np.flatnonzero((block.octets == delimiter) | (block.octets == _NEWLINE))
    if ends.size % width:
        return None
    table = ends.reshape(-1, width)
    signs = block.octets[table]
    if (signs[:, -1] != _NEWLINE).any() or (signs[:, :-1] != delimiter).any():
        return None
    starts = np.concatenate(([PADDING], ends[:-1] + 1)).reshape(-1, width)
    if width == 1 and (starts == table).any():
        return None
    columns = [Cells(block, starts[:, place], table[:, place]) for place in range(width)]
    return columns, lambda row: block.texts(starts[row, :1], table[row, -1:])[0]


def _by_the_rules(block: bytes, blocks: Blocks, dialect: Dialect, width: int) -> Iterator[Window]:
    lines = Lines(block, blocks.take, dialect.encoding, blocks.line)
    reader_of = csv_reader(dialect)
    for rows in careful(lines, reader_of, width):
        columns = [Cells.of(list(column)) for column in zip(*rows.cells, strict=True)] or _no_columns(width)
        yield Window(columns, rows.lines, rows.raw.__getitem__, [*rows.broken, *_dropped(blocks)])
    blocks.line = lines.number


def csv_reader(dialect: Dialect) -> Callable[[Iterator[str]], Iterator[list[str]]]:
    """Splits lines into cells by the rules of quoting."""

    def reader(lines: Iterator[str]) -> Iterator[list[str]]:
        if dialect.quote:
            return csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quote, strict=True)
        return csv.reader(lines, delimiter=dialect.delimiter, quoting=csv.QUOTE_NONE, strict=True)

    return reader


def _dropped(blocks: Blocks) -> list[Broken]:
    dropped = [Broken(line, None, "line_too_long", {"most": LONGEST_LINE}) for line in blocks.too_long]
    blocks.too_long.clear()
    return dropped


def _no_columns(width: int) -> list[Cells]:
    return [Cells.of([]) for _ in range(width)]
