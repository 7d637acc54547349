"""The table of attacks at the end of a run: id, how many tests drive it, how they ended."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

ATTACKS = {
    "S-01": "sockets and forms from another site",
    "S-02": "every handler without a session",
    "S-03": "names that are no handlers, and the socket's own",
    "S-04": "handlers and pages with another's session",
    "S-05": "arguments of wrong types, missing, additional",
    "S-06": "ids of other subscribers' rows",
    "S-07": "form fields that nobody asked for",
    "S-08": "vars set through browser storage",
    "S-13": "a tab's token planted before sign-in",
    "S-14": "a tab's token used while its owner is away",
    "S-15": "the same tab twice",
    "S-16": "tabs on different lines, and a page of the line before",
    "S-17": "a forged page address",
    "S-18": "steps of a journey skipped or repeated",
    "S-20": "sign-out and revocation with an open socket",
    "S-21": "idleness while pings go on",
    "S-22": "floods of events and sockets",
    "S-23": "frames and bodies too big",
    "S-24": "nonsense and secrets in the log",
    "S-25": "another's data, or the server's, in a delta",
    "S-26": "data that the page only hides",
}

_results: dict[str, Counter[str]] = defaultdict(Counter)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Iterator[None]:
    """Counts a test under each of its ids."""
    report = yield
    if report.when == "call" or report.outcome != "passed":
        for mark in item.iter_markers("security"):
            for identity in mark.args:
                _results[identity][report.outcome] += 1
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Prints the table if any attack was driven."""
    if not _results:
        return
    terminalreporter.section("attacks")
    for identity in sorted(_results.keys() | ATTACKS):
        counted = _results.get(identity, Counter())
        verdict = "FAILED" if counted["failed"] else "held" if counted["passed"] else "not driven in this run"
        terminalreporter.line(f"{identity}  {counted.total():4}  {verdict:8}  {ATTACKS.get(identity, '')}")
