"""Fits a file's header to a table of the layout, and reads windows of the file into batches of values."""

from collections.abc import Mapping as Table_
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from selfcare_app.intake.cells import Column as Values
from selfcare_app.intake.cells import Memo, Reader, shown
from selfcare_app.intake.findings import At, Faults, Reason
from selfcare_app.intake.form import Form
from selfcare_app.intake.layout import Table
from selfcare_app.intake.mapping import ANY, SKIP, Mapping
from selfcare_app.intake.octets import Cells, Flags, Places
from selfcare_app.intake.windows import Window
from selfcare_app.operators import Profile
from selfcare_app.usage.codes import Direction


@dataclass(frozen=True, slots=True)
class Batch:
    """Values of the good rows of a window by column; `rows` are their places in the window.

    `file_as_of` is when the file was written last.
    """

    columns: dict[str, Values]
    rows: Places
    file_as_of: datetime | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def records(self) -> list[dict[str, Any]]:
        """Row by row."""
        names = tuple(self.columns)
        return [dict(zip(names, values, strict=True)) for values in zip(*self._lists(), strict=True)]

    def _lists(self) -> list[list[Any]]:
        return [column.tolist() for column in self.columns.values()]


@dataclass(frozen=True, slots=True)
class Misfit:
    """A header that the table can't be read from: the column that is not there, or is there twice."""

    column: str
    reason: Reason


class Shape:
    """How the columns of one file become those of a table; `misfits` says why they can't, `unknown` what is ignored."""

    def __init__(self, table: Table, header: Sequence[str], mapping: Mapping | None, profile: Profile) -> None:
        self._table, self._mapping = table, mapping
        form = mapping.form(profile) if mapping else Form(profile)
        self._header = [name.strip().casefold() for name in header]
        self.misfits: list[Misfit] = []
        self._places = self._find(mapping.columns if mapping else None)
        self._codes = self._find_codes(mapping)
        self._constants = dict(mapping.constants) if mapping else {}
        filled = {*self._places, *self._constants, *(name for _, code in self._codes for name in code.filled)}
        self._readers: dict[str, Reader] = {
            column.name: column.kind.reader(column.name, form, required=column.required)
            for column in table.columns
            if column.name in filled
        }
        self._check(filled)
        used = {place for places in self._places.values() for place in places} | {place for place, _ in self._codes}
        self.unknown = [name for place, name in enumerate(header) if place not in used] if not mapping else []

    def label(self, column: str) -> str:
        """What the file calls a column of ours."""
        theirs = self._mapping.columns.get(column, column) if self._mapping else column
        return theirs if isinstance(theirs, str) else " ".join(theirs)

    def read(self, window: Window) -> tuple[Batch, Faults, int]:
        """Good rows as a batch, what is wrong with the others (by row of the window), and how many are skipped."""
        faults, columns = Faults(), window.columns
        cells = {name: _joined([columns[place] for place in places]) for name, places in self._places.items()}
        cells |= {name: _constant(text, len(window)) for name, text in self._constants.items()}
        rows = np.arange(len(window))
        skipped = np.zeros(len(window), bool)
        for place, code in self._codes:
            made, skips = code.read(columns[place], faults)
            cells |= made
            skipped |= skips
        unknown = len(faults.rows())
        if skipped.any():
            rows = np.flatnonzero(~skipped)
            cells = {name: column.rows(rows) for name, column in cells.items()}
        read = self._values(cells, rows, faults)
        if faults:
            good = ~np.isin(rows, list(faults.rows()))
            read, rows = {name: values[good] for name, values in read.items()}, rows[good]
        return Batch(read, rows), faults, int(skipped.sum()) - unknown

    def _values(self, cells: dict[str, Cells], rows: Places, faults: Faults) -> dict[str, Values]:
        own: Faults = At(faults, rows)
        read: dict[str, Values] = {}
        if self._mapping and self._mapping.numbers.incoming_swaps:
            read["direction"] = self._readers["direction"](cells["direction"], own, self.label("direction"))
            incoming = read["direction"] == int(Direction.INCOMING)
            msisdn, peer = cells["msisdn"], cells["peer"]
            cells["msisdn"], cells["peer"] = msisdn.where(incoming, peer), peer.where(incoming, msisdn)
            own = _Swapped(faults, rows, incoming, self.label("msisdn"), self.label("peer"))
        for name, reader in self._readers.items():
            if name not in read:
                read[name] = reader(cells[name], own, self.label(name))
        self._check_either(cells, own)
        return read

    def _check_either(self, cells: dict[str, Cells], faults: Faults) -> None:
        choices = [cells[name].lengths == 0 for name in self._table.either if name in cells]
        if choices and (empty := np.logical_and.reduce(choices)).any():
            names = [self.label(name) for name in self._table.either if name in cells]
            for row in np.flatnonzero(empty).tolist():
                faults.add(row, names[0], Reason.EITHER, {"columns": ", ".join(names)})

    def _find(self, names: Table_[str, str | tuple[str, ...]] | None) -> dict[str, tuple[int, ...]]:
        if names is None:
            known = [column.name for column in self._table.columns if column.name in self._header]
            return {name: (self._place(name),) for name in known}
        places = {}
        for name, theirs in names.items():
            wanted = (theirs,) if isinstance(theirs, str) else theirs
            places[name] = tuple(self._place(column) for column in wanted)
        return places

    def _find_codes(self, mapping: Mapping | None) -> list[tuple[int, "_Code"]]:
        return [
            (self._place(theirs), _Code(theirs, meanings))
            for theirs, meanings in (mapping.codes if mapping else {}).items()
        ]

    def _place(self, theirs: str) -> int:
        wanted = theirs.strip().casefold()
        if (times := self._header.count(wanted)) != 1:
            self.misfits.append(Misfit(theirs, Reason.TWO_COLUMNS if times else Reason.NO_COLUMN))
            return 0
        return self._header.index(wanted)

    def _check(self, filled: set[str]) -> None:
        for column in self._table.columns:
            if column.required and column.name not in filled:
                self.misfits.append(Misfit(column.name, Reason.NO_COLUMN))
        if self._table.either and not filled & set(self._table.either):
            self.misfits.append(Misfit(self._table.either[-1], Reason.NO_COLUMN))


