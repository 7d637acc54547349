"""Loads usage records: finds the line that had the number then, sorts, and writes in the table's own order."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from selfcare_app import wiring
from selfcare_app.db import micros
from selfcare_app.intake.loaders.loader import Surroundings
from selfcare_app.intake.octets import Cells
from selfcare_app.intake.shape import Batch
from selfcare_app.kit.bulk import Refusal, Written
from selfcare_app.subscribers import load_lines
from selfcare_app.subscribers.load_lines import Holding
from selfcare_app.usage import load
from selfcare_app.usage.codes import NOT_CHARGED
from selfcare_app.usage.identity import Integers, record_keys
from selfcare_app.usage.load import Records
from selfcare_app.usage.rating import pricing

SORTED_AT_ONCE = 200_000
"""Records that are gathered and sorted before they are written: the more, the fewer pages of the table are touched."""
WRITTEN_AT_ONCE = 20_000
"""Records in one transaction on SQLite: some hundredths of a second in which nobody else writes."""
COPIED_AT_ONCE = 50_000
"""Records in one transaction on PostgreSQL, where others write meanwhile and a commit costs more."""
_REMEMBERED = 200_000
_FOREVER = 2**62
_Objects = npt.NDArray[np.object_]
_TEXTS = ("peer", "service", "domain")
_COUNTS = ("zone", "duration_seconds", "bytes_in", "bytes_out")
_TELLING = ("kind", "direction", "duration_seconds", "bytes_in", "bytes_out")


class Usage:
    """Gathers batches; what was gathered is written when there is enough of it."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._holders = _Holders(around)
        self._gathered: list[Records] = []
        self._count = 0
        self.written = Written()

    def take(self, batch: Batch) -> tuple[Refusal, ...]:
        """Resolves lines now and keeps the records for later."""
        columns = _filled(batch)
        lines, refused = self._holders.lines(columns)
        if refused:
            good = lines > 0
            columns, lines = {name: column[good] for name, column in columns.items()}, lines[good]
        self._gathered.append(_records(columns, lines))
        self._count += len(lines)
        if self._count >= SORTED_AT_ONCE:
            self.finish()
        return refused

    def finish(self) -> None:
        """Writes what is gathered."""
        if self._gathered:
            sorted_records = load.together(self._gathered)
            self._gathered, self._count = [], 0
            at_once = WRITTEN_AT_ONCE if wiring.wired().db.is_sqlite else COPIED_AT_ONCE
            for start in range(0, len(sorted_records), at_once):
                some = sorted_records.sliced(start, start + at_once)
                if (some.charge_units == NOT_CHARGED).any():
                    self.written += self._around.door.do(pricing.records, records=some, now=self._around.now)
                else:
                    self.written += self._around.door.do(load.records, records=some)


