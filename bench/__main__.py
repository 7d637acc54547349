"""`python -m bench [NAME …] [--quick]`: every benchmark, the floor beside the product in one run, and what was to be reached."""

import argparse
import importlib
import sys
import time
from pathlib import Path

from bench.row import Row

NAMES = sorted(
    file.stem
    for file in Path(__file__).parent.glob("*.py")
    if file.stem not in ("__init__", "__main__", "clients", "floors", "ledger_floors", "row")
)


def main() -> int:
    """Runs the named benchmarks, or all; gives 1 if one could not be run (a goal that is missed is a line, no error)."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"out of: {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs")
    chosen = parser.parse_args()
    unknown = sorted(set(chosen.names) - set(NAMES))
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}")
    failed = [name for name in chosen.names or NAMES if not measured(name, quick=chosen.quick)]
    for name in failed:
        print(f"{name} could not be run", file=sys.stderr)
    return 1 if failed else 0


def measured(name: str, *, quick: bool) -> bool:
    """Runs one benchmark and prints its rows; False if it broke."""
    began = time.monotonic()
    try:
        rows = importlib.import_module(f"bench.{name}").run(quick)
    except Exception as wrong:
        print(f"{name}: {type(wrong).__name__}: {wrong}", file=sys.stderr)
        return False
    print(f"\n{name} ({time.monotonic() - began:.0f} s)")
    for row in rows:
        print(line(row))
    return True


def line(row: Row) -> str:
    """One row of the table."""
    verdict = "holds" if row.holds else "MISSED"
    return f"  {row.what:58.58} floor {row.floor:>12,.4g}  product {row.product:>12,.4g} {row.unit:8} ratio {row.ratio:>9,.3g}  goal {row.goal:18} {verdict}"


if __name__ == "__main__":
    sys.exit(main())
