"""Which tests cite which requirement: read from the sources, printed by `make requirements`."""

import ast
import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
_ROW = re.compile(r"^- \*\*((?:ISSA|ADM|IH|AS)-\d{3})\*\* (.*)$", re.MULTILINE)
_ID = re.compile(r"(?:ISSA|ADM|IH|AS)-\d{3}")


def requirements() -> dict[str, str]:
    """Id -> sentence of every requirement, in the documents' order."""
    return dict(_ROW.findall((ROOT / "docs" / "requirements.md").read_text("utf-8")))


def cited() -> dict[str, list[str]]:
    """Id -> tests whose marker names it."""
    found: dict[str, list[str]] = defaultdict(list)
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        for test, identity in _in(ast.parse(file.read_text("utf-8"))):
            found[identity].append(f"{file.relative_to(ROOT)}::{test}")
    return found


def _in(module: ast.Module) -> list[tuple[str, str]]:
    pairs = []
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            pairs += [(node.name, identity) for d in node.decorator_list for identity in _ids(d)]
        elif isinstance(node, ast.Call) and _is_marker(node) and not _decorates(module, node):
            pairs += [("parametrised", identity) for identity in _ids(node)]
    return pairs


def _is_marker(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "requirement"


def _decorates(module: ast.Module, call: ast.Call) -> bool:
    return any(
        call is inner
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        for decorator in node.decorator_list
        for inner in ast.walk(decorator)
    )


def _ids(decorator: ast.expr) -> list[str]:
    """Ids in a requirement marker, or in the cases of a parametrise whose marker is built from them."""
    return [
        constant.value
        for call in ast.walk(decorator)
        if isinstance(call, ast.Call) and _is_marker(call)
        for constant in ast.walk(call)
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str) and _ID.fullmatch(constant.value)
    ]


def main() -> int:
    """Prints the table and the untested ids."""
    known, tests = requirements(), cited()
    for identity in known:
        for place in tests.get(identity, []):
            print(f"{identity:9} {place}")
    untested = [identity for identity in known if identity not in tests]
    print(f"\n{len(known) - len(untested)} of {len(known)} requirements are cited by tests. Without a test:")
    for identity in untested:
        print(f"{identity:9} {known[identity][:110]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
