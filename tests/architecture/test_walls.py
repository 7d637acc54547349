"""The walls of the house, in executable form: shapes of use cases, who commits, sizes, names."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from selfcare_app import operators

ROOT = Path(__file__).parents[2]
APP = ROOT / "selfcare_app"
AREAS = (
    "access",
    "subscribers",
    "ledger",
    "catalogue",
    "usage",
    "orders",
    "numbers",
    "payments",
    "bills",
    "messaging",
    "care",
)
CALLERS = {"do", "ask", "do_now", "ask_now"}
LONGEST_FILE = 300


def sources(*rooms: str) -> list[Path]:
    places = [APP / room for room in rooms] if rooms else [APP]
    return sorted(file for place in places for file in place.rglob("*.py"))


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"), str(file))


def arguments(function: ast.FunctionDef) -> list[str]:
    return [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]


def misshapen_use_cases(module: ast.Module) -> Iterator[str]:
    """Functions that take a session and an actor and then something positional, or that are asynchronous."""
    for node in module.body:
        if isinstance(node, ast.AsyncFunctionDef):
            yield f"{node.name} is asynchronous"
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            names = arguments(node)
            if names[:2] == ["session", "actor"] and (len(names) > 2 or node.args.vararg or node.args.kwarg):
                yield f"{node.name} takes more than session and actor by position"


def commits(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("commit", "rollback")
        ):
            yield f"line {node.lineno} calls .{node.func.attr}()"


def sentences(module: ast.Module) -> Iterator[str]:
    """Cyrillic text outside docstrings: a sentence that stands outside the catalogues."""
    documentation = {
        id(node.body[0].value)
        for node in ast.walk(module)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    documentation |= {
        id(after.value)
        for node in ast.walk(module)
        if isinstance(node, ast.Module | ast.ClassDef)
        for after in node.body
        if isinstance(after, ast.Expr)
    }
    for node in ast.walk(module):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in documentation
            and re.search("[а-яёіїєґў]{3}", node.value, re.IGNORECASE)
        ):
            yield f"line {node.lineno}: {node.value[:60]!r}"


def operator_names(module: ast.Module, names: frozenset[str]) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.casefold() in names:
            yield f"line {node.lineno} says {node.value!r}"


def test_use_cases_take_session_actor_and_then_keywords() -> None:
    wrong = [
        f"{file.relative_to(ROOT)}: {what}" for file in sources(*AREAS) for what in misshapen_use_cases(tree(file))
    ]
    assert wrong == []


def test_nobody_but_the_database_and_the_wiring_ends_a_transaction() -> None:
    allowed = {APP / "db.py", APP / "wiring.py"}
    wrong = [
        f"{file.relative_to(ROOT)}: {what}" for file in sources() if file not in allowed for what in commits(tree(file))
    ]
    assert wrong == []


def test_no_file_is_longer_than_a_person_reads() -> None:
    files = [*sources(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]
    long = {
        str(file.relative_to(ROOT)): lines
        for file in files
        if (lines := len(file.read_text("utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_the_clock_is_read_in_one_place() -> None:
    clock = APP / "kit" / "clock.py"
    pattern = re.compile(r"datetime\.now\(|datetime\.utcnow\(|date\.today\(|clock\.now\(\)")
    areas = [file for file in sources(*AREAS) if pattern.search(file.read_text("utf-8"))]
    anywhere = [
        file
        for file in sources()
        if file != clock and re.search(r"datetime\.(now|utcnow)\(|date\.today\(", file.read_text("utf-8"))
    ]
    assert (areas, anywhere) == ([], [])


def test_no_operator_is_named_outside_the_profiles() -> None:
    profiles = [operators.profile(key) for key in operators.keys()]
    names = frozenset(name.casefold() for p in profiles for name in (p.key, p.name, p.short_name, p.legal_name))
    wrong = [
        f"{file.relative_to(ROOT)}: {what}"
        for file in sources()
        if (APP / "operators") not in file.parents
        for what in operator_names(tree(file), names)
    ]
    assert wrong == []


def test_no_sentence_stands_outside_the_catalogues() -> None:
    # Sample people and places of the demo's export are data, not sentences of the program.
    data = {APP / "demo", APP / "operators", APP / "i18n"}
    wrong = [
        f"{file.relative_to(ROOT)} {what}"
        for file in sources()
        if not data & set(file.parents)
        for what in sentences(tree(file))
    ]
    assert wrong == []


def test_rules_do_no_input_or_output() -> None:
    banned = re.compile(
        r"^(from|import) (sqlmodel|sqlalchemy|selfcare_app\.(db|wiring|settings)|os|pathlib|socket|httpx)\b",
        re.MULTILINE,
    )
    assert [str(file) for file in sources() if file.name == "rules.py" and banned.search(file.read_text("utf-8"))] == []


def test_every_module_says_what_it_is() -> None:
    assert [str(file.relative_to(ROOT)) for file in sources() if not ast.get_docstring(tree(file))] == []


def test_no_room_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
    assert [str(path) for path in APP.rglob("*") if path.stem in empty] == []


def test_migrations_do_not_hide_their_library() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists()


@pytest.mark.parametrize(
    ("check", "planted"),
    [
        (misshapen_use_cases, "def top_up(session, actor, amount): ..."),
        (misshapen_use_cases, "async def top_up(session, actor): ..."),
        (commits, "def top_up(session):\n    session.commit()"),
        (sentences, "print('Недостаточно средств')"),
        (lambda module: operator_names(module, frozenset({"velcom"})), "if name == 'Velcom': ..."),
    ],
)
def test_each_check_sees_a_planted_violation(check: object, planted: str) -> None:
    assert list(check(ast.parse(planted)))  # type: ignore[operator]