class _Holders:
    """Which line had a number when, as far as it was asked."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._lines: dict[str, int] = {}
        self._places: dict[str, int] = {}
        self._several: dict[int, list[Holding]] = {}
        self._rows: list[tuple[int, int, int]] = []
        self._table = np.empty((3, 0), np.int64)

    def lines(self, columns: dict[str, Any]) -> tuple[Integers, tuple[Refusal, ...]]:
        """The line of each record by its compact number, 0 where there is none; and the records without one."""
        count = len(columns["started_at"])
        found, refused = np.zeros(count, np.int64), []
        named = columns["line_id"] != ""
        if named.any():
            rows = np.flatnonzero(named)
            found[rows] = self._by_id(columns["line_id"][rows])
            refused += [_unknown(row, "line_id", "unknown_line", columns) for row in rows[found[rows] == 0].tolist()]
        if not named.all():
            rows = np.flatnonzero(~named)
            found[rows] = self._by_number(columns["msisdn"][rows], columns["started_at"][rows])
            refused += [
                _unknown(row, "msisdn", "nobody_had_number", columns) for row in rows[found[rows] == 0].tolist()
            ]
        return found, tuple(sorted(refused, key=lambda refusal: refusal.index))

    def _by_id(self, line_ids: _Objects) -> Integers:
        ids = line_ids.tolist()
        if unasked := list(set(ids) - self._lines.keys()):
            if len(self._lines) > _REMEMBERED:
                self._lines.clear()
                unasked = list(set(ids))
            answer = self._around.door.ask(load_lines.line_nos, external_ids=unasked)
            self._lines.update({line_id: answer.get(line_id, 0) for line_id in unasked})
        return np.array([self._lines[line_id] for line_id in ids], np.int64)

    def _by_number(self, msisdns: _Objects, moments: Integers) -> Integers:
        numbers = msisdns.tolist()
        self._ask(numbers)
        places = np.array(list(map(self._places.__getitem__, numbers)), np.int64)
        line, since, until = self._table[:, places]
        lines = np.where((since <= moments) & (moments < until), line, 0)
        for row in np.flatnonzero(since == _FOREVER).tolist():
            lines[row] = _at(self._several.get(int(places[row]), []), int(moments[row]))
        return lines

    def _ask(self, numbers: list[str]) -> None:
        unasked = list(set(numbers) - self._places.keys())
        if not unasked:
            return
        if len(self._places) > _REMEMBERED:
            self._places.clear()
            self._several.clear()
            self._rows.clear()
            unasked = list(set(numbers))
        for number, holdings in self._around.door.ask(load_lines.holdings, msisdns=unasked).items():
            self._places[number] = len(self._rows)
            if len(holdings) > 1:
                self._several[len(self._rows)] = holdings
            self._rows.append(_only(holdings))
        self._table = np.array(self._rows, np.int64).T.copy()


def _only(holdings: Sequence[Holding]) -> tuple[int, int, int]:
    """Line, since and until as numbers, where there was one line alone; nobody else has `since` at the end of time."""
    if len(holdings) != 1:
        return 0, _FOREVER, _FOREVER
    return holdings[0].line_no, micros(holdings[0].since), _end(holdings[0])


def _end(holding: Holding) -> int:
    return micros(holding.until) if holding.until else _FOREVER - 1


def _at(holdings: Sequence[Holding], moment: int) -> int:
    return next((h.line_no for h in holdings if micros(h.since) <= moment < _end(h)), 0)


def _unknown(row: int, column: str, reason: str, columns: dict[str, Any]) -> Refusal:
    return Refusal(row, column, reason, {"value": str(columns[column][row])})


def _filled(batch: Batch) -> dict[str, Any]:
    """All columns: nothing and zero where the file has none."""
    count = len(batch)
    columns: dict[str, Any] = {name: np.zeros(count, np.int64) for name in ("record_id", *_COUNTS)}
    columns |= {name: np.full(count, "", object) for name in ("line_id", "msisdn", *_TEXTS)}
    columns["charge"] = np.full(count, NOT_CHARGED, np.int64)
    return columns | batch.columns


def _records(columns: dict[str, Any], lines: Integers) -> Records:
    return Records(
        line_no=lines,
        started_at=columns["started_at"],
        record_key=_keys(columns),
        kind=columns["kind"],
        direction=columns["direction"],
        zone=columns["zone"],
        peer=columns["peer"],
        duration_seconds=columns["duration_seconds"],
        bytes_in=columns["bytes_in"],
        bytes_out=columns["bytes_out"],
        charge_units=columns["charge"],
        service=columns["service"],
        domain=columns["domain"],
    )


def _keys(columns: dict[str, Any]) -> Integers:
    """The source's own identity of a record; where it has none, what happened, but not what it cost."""
    own: Integers = columns["record_id"]
    if own.all():
        return own
    texts = [Cells.of(columns[name].tolist()).words() for name in _TEXTS]
    content = record_keys([*(columns[name] for name in _TELLING), *texts], len(own))
    return np.where(own == 0, content, own)
