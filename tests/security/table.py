"""The table at the end of a run: id, how many tests drove it, how they ended, what it is about."""

import re
import textwrap
from collections import Counter, defaultdict
from typing import Any

import pytest

from tests.security.controls import EXCUSED, OWED, TITLES

MANY = 25
"""So many rows that were not driven are named in one paragraph: only a part of the tests ran."""
_KEY = "security"
_results: dict[str, Counter[str]] = defaultdict(Counter)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Sends a test's ids along with its result: with several workers the counting process is another one."""
    ids = [identity for mark in item.iter_markers(_KEY) for identity in mark.args]
    if ids:
        item.user_properties.append((_KEY, ids))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Counts a test under each of its ids."""
    if report.when == "call" or report.outcome != "passed":
        for name, ids in report.user_properties:
            for identity in ids if name == _KEY else ():
                _results[str(identity)][report.outcome] += 1


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Prints the table if anything of it was driven."""
    if not _results:
        return
    terminalreporter.section("attacks, threats, faults, controls")
    for line in table(_results):
        terminalreporter.line(line)


def table(results: dict[str, Counter[str]]) -> list[str]:
    """The lines: what was driven; what is not owed yet; what is owed and was not driven."""
    lines = [_row(identity, counted) for identity, counted in sorted(results.items(), key=_in_order)]
    undriven = [identity for identity in OWED if identity not in results]
    if len(undriven) > MANY:
        return [*lines, *textwrap.wrap(f"not driven in this run: {' '.join(undriven)}", 120)]
    excused = [f"{i:12}    -  {'not owed':10}  {TITLES[i]}: {why}" for i, why in EXCUSED.items() if i not in results]
    return lines + excused + [f"{i:12}    0  {'NOT DRIVEN':10}  {TITLES[i]}" for i in undriven]


def _row(identity: str, counted: Counter[str]) -> str:
    verdict = "FAILED" if counted["failed"] else "held" if counted["passed"] else "skipped"
    return f"{identity:12} {counted.total():4}  {verdict:10}  {TITLES.get(identity, '')}"


def _in_order(item: tuple[str, Any]) -> tuple[str, tuple[int, ...]]:
    kind = re.match(r"[a-zA-Z]*", item[0])
    return (kind.group() if kind else ""), tuple(map(int, re.findall(r"\d+", item[0])))
