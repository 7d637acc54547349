"""Loads an export: part by part, window by window, with an account of everything that could not be loaded."""

import csv
import gc
import gzip
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from selfcare_app import wiring
from selfcare_app.intake.door import ACTOR, Batchwise, Together
from selfcare_app.intake.findings import Finding, Reason
from selfcare_app.intake.header import read_head
from selfcare_app.intake.layout import BY_NAME
from selfcare_app.intake.loaders import MAKERS, Loader, Surroundings
from selfcare_app.intake.parts import Part, opened, written_at
from selfcare_app.intake.rejects import Rejects
from selfcare_app.intake.shape import Shape
from selfcare_app.intake.windows import Window, windows
from selfcare_app.kit.bulk import Refusal, Written
from selfcare_app.kit.errors import Refused

SHOWN = 20
"""Findings that a report keeps at hand; the file beside the rejects has them all."""
_COLLECTED_AFTER = 1_000_000


class NotAll(Refused):
    """A strict import found something wrong, so nothing was loaded."""

    code = "intake.not_all"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: bytes of all files, and the rows of the part that is being read."""

    part: Part
    bytes_done: int
    bytes_all: int
    rows: int
    rejected: int


@dataclass(slots=True)
class Tally:
    """What became of the rows of a table."""

    read: int = 0
    rejected: int = 0
    skipped: int = 0
    written: Written = field(default_factory=Written)


@dataclass(slots=True)
class Report:
    """What became of an import: rows by table, the first things wrong and how many there are, what was ignored."""

    tables: dict[str, Tally] = field(default_factory=dict)
    first: list[Finding] = field(default_factory=list)
    findings: int = 0
    ignored: list[str] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        """Rows that were not loaded."""
        return sum(tally.rejected for tally in self.tables.values())


Watch = Callable[[Progress], None]


def load(
    parts: Sequence[Part], rejects: Rejects, around: Callable[[Any], Surroundings], watch: Watch, *, strict: bool
) -> Report:
    """Loads parts in the order given; `around` makes the loaders' surroundings for a door.

    Raises NotAll in strict mode if anything was wrong; then the database is as it was. The report in its parameters
    tells what.
    """
    with _less_collecting():
        if not strict:
            return _Import(parts, rejects, around(Batchwise()), watch).run()
        return wiring.do_now(_all_or_nothing, ACTOR, parts=parts, rejects=rejects, around=around, watch=watch)


def _all_or_nothing(session: Any, actor: Any, *, parts: Any, rejects: Rejects, around: Any, watch: Watch) -> Report:
    report = _Import(parts, rejects, around(Together(session)), watch).run()
    if report.findings:
        raise NotAll(report=report)
    return report


@contextmanager
def _less_collecting() -> Iterator[None]:
    """Keeps the collector from walking over millions of short-lived rows that hold no cycles."""
    usual = gc.get_threshold()
    gc.set_threshold(_COLLECTED_AFTER, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


class _Import:
    def __init__(self, parts: Sequence[Part], rejects: Rejects, around: Surroundings, watch: Watch) -> None:
        self._parts, self._rejects, self._around, self._watch = parts, rejects, around, watch
        self._report = Report()
        self._bytes_all = sum(part.path.stat().st_size for part in parts if part.path.exists())
        self._bytes_before = 0

    def run(self) -> Report:
        for name in dict.fromkeys(part.table for part in self._parts):
            tally = self._report.tables[name] = Tally()
            loader = MAKERS[name](self._around)
            for part in (part for part in self._parts if part.table == name):
                self._take_part(part, loader, tally)
            loader.finish()
            tally.written = loader.written
        return self._report

    def _take_part(self, part: Part, loader: Loader, tally: Tally) -> None:
        try:
            self._read_part(part, loader, tally)
        except (gzip.BadGzipFile, EOFError, zlib.error):
            self._find(Finding(part.path.name, 0, "", Reason.BROKEN_ARCHIVE))
        except csv.Error:
            # Only a header can be so broken: rows are split one by one.
            self._find(Finding(part.path.name, 1, "", Reason.QUOTE))
        except OSError as wrong:
            self._find(Finding(part.path.name, 0, "", Reason.UNREADABLE, {"what": wrong.strerror or str(wrong)}))
        self._bytes_before += part.path.stat().st_size if part.path.exists() else 0

    def _read_part(self, part: Part, loader: Loader, tally: Tally) -> None:
        with opened(part) as file:
            head = read_head(file.stream, part)
            if head is None:
                self._find(Finding(part.path.name, 1, "", Reason.EMPTY_FILE))
                return
            shape = Shape(BY_NAME[part.table], head.names, part.mapping, self._around.profile)
            for misfit in shape.misfits:
                self._find(Finding(part.path.name, head.line, misfit.column, misfit.reason))
            if shape.misfits:
                return
            self._report.ignored += [f"{part.path.name}: {name}" for name in shape.unknown]
            self._rejects.begin(part.path.name, head.dialect.encoding, head.preamble)
            for window in windows(head.blocks, head.dialect, len(head.names)):
                self._take_window(part, window, shape, loader, tally)
                self._watch(self._progress(part, file.position, tally))

    def _progress(self, part: Part, position: int, tally: Tally) -> Progress:
        return Progress(part, self._bytes_before + position, self._bytes_all, tally.read, tally.rejected)

    def _take_window(self, part: Part, window: Window, shape: Shape, loader: Loader, tally: Tally) -> None:
        tally.read += len(window) + len(window.broken)
        name = part.path.name
        wrong: dict[int, list[Finding]] = {}
        if len(window):
            batch, faults, skipped = shape.read(window)
            batch = replace(batch, file_as_of=written_at(part.path))
            tally.skipped += skipped
            for row, found in faults.rows().items():
                wrong[row] = [Finding(name, window.lines[row], *fault) for fault in found]
            for refusal in loader.take(batch) if len(batch) else ():
                row = int(batch.rows[refusal.index])
                wrong.setdefault(row, []).append(_finding(name, window.lines[row], refusal, shape))
        rejected: list[tuple[list[Finding], str | None]]
        rejected = [(findings, window.raw(row)) for row, findings in wrong.items()]
        rejected += [([Finding(name, bad.line, "", bad.reason, bad.params)], bad.raw) for bad in window.broken]
        for findings, raw in sorted(rejected, key=lambda found: found[0][0].line):
            self._reject(findings, raw, tally)

    def _reject(self, findings: list[Finding], raw: str | None, tally: Tally) -> None:
        tally.rejected += 1
        self._rejects.row(raw)
        for finding in findings:
            self._find(finding)

    def _find(self, finding: Finding) -> None:
        self._report.findings += 1
        if len(self._report.first) < SHOWN:
            self._report.first.append(finding)
        self._rejects.note(finding)


def _finding(file: str, line: int, refusal: Refusal, shape: Shape) -> Finding:
    return Finding(file, line, shape.label(refusal.column), refusal.reason, refusal.params)
