"""The command that checks the journal, or a file that a subscriber took out of it, and names what was tampered with."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from selfcare_app import wiring
from selfcare_app.journal import check, export, rules
from selfcare_app.journal.check import Finding

HOLDS, TAMPERED, UNREADABLE = 0, 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to check, and with what."""
    parser.add_argument("act", choices=("check", "key"), help="check it, or print the public key of its signatures")
    parser.add_argument("--export", type=Path, metavar="FILE", help="a file that a subscriber took out")
    parser.add_argument("--earlier", type=Path, metavar="FILE", help="an earlier file of the same line")
    parser.add_argument("--key", default="", help="the public key; without it the one of this installation")
    parser.add_argument("--anchors", type=Path, metavar="FILE", help="signed heads; without it those of the settings")


def run(arguments: argparse.Namespace) -> int:
    """Prints what was found; 0 all holds, 1 tampered with, 2 a file can't be read."""
    if arguments.act == "key":
        print(_key(arguments))
        return HOLDS
    try:
        return _export(arguments) if arguments.export else _journal(arguments)
    except (OSError, ValueError) as wrong:
        print(f"selfcare: {wrong}", file=sys.stderr)
        return UNREADABLE


def _export(arguments: argparse.Namespace) -> int:
    document = _read(arguments.export)
    found = export.check(document, _key(arguments), _read(arguments.earlier) if arguments.earlier else None)
    return _told(found, f"{len(document.get('entries', ()))} entries of one line")


def _journal(arguments: argparse.Namespace) -> int:
    parts = wiring.wired()
    file = arguments.anchors or parts.settings.journal_anchors
    anchors = file.read_text("ascii").splitlines() if file and file.exists() else ()
    with parts.db.snapshot() as session:
        report = check.check(session, parts.keys, anchors=anchors)
    return _told(report.findings, f"{report.entries} entries in {report.streams} streams, {len(anchors)} anchors")


def _told(findings: Sequence[Finding], read: str) -> int:
    for each in findings:
        print(f"{each.kind}: stream {each.stream}, place {each.seq} {each.entry_id}".rstrip())
    print(f"{read}: {'TAMPERED WITH' if findings else 'all hold'}")
    return TAMPERED if findings else HOLDS


def _key(arguments: argparse.Namespace) -> str:
    return arguments.key or wiring.wired().keys.public_key(rules.ANCHOR_KEY)


def _read(path: Path) -> dict[str, Any]:
    document = json.loads(path.read_text("utf-8"))
    if not isinstance(document, dict):
        raise ValueError(f"{path} is no journal file")
    return document
