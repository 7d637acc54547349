"""What is logged: every line of one shape, no line that somebody else wrote, no secret in any, and what must be there."""

import ast
import json
import logging
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfcare_app import wiring
from selfcare_app.kit import log
from selfcare_app.kit.actor import System
from selfcare_app.kit.log import FIELDS, JsonLines
from selfcare_app.worker.loop import Job, Worker
from tests.architecture.test_walls import APP, sources, tree

ROOT = Path(__file__).parents[2]
ALWAYS = {"at", "level", "logger", "what"}
ANY = {*ALWAYS, *FIELDS, "operation", "error", "trace"}
LEVELS = {"debug", "info", "warning", "error", "critical"}


def written(record: logging.LogRecord) -> dict[str, Any]:
    """The line of a record, held against the schema."""
    line = JsonLines().format(record)
    assert len(line.splitlines()) == 1
    said: dict[str, Any] = json.loads(line)
    return fits(said)


def fits(said: dict[str, Any]) -> dict[str, Any]:
    """A line with everything it needs and nothing else. AssertionError for another."""
    assert ALWAYS <= said.keys() <= ANY, said
    at = datetime.fromisoformat(said["at"])
    assert at.utcoffset() == UTC.utcoffset(None)
    assert said["level"] in LEVELS
    assert len(str(said["what"])) <= 200
    return said


def record(name: str, message: str, *args: Any, **extra: Any) -> logging.LogRecord:
    return logging.getLogger(name).makeRecord(
        name, logging.WARNING, "module.py", 7, message, args, None, "function", extra
    )


@pytest.mark.security("asvs_16_4_1", "asvs_16_2_1", "asvs_16_2_2")
@given(st.text(), st.text())
def test_whatever_is_logged_is_one_line_of_one_shape(message: str, value: str) -> None:
    ours = written(record("selfcare.guard", message, reason=value, password=value))
    assert ours["what"] == message[:200]
    assert "password" not in ours
    foreign = written(record("reflex.app", message, what=value))
    assert foreign["what"] == "module:7 function"


@pytest.mark.security("asvs_16_4_1")
def test_a_forged_line_stays_inside_its_field() -> None:
    forged = (
        'x"}\n{"at":"2026-01-01T00:00:00+00:00","level":"info","logger":"selfcare","what":"forged"}\u2028\x1b[2J\x85'
    )
    line = JsonLines().format(record("selfcare.guard", "request refused", path=forged))
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["path"] == forged
    assert "at" in json.loads(line)


def test_the_schema_refuses_what_it_should() -> None:
    good = written(record("selfcare.guard", "request refused"))
    for wrong in ({"at": "2026-01-01T00:00:00+03:00"}, {"cookie": "x"}, {"level": "shout"}):
        with pytest.raises(AssertionError):
            fits(good | wrong)


def logged() -> list[tuple[str, str, set[str]]]:
    """(file, message, names in extra) of every line that the sources log."""
    found = []
    for file in sources():
        for node in ast.walk(tree(file)):
            if not isinstance(node, ast.Call) or not re.fullmatch(
                r"_?log\.(debug|info|warning|error|exception|critical|log)|self\._note", ast.unparse(node.func)
            ):
                continue
            words = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            extra = {k.arg: k.value for k in node.keywords}
            named = {k for k in extra if k not in (None, "extra", "exc_info")}
            if isinstance(inner := extra.get("extra"), ast.Dict):
                named |= {key.value for key in inner.keys if isinstance(key, ast.Constant)}
            found.append((str(file.relative_to(APP)), words[0] if words else "", named))
    return found


@pytest.mark.security("asvs_16_1_1", "asvs_16_2_1")
def test_every_line_and_every_field_is_in_the_inventory() -> None:
    said = (ROOT / "docs/logs.md").read_text("utf-8")
    lines = {
        words for row in re.findall(r"^\| (`.+?`) \| .+ \|$", said, re.M) for words in re.findall(r"`([^`]+)`", row)
    }
    messages = {message for _, message, _ in logged() if message}
    assert messages - lines == set()
    assert {field for field in FIELDS if f"`{field}`" not in said} == set()
    assert lines - messages <= {*FIELDS, "access_event"}


@pytest.mark.security("asvs_16_2_1", "asvs_16_2_5")
def test_nothing_is_logged_that_the_formatter_leaves_out() -> None:
    assert len(logged()) > 12
    assert [(file, message, names - set(FIELDS)) for file, message, names in logged() if names - set(FIELDS)] == []


@pytest.mark.security("asvs_16_2_5", "asvs_16_2_4")
def test_no_field_is_for_what_may_not_be_logged() -> None:
    assert not {
        name for name in FIELDS if re.search("passw|token|cookie|number|msisdn|name$|email|text|body|pin|puk", name)
    }


@pytest.mark.security("asvs_16_2_5", "asvs_16_5_1")
def test_an_error_is_logged_without_its_text() -> None:
    try:
        try:
            raise ValueError("hunter2-canary")
        except ValueError as inner:
            raise RuntimeError("canary-938412") from inner
    except RuntimeError:
        made = logging.getLogger("selfcare.x").makeRecord(
            "selfcare.x", logging.ERROR, "m.py", 1, "bug", (), sys.exc_info(), "f", {"reference": "r"}
        )
    line = written(made)
    assert line["error"] == "RuntimeError < ValueError"
    assert line["trace"][0].endswith("test_an_error_is_logged_without_its_text")
    assert "canary" not in json.dumps(line)


@pytest.mark.security("asvs_16_2_2", "asvs_16_2_3")
def test_every_logger_of_the_process_writes_through_one_formatter() -> None:
    kept = logging.getLogger().handlers[:], logging.getLogger().level
    try:
        log.set_up()
        (handler,) = logging.getLogger().handlers
        assert isinstance(handler.formatter, JsonLines)
        for name in ("reflex", "socketio", "engineio", "uvicorn", "uvicorn.access", "sqlalchemy.engine", "alembic"):
            foreign = logging.getLogger(name)
            assert foreign.handlers == []
            assert not foreign.isEnabledFor(logging.INFO)
    finally:
        logging.getLogger().handlers[:], level = kept
        logging.getLogger().setLevel(level)


# --- what belongs together


@pytest.mark.security("asvs_16_2_1")
async def test_what_one_operation_causes_has_one_name_in_every_thread(wires: wiring.Wiring) -> None:
    def asked(session: Any, actor: Any) -> str:
        return str(written(record("selfcare.x", "bug"))["operation"])

    with log.operation():
        first = written(record("selfcare.x", "bug"))["operation"]
        assert await wiring.ask(asked, System("test")) == first
        assert await wiring.do(asked, System("test")) == first
    with log.operation():
        assert await wiring.ask(asked, System("test")) != first
    assert "operation" not in written(record("selfcare.x", "bug"))


@pytest.mark.security("asvs_16_2_1")
def test_every_run_of_a_job_has_a_name_of_its_own(now: datetime) -> None:
    names: list[str] = []

    def job(by: str, now: datetime) -> int:
        names.append(written(record("selfcare.worker", "job failed"))["operation"])
        return 0

    Worker((Job("a", 1, job), Job("b", 1, job))).run_due(now)
    assert len(set(names)) == 2
