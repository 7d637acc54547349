"""What the sources never do: build SQL or scripts of text, run commands, unpickle, compare secrets in variable time."""

import ast
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import event

from selfcare_app.access import event as door_event
from selfcare_app.access import quota, subjects
from selfcare_app.db import Database
from selfcare_app.messaging import outbox
from selfcare_app.subscribers.tables import Line
from tests.architecture.test_walls import APP, sources, tree
from tests.world import World

SCRIPTS = sorted(file for kind in ("*.js", "*.jsx", "*.html") for file in APP.rglob(kind))
SECRET_NAME = re.compile(r"(^|_)(mac|hash|digest|signature|token|password|secret|puk1?|pin1?|otp)$")
COMMANDS = {
    "os.system",
    "os.popen",
    "os.execv",
    "os.execvp",
    "os.spawnv",
    "pty.spawn",
    "asyncio.create_subprocess_shell",
}
READING = {"pickle", "dill", "marshal", "shelve", "yaml", "jsonpickle", "cloudpickle"}
Check = Callable[[ast.Module], Iterator[str]]


def called(module: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def commands(module: ast.Module) -> Iterator[str]:
    """Shells, and programs started from anywhere but the build."""
    for name, call in called(module):
        shell = [
            k
            for k in call.keywords
            if k.arg == "shell" and not (isinstance(k.value, ast.Constant) and not k.value.value)
        ]
        if name in COMMANDS or shell or name.startswith("subprocess."):
            yield f"line {call.lineno}: {name}"


def evaluations(module: ast.Module) -> Iterator[str]:
    for name, call in called(module):
        if name in ("eval", "exec", "compile", "__import__", "builtins.eval", "builtins.exec"):
            yield f"line {call.lineno}: {name}"


def unpickling(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        yield from (f"line {node.lineno}: {name}" for name in names if name.split(".")[0] in READING)  # type: ignore[attr-defined]


def made_sql(module: ast.Module) -> Iterator[str]:
    """Statements put together out of text where they are executed."""
    for name, call in called(module):
        is_statement = name in ("text", "sa.text") or name.rpartition(".")[2] in ("exec_driver_sql", "execute")
        made = call.args and (isinstance(call.args[0], ast.JoinedStr | ast.BinOp) or _is_formatted(call.args[0]))
        if is_statement and made:
            yield f"line {call.lineno}: {ast.unparse(call)[:80]}"


def _is_formatted(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"


def scripts(module: ast.Module) -> Iterator[str]:
    """Scripts that a handler sends or a page has, and HTML put in as it stands."""
    for name, call in called(module):
        if name.rpartition(".")[2] in ("call_script", "run_script", "call_function", "html") and name.startswith("rx."):
            yield f"line {call.lineno}: {name}"
        if name in ("rx.script", "rx.el.script") and not all(isinstance(each, ast.Constant) for each in call.args):
            yield f"line {call.lineno}: {name}"


def chance(module: ast.Module) -> Iterator[str]:
    """Chance that can be foretold, and identifiers that are not ours."""
    for name, call in called(module):
        if name.startswith(("random.", "uuid.uuid", "uuid4", "uuid1", "np.random")):
            yield f"line {call.lineno}: {name}"


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _is_column(node: ast.expr) -> bool:
    of = node.value if isinstance(node, ast.Attribute) else node
    return (isinstance(of, ast.Name) and of.id[:1].isupper()) or (
        isinstance(node, ast.Call) and _last_name(node.func) == "col"
    )


def comparisons(module: ast.Module) -> Iterator[str]:
    """Secrets compared sign by sign: the time tells how far they agree."""
    for node in ast.walk(module):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
            sides = [node.left, *node.comparators]
            of = [part for side in sides for part in (side.elts if isinstance(side, ast.Tuple) else [side])]
            constant = any(isinstance(side, ast.Constant) for side in sides)
            if (
                not constant
                and not any(map(_is_column, of))
                and any(SECRET_NAME.search(_last_name(part)) for part in of)
            ):
                yield f"line {node.lineno}: {ast.unparse(node)}"


def formats(module: ast.Module) -> Iterator[str]:
    """Texts that are no constants used as templates: whoever writes one reads attributes."""
    for name, call in called(module):
        is_call = name.endswith((".format", ".format_map")) and isinstance(call.func, ast.Attribute)
        if is_call and not isinstance(call.func.value, ast.Constant):
            yield f"line {call.lineno}: {ast.unparse(call)[:80]}"


def spread_rows(module: ast.Module) -> Iterator[str]:
    """Rows made of a whole form: what the form has besides becomes columns."""
    for name, call in called(module):
        if name[:1].isupper() and any(k.arg is None and _is_given(k.value) for k in call.keywords):
            yield f"line {call.lineno}: {ast.unparse(call)[:80]}"


def _is_given(node: ast.expr) -> bool:
    return _last_name(node) in ("form", "form_data", "payload", "post", "body", "request", "data")


def found(check: Check, *allowed: str) -> list[str]:
    return [
        f"{where}: {what}"
        for file in sources()
        if (where := str(file.relative_to(APP))) not in allowed
        for what in check(tree(file))
    ]


@pytest.mark.security("asvs_1_2_5")
def test_no_program_is_run_but_the_builds() -> None:
    assert found(commands, "ui/bundle.py", "manage/run.py") == []
    (bank,) = [call for name, call in called(tree(APP / "manage/run.py")) if name == "subprocess.Popen"]
    assert ast.unparse(bank.args[0]) == "[sys.executable, '-m', 'selfcare_app', 'acquirer']"
    # What the build runs is one list of constants and paths of ours; nobody's text is in it.
    build = tree(APP / "ui/bundle.py")
    (run,) = [call for name, call in called(build) if name == "subprocess.run"]
    lists = {ast.unparse(n.targets[0]): n.value for n in ast.walk(build) if isinstance(n, ast.Assign)}
    command = lists[ast.unparse(run.args[0])]
    assert isinstance(command, ast.List)
    assert [ast.unparse(each) for each in command.elts if not isinstance(each, ast.Constant)] == ["sys.executable"]
    assert not [k for k in run.keywords if k.arg == "shell"]


@pytest.mark.security("asvs_1_3_2")
def test_no_text_is_run_as_a_program() -> None:
    assert found(evaluations) == []
    shape = re.compile(
        r"\beval\(|new Function\(|document\.write|setTimeout\(\s*[\"'`]|\.innerHTML\s*=|insertAdjacentHTML"
    )
    assert [f"{file.name}: {hit}" for file in SCRIPTS for hit in shape.findall(file.read_text("utf-8"))] == []


@pytest.mark.security("asvs_1_5_2")
def test_nothing_is_unpickled_by_us() -> None:
    assert found(unpickling) == []


@pytest.mark.security("asvs_1_2_4")
def test_no_statement_is_made_of_text() -> None:
    # What is put in there is a constant of the same file, none of it a value.
    constants = {
        "usage/load.py": {"_TABLE"},
        "db.py": {"pragma"},
        "bills/invariants.py": {"query", "_MOVED", "_LEFT_OUT", "text", "dict"},
        "usage/invariants.py": {"_DIFFER", "line", "month", "text", "dict"},
        "manage/check.py": {"text", "limit"},
        "numbers/load.py": {"query", "_AMONG_SQLITE", "_AMONG_POSTGRES"},
    }
    assert found(made_sql, *constants) == []
    for file, names in constants.items():
        made = [call.args[0] for name, call in called(tree(APP / file)) if call.args and list(made_sql(_alone(call)))]
        put_in = {each.id for node in made for each in ast.walk(node) if isinstance(each, ast.Name)}
        assert put_in == names, file


def _alone(call: ast.Call) -> ast.Module:
    return ast.Module([ast.Expr(call)], [])


@pytest.mark.security("asvs_1_2_3", "asvs_1_2_1")
def test_no_script_and_no_markup_is_made_of_text() -> None:
    # Scripts of the head are constants of the build and know nobody; the text's function is given its arguments as values.
    assert sorted(each.rpartition(" ")[2] + " in " + each.split(":")[0] for each in found(scripts)) == [
        "rx.call_function in ui/text.py",
        "rx.el.script in ui/shell.py",
    ]
    raw = re.compile(r"dangerouslySetInnerHTML=\{\{\s*__html:\s*([\w.]+)\s*\}\}")
    every = [hit for file in SCRIPTS for hit in re.findall(r"dangerouslySetInnerHTML", file.read_text("utf-8"))]
    known = [hit for file in SCRIPTS for hit in raw.findall(file.read_text("utf-8"))]
    # The operator's own logo, out of his profile, put in when the page is built.
    assert known == ["BRAND.logo"]
    assert len(every) == len(known)


@pytest.mark.security("asvs_11_5_1", "asvs_6_5_3")
def test_chance_that_guards_is_the_systems() -> None:
    # A pause before a retry, and the people of the demonstration, who have to be the same every time.
    assert [each for each in found(chance, "wiring.py") if not each.startswith("demo/")] == []
    from selfcare_app.access import token

    made = {token.make() for _ in range(1_000)}
    assert len(made) == 1_000
    assert {len(value) * 6 >= 256 for value in made} == {True}


@pytest.mark.security("asvs_1_3_7")
def test_no_text_of_others_is_a_template() -> None:
    # Names of tables and columns that stand in the same file.
    own = (
        "kit/immutable.py",
        "bills/invariants.py",
        "manage/acts.py",
        "payments/invariants.py",
        "payments/transfer_invariants.py",
        "subscribers/invariants.py",
        "usage/invariants.py",
    )
    assert [re.sub("line [0-9]+: ", "", each) for each in found(formats, *own)] == [
        "usage/load.py: _COPY.format(table)"
    ]


@pytest.mark.security("asvs_15_3_3")
def test_no_row_is_made_of_a_whole_form() -> None:
    assert found(spread_rows) == []


@pytest.mark.parametrize(
    ("check", "planted"),
    [
        (commands, "subprocess.run(command, shell=True)"),
        (commands, "os.system('convert ' + name)"),
        (evaluations, "eval(typed)"),
        (unpickling, "from pickle import loads"),
        (made_sql, "session.execute(text(f\"SELECT * FROM line WHERE name = '{name}'\"))"),
        (made_sql, "cursor.execute('SELECT ' + name)"),
        (made_sql, "text('SELECT {}'.format(name))"),
        (scripts, "rx.call_script(f'alert({name})')"),
        (scripts, "rx.script('a' + name)"),
        (chance, "code = random.randrange(10 ** 6)"),
        (comparisons, "row.mac == made"),
        (comparisons, "if typed != kept.password_hash: ..."),
        (formats, "template.format(name=name)"),
        (spread_rows, "Line(**form_data)"),
    ],
)
def test_each_lint_sees_what_it_is_for(check: Check, planted: str) -> None:
    assert list(check(ast.parse(planted)))


@pytest.mark.security("asvs_1_2_4")
def test_the_driver_is_given_values_and_never_text_with_them(db: Database, world: World, now: datetime) -> None:
    """Hostile text in every argument of a use case is in no statement, and comes back as it was."""
    hostile = "x' OR '1'='1\"; DROP TABLE line;--%_\\"
    said: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    line = world.line(user_name=hostile, alias=hostile)
    actor = world.session(line)
    with db.transaction() as session:
        assert subjects.find(session, actor, number=hostile, now=now).items == ()
        assert quota.take(session, scope=hostile, subject=hostile, limit=1, seconds=60, now=now) is not None
        door_event.record(session, hostile, hostile, address=hostile, now=now, said=hostile)
        outbox.enqueue(
            session, recipient=hostile, language="ru", key="k", args={"a": hostile}, dedup_key=hostile, now=now
        )
    assert len(said) > 8
    assert [statement for statement in said if "DROP" in statement or "'1'='1" in statement] == []
    with db.snapshot() as session:
        assert session.get_one(Line, line.id).alias == hostile


def test_the_scripts_are_there() -> None:
    assert Path(APP / "ui/compiled/shell.jsx") in SCRIPTS
