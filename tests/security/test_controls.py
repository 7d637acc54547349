"""Every attack, threat, fault and control that is owed is driven by a test that says so."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

from tests.security import table
from tests.security.controls import EXCUSED, OWED, TITLES

TESTS = Path(__file__).parents[1]
FINDING = re.compile(r"F\d{1,2}")


def cited(source: str) -> set[str]:
    """The ids in the security marks of a module."""
    return {
        constant.value
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "security"
        for constant in ast.walk(call)
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
    }


@pytest.fixture(scope="module")
def everywhere() -> set[str]:
    return {identity for file in TESTS.rglob("test_*.py") for identity in cited(file.read_text("utf-8"))}


def test_what_is_owed_is_driven(everywhere: set[str]) -> None:
    missing = [f"{identity}: {TITLES[identity]}" for identity in OWED if identity not in everywhere]
    assert not missing, "no test cites\n" + "\n".join(missing)


def test_what_is_driven_is_in_the_table(everywhere: set[str]) -> None:
    assert sorted(i for i in everywhere - TITLES.keys() if not FINDING.fullmatch(i)) == []
    assert sorted(EXCUSED.keys() - TITLES.keys()) == []
    assert sorted(EXCUSED.keys() & everywhere) == [], "driven, so it needs no excuse"


def test_marks_are_found_wherever_they_stand() -> None:
    source = """
pytestmark = pytest.mark.security("S-01")
@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.security("T1", "asvs_1_1_1"))])
def test(): ...
"""
    assert cited(source) == {"S-01", "T1", "asvs_1_1_1"}


def test_a_row_that_was_not_driven_is_seen() -> None:
    results = {identity: Counter(passed=1) for identity in OWED[2:]} | {OWED[0]: Counter(passed=3, failed=1)}
    lines = table.table(results)
    assert [line for line in lines if "NOT DRIVEN" in line] == [f"{OWED[1]:12}    0  NOT DRIVEN  {TITLES[OWED[1]]}"]
    assert [line.split()[:3] for line in lines if "FAILED" in line] == [[OWED[0], "4", "FAILED"]]
    assert len(lines) == len(TITLES)
    few = "\n".join(table.table({"S-01": Counter(passed=1)}))
    assert "S-02" in few
    assert "not driven in this run" in few
