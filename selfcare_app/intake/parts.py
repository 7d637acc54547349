"""Which files of a directory are parts of which table, and how they are opened."""

import gzip
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from selfcare_app.intake.layout import BY_NAME, TABLES
from selfcare_app.intake.mapping import Mapping
from selfcare_app.kit.errors import Refused

_NAME = re.compile(r"([a-z_]+)(?:[-.].*)?\.csv(?:\.gz)?", re.IGNORECASE)
_FIGURES = re.compile(r"(\d+)")


class NoSuchPlace(Refused):
    """There is no file or directory `path`."""

    code = "intake.no_such_place"


class NothingToLoad(Refused):
    """No file in `path` is a table's part."""

    code = "intake.nothing_to_load"


@dataclass(frozen=True, slots=True)
class Part:
    """A file with rows of `table`; without a mapping it is in the documented layout."""

    path: Path
    table: str
    mapping: Mapping | None = None


def written_at(file: Path) -> datetime:
    """When the file was changed last, as the file system has it."""
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def find(place: Path, mappings: Sequence[Mapping]) -> tuple[list[Part], list[Path]]:
    """Parts in the order in which they are loaded, and files that belong to no table.

    `place` is a directory or one file. Raises NoSuchPlace, NothingToLoad.
    """
    if not place.exists():
        raise NoSuchPlace(path=str(place))
    files = [place] if place.is_file() else [file for file in place.iterdir() if file.is_file()]
    parts, others = [], []
    for file in sorted(files, key=_natural):
        part = _part(file, mappings, alone=place.is_file())
        if part is None:
            others.append(file)
        else:
            parts.append(part)
    if not parts:
        raise NothingToLoad(path=str(place))
    order = [table.name for table in TABLES]
    return sorted(parts, key=lambda part: order.index(part.table)), others


def _part(file: Path, mappings: Sequence[Mapping], *, alone: bool) -> Part | None:
    for mapping in mappings:
        if mapping.takes(file.name):
            return Part(file, mapping.table, mapping)
    if alone and len(mappings) == 1:
        return Part(file, mappings[0].table, mappings[0])
    named = _NAME.fullmatch(file.name)
    table = named[1].lower() if named else ""
    return Part(file, table) if table in BY_NAME else None


def _natural(file: Path) -> list[tuple[int, str]]:
    # usage.10.csv comes after usage.9.csv
    return [(int(piece), "") if piece.isdigit() else (0, piece) for piece in _FIGURES.split(file.name)]


class Opened:
    """A part's bytes, unpacked if need be; `position` counts the bytes of the file itself that are read."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        packed = name.lower().endswith(".gz")
        self.stream: BinaryIO = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file

    @property
    def position(self) -> int:
        """Bytes read so far."""
        return self._file.tell()


@contextmanager
def opened(part: Part) -> Iterator[Opened]:
    """The part's file, open for reading. Raises OSError."""
    with part.path.open("rb") as file:
        yield Opened(file, part.path.name)
