"""Keeps what could not be loaded: rows in files like those they came from, reasons in a report beside them."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO, TextIO

from selfcare_app.intake.findings import Finding

Say = Callable[[Finding], str]
REPORT = "report.csv"
_HEADER = ("file", "line", "column", "reason", "sentence")


class Rejects:
    """A directory that comes to be with the first thing wrong.

    Rejected rows stand in a file of the same name, encoding and header as the one they came from, so that they can be
    corrected there and loaded in the same way.
    """

    def __init__(self, directory: Path, say: Say, *, keep_rows: bool) -> None:
        self.directory = directory
        self._say, self._keep_rows = say, keep_rows
        self._report: TextIO | None = None
        self._rows: BinaryIO | None = None
        self._file, self._encoding, self._preamble = "", "utf-8", b""

    @property
    def any(self) -> bool:
        """Whether anything was wrong."""
        return self._report is not None

    def begin(self, file_name: str, encoding: str, preamble: Sequence[bytes]) -> None:
        """From here on rows are of this file; `preamble` is what stands before its first row."""
        self._end_file()
        self._file, self._encoding = file_name.removesuffix(".gz"), encoding
        self._preamble = b"".join(line if line.endswith(b"\n") else line + b"\n" for line in preamble)

    def note(self, finding: Finding) -> None:
        """Adds to the report."""
        if self._report is None:
            self._make()
            self._report = (self.directory / REPORT).open("w", encoding="utf-8", newline="")
            csv.writer(self._report).writerow(_HEADER)
        row = (finding.file, finding.line or "", finding.column, finding.reason, self._say(finding))
        csv.writer(self._report).writerow(row)

    def row(self, raw: str | None) -> None:
        """Keeps a row's text."""
        if raw is None or not self._keep_rows:
            return
        if self._rows is None:
            self._make()
            self._rows = (self.directory / self._file).open("wb")
            self._rows.write(self._preamble)
        self._rows.write(raw.encode(self._encoding, "surrogateescape") + b"\n")

    def close(self) -> None:
        """Closes the files."""
        self._end_file()
        if self._report is not None:
            self._report.close()

    def _make(self) -> None:
        # Rows may hold names, numbers and codes: they are nobody else's business.
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _end_file(self) -> None:
        if self._rows is not None:
            self._rows.close()
            self._rows = None
