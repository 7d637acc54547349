"""The command that writes a plausible operator's export."""

import argparse
from datetime import date
from pathlib import Path

from selfcare_app.demo import export
from selfcare_app.kit import clock
from selfcare_app.operators import DEFAULT, profile
from selfcare_app.settings import operator_named

LINES, MONTHS, NUMBERS, SEED = 1_000, 7, 100_000, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--lines --months --numbers --seed --until --out."""
    parser.add_argument("--lines", type=_positive, default=LINES, help=f"how many lines ({LINES})")
    parser.add_argument("--months", type=_positive, default=MONTHS, help=f"how many months of usage ({MONTHS})")
    parser.add_argument("--numbers", type=_positive, default=NUMBERS, help=f"how many numbers in the pool ({NUMBERS})")
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed writes the same operator")
    parser.add_argument("--until", type=date.fromisoformat, help="first day without usage (today)")
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")


def run(arguments: argparse.Namespace) -> int:
    """Writes the export and prints how many rows each table has."""
    operator = profile(operator_named() or DEFAULT)
    written = export.write(
        operator,
        arguments.out,
        lines=arguments.lines,
        months=arguments.months,
        numbers=arguments.numbers,
        seed=arguments.seed,
        until=arguments.until or clock.now().astimezone(operator.zone).date(),
    )
    for table, rows in written.items():
        print(f"{table:14} {rows:>10}")  # noqa: T201 - what the command is for
    return 0


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("a number from 1")
    return number