class _Code:
    """A column of theirs whose codes fill columns of ours."""

    def __init__(self, theirs: str, meanings: Table_[str, str | Table_[str, str]]) -> None:
        self._theirs, self._meanings = theirs, meanings
        self.filled = sorted(
            {name for meaning in meanings.values() if not isinstance(meaning, str) for name in meaning}
        )
        self._memo = Memo(lambda text: meanings.get(text.strip(), meanings.get(ANY)))

    def read(self, cells: Cells, faults: Faults) -> tuple[dict[str, Cells], npt.NDArray[np.bool_]]:
        """The columns that are filled, and which rows are skipped."""
        samples, which = cells.distinct()
        meanings = [self._memo[text] for text in samples]
        for row in np.flatnonzero(np.array([meaning is None for meaning in meanings], bool)[which]).tolist():
            known = ", ".join(code for code in self._meanings if code != ANY)
            faults.add(row, self._theirs, Reason.NOT_A_WORD, {"value": shown(samples[which[row]]), "words": known})
        said = [meaning if isinstance(meaning, dict) else {} for meaning in meanings]
        made = {name: Cells.of([meaning.get(name, "") for meaning in said]).rows(which) for name in self.filled}
        # A row with an unknown code is a fault already: what its other cells say is not looked at either.
        return made, np.array([meaning in (SKIP, None) for meaning in meanings], bool)[which]


class _Swapped(At):
    """Names the called number's column where what is wrong with the calling one's was read from it, and the reverse."""

    __slots__ = ("_incoming", "_others")

    def __init__(self, faults: Faults, places: Places, incoming: Flags, calling: str, called: str) -> None:
        super().__init__(faults, places)
        self._incoming, self._others = incoming, {calling: called, called: calling}

    def add(self, row: int, column: str, reason: str, params: Table_[str, Any]) -> None:
        super().add(row, self._others.get(column, column) if self._incoming[row] else column, reason, params)


def _joined(columns: list[Cells]) -> Cells:
    if len(columns) == 1:
        return columns[0]
    return Cells.of([" ".join(texts) for texts in zip(*(column.texts for column in columns), strict=True)])


def _constant(text: str, count: int) -> Cells:
    return Cells.of([text]).rows(np.zeros(count, np.int64))
