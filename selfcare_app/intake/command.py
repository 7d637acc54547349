"""The command that loads an operator's export."""

import argparse
import os
import sys
from datetime import datetime
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from selfcare_app import wiring
from selfcare_app.i18n.catalogue import LANGUAGES
from selfcare_app.i18n.speak import Speaker
from selfcare_app.intake import mapping, parts
from selfcare_app.intake.findings import Finding
from selfcare_app.intake.load import NotAll, Progress, Report, Tally, load
from selfcare_app.intake.loaders import Surroundings
from selfcare_app.intake.rejects import REPORT, Rejects
from selfcare_app.kit import clock
from selfcare_app.kit.errors import Fault, Refused

LOCK_NOT_AVAILABLE = "55P03"
ALL_LOADED, SOME_REJECTED, REFUSED, NOT_ALL, INTERRUPTED = 0, 1, 2, 3, 130
_BAR_BYTES = 1 << 22


class NotMigrated(Refused):
    """The database has no tables yet."""

    code = "intake.not_migrated"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `import` is told."""
    parser.add_argument("place", type=Path, metavar="DIR", help="directory with the export, or one file of it")
    parser.add_argument(
        "--mapping",
        type=Path,
        action="append",
        default=[],
        metavar="TOML",
        help="how a foreign layout is read; may repeat",
    )
    parser.add_argument("--strict", action="store_true", help="all or nothing: one bad row and nothing is loaded")
    parser.add_argument(
        "--rejects", type=Path, metavar="DIR", help="where rejected rows go (default: DIR/rejects-<time>)"
    )
    parser.add_argument(
        "--language", choices=LANGUAGES, help="language of the report (default: that of the environment)"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress")


def run(arguments: argparse.Namespace) -> int:
    """Loads; 0 all rows, 1 some rejected, 2 refused before anything was read, 3 strict and so nothing loaded."""
    wires, now = wiring.wired(), clock.now()
    teller = Teller(arguments.language or _language(os.environ), wires, quiet=arguments.quiet)
    try:
        if not inspect(wires.db.engine).has_table("client"):
            raise NotMigrated()
        return _load(arguments, wires, teller, now)
    except NotAll as refused:
        teller.told(refused.params["report"], arguments)
        teller.fault(refused)
        return NOT_ALL
    except Fault as fault:
        teller.fault(fault)
        return REFUSED
    except DBAPIError as wrong:
        if not _is_taken(wrong):
            raise
        teller.say("busy")
        return INTERRUPTED
    except KeyboardInterrupt:
        teller.say("interrupted")
        return INTERRUPTED


def _load(arguments: argparse.Namespace, wires: wiring.Wiring, teller: "Teller", now: datetime) -> int:
    mappings = [mapping.read(path) for path in arguments.mapping]
    found, others = parts.find(arguments.place, mappings)
    for other in others:
        teller.say("not_a_part", file=other.name)
    rejects = Rejects(_rejects_directory(arguments, now), teller.sentence, keep_rows=not arguments.strict)
    arguments.rejects = rejects.directory
    try:
        report = load(
            found,
            rejects,
            lambda door: Surroundings(door, wires.profile, wires.keys, passwords=wires.settings.demo, now=now),
            teller.progress,
            strict=arguments.strict,
        )
    finally:
        rejects.close()
    teller.told(report, arguments)
    return SOME_REJECTED if report.findings else ALL_LOADED


def _is_taken(wrong: DBAPIError) -> bool:
    """Whether somebody else holds what is to be written: another import, or on SQLite any other process."""
    return getattr(wrong.orig, "sqlstate", None) == LOCK_NOT_AVAILABLE or "database is locked" in str(wrong.orig)


def _rejects_directory(arguments: argparse.Namespace, now: datetime) -> Path:
    if arguments.rejects is not None:
        return Path(arguments.rejects)
    place = arguments.place if arguments.place.is_dir() else arguments.place.parent
    # A name of its own for every run: what somebody is correcting is never written over.
    return Path(place) / f"rejects-{now:%Y%m%dT%H%M%S}"


def _language(environment: "os._Environ[str]") -> str:
    told = environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or ""
    return told[:2] if told[:2] in LANGUAGES else "en"


class Teller:
    """Says how the import goes: the result to standard output, everything else to standard error."""

    def __init__(self, language: str, wires: wiring.Wiring, *, quiet: bool) -> None:
        self._speaker = Speaker(language, wires.profile)
        self._live = not quiet and sys.stderr.isatty()
        self._quiet = quiet
        self._last = ("", -_BAR_BYTES)

    def sentence(self, finding: Finding) -> str:
        """What is wrong, in words."""
        return self._speaker.text(f"intake.error.{finding.reason}", **finding.params)

    def say(self, key: str, **args: object) -> None:
        """A sentence of the command's own."""
        sys.stderr.write(f"{self._speaker.text(f'intake.command.{key}', **args)}\n")

    def fault(self, fault: Fault) -> None:
        """A refusal."""
        sys.stderr.write(f"{self._speaker.text(fault.key, **fault.params)}\n")

    def progress(self, progress: Progress) -> None:
        """A line that is written over on a terminal, or now and then a new one elsewhere."""
        name, done = progress.part.path.name, progress.bytes_done
        if self._quiet or (name == self._last[0] and done - self._last[1] < _BAR_BYTES and not self._live):
            return
        self._last = (name, done)
        percent = 100 * done // max(progress.bytes_all, 1)
        text = self._speaker.text(
            "intake.command.progress", file=name, percent=percent, rows=progress.rows, rejected=progress.rejected
        )
        sys.stderr.write(f"\r\x1b[K{text}" if self._live else f"{text}\n")
        sys.stderr.flush()

    def told(self, report: Report, arguments: argparse.Namespace) -> None:
        """The result: a line a table, the first things wrong, and where the rest stands."""
        if self._live:
            sys.stderr.write("\r\x1b[K")
        for name, tally in report.tables.items():
            sys.stdout.write(f"{self._table(name, tally)}\n")
        for ignored in report.ignored:
            self.say("ignored_column", column=ignored)
        for finding in report.first:
            sys.stderr.write(f"{self._place(finding)}: {self.sentence(finding)}\n")
        if report.findings:
            path = str(arguments.rejects / REPORT)
            key = "strict" if arguments.strict else "rejects"
            self.say(key, count=report.findings, rejected=report.rejected, path=path)

    def _table(self, name: str, tally: Tally) -> str:
        written = tally.written
        return self._speaker.text(
            "intake.command.table",
            table=name,
            read=tally.read,
            inserted=written.inserted,
            changed=written.changed,
            same=written.same,
            skipped=tally.skipped,
            rejected=tally.rejected,
        )

    def _place(self, finding: Finding) -> str:
        return ":".join(str(part) for part in (finding.file, finding.line, finding.column) if part)
