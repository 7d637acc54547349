"""The command: what it prints in which language, its exit codes, and that its words and its page are complete."""

import argparse
import ast
import re
import sqlite3
from datetime import date
from pathlib import Path

import pytest

from selfcare_app.db import Database
from selfcare_app.i18n import catalogue
from selfcare_app.intake import command
from selfcare_app.intake.findings import Reason
from selfcare_app.intake.layout import CHANNELS, PAYMENT_FORMS, TABLES
from selfcare_app.wiring import Wiring, rewire
from tests.intake.exports import SMALL, write

ROOT = Path(__file__).parents[2]
LOADERS = [*(ROOT / "selfcare_app").glob("*/load*.py"), *(ROOT / "selfcare_app" / "intake" / "loaders").glob("*.py")]


def run(*told: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args([*map(str, told)]))


def test_all_rows(wires: Wiring, small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(small), "--language", "be") == command.ALL_LOADED
    out, err = capsys.readouterr()
    assert "usage: прачытана 3, дададзена 3, зменена 0, без змен 0, прапушчана 0, адхілена 0" in out
    assert "usage.csv: радкоў 3" in err
    assert not list(small.glob("rejects*"))


def test_some_rejected(wires: Wiring, small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(small, usage=SMALL["usage"] + "X,,375291234567,yesterday,call,outgoing,,,,,,,,\n")
    assert run(str(small), "--quiet", "--language", "en") == command.SOME_REJECTED
    out, err = capsys.readouterr()
    assert "usage.csv:5:started_at: “yesterday” is not a date and time" in err
    (rejects,) = small.glob("rejects-*")
    assert str(rejects / "report.csv") in err
    assert "usage: 4 read, 3 added" in out
    # The directory of rejects is no part of the export.
    assert run(str(small), "--quiet", "--rejects", str(small / "other")) == command.SOME_REJECTED
    assert (small / "other" / "usage.csv").exists()


def test_strict(wires: Wiring, small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(small, usage=SMALL["usage"] + "X,,1\n")
    assert run(str(small), "--strict", "--language", "uk") == command.NOT_ALL
    assert "Нічого не завантажено" in capsys.readouterr().err


@pytest.mark.parametrize("told", [("{room}/nowhere",), ("{room}",), ("{room}", "--mapping", "{room}/none.toml")])
def test_refused(wires: Wiring, tmp_path: Path, told: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    room = tmp_path / "room"
    room.mkdir()
    assert run(*(part.format(room=room) for part in told)) == command.REFUSED
    assert "room" in capsys.readouterr().err


def test_a_database_without_tables(
    wires: Wiring, small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = Database(f"sqlite:///{tmp_path / 'bare.db'}", info=wires.db.info)
    rewire(Wiring(wires.settings, wires.profile, bare, wires.keys))
    assert run(str(small)) == command.REFUSED
    assert "migrate" in capsys.readouterr().err
    bare.close()


def test_interrupted(wires: Wiring, small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command.Teller, "progress", interrupt)
    assert run(str(small), "--language", "ru") == command.INTERRUPTED


def test_a_database_that_somebody_else_holds(
    wires: Wiring, small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = sqlite3.connect(wires.db.engine.url.database or "", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with wires.db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    assert run(str(small), "--quiet", "--language", "en") == command.INTERRUPTED
    assert "another program holds it" in capsys.readouterr().err
    holder.execute("ROLLBACK")
    holder.close()
    assert run(str(small), "--quiet") == command.ALL_LOADED


@pytest.mark.parametrize(
    ("environment", "language"),
    [({"LANG": "uk_UA.UTF-8"}, "uk"), ({"LC_ALL": "ru_RU", "LANG": "en_US"}, "ru"), ({"LANG": "C"}, "en"), ({}, "en")],
)
def test_the_language_is_that_of_the_environment(environment: dict[str, str], language: str) -> None:
    assert command._language(environment) == language


def refusals() -> set[str]:
    """Reasons that loaders give: texts that stand where a reason belongs."""
    texts = [
        node.value
        for file in LOADERS
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    known = {key.removeprefix("intake.error.") for key in catalogue.load("ru") if key.startswith("intake.error.")}
    shaped = re.compile(
        r"(unknown|number|account|sim|version|allowance|period|balance|other|payment|password|nobody)_[a-z_]+"
    )
    names = {
        "account_id",
        "account_ids",
        "number_since",
        "number_changed_at",
        "balance_as_of",
        "payment_form",
        "payment_id",
    }
    names |= {"password_hash", "sim_changed_at", "period_from", "period_until"}
    return {text for text in texts if shaped.fullmatch(text) and text not in names} | (set(texts) & known)


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_every_reason_has_a_sentence(language: str) -> None:
    known = {key.removeprefix("intake.error.") for key in catalogue.load(language) if key.startswith("intake.error.")}
    given = refusals()
    assert len(given) > 15
    assert {*Reason, *given} - known == set()


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_words_that_pages_show_have_their_names(language: str) -> None:
    known = catalogue.load(language).keys()
    assert {f"payments.channel.{word}" for word in CHANNELS} - known == set()
    assert {f"subscribers.payment_form.{word}" for word in PAYMENT_FORMS} - known == set()


def test_every_column_is_documented_and_no_other() -> None:
    page = (ROOT / "docs" / "import.md").read_text("utf-8")
    for table in TABLES:
        section = page.split(f"### {table.name}\n")[1].split("\n#")[0]
        rows = re.findall(r"^\| (`\w+`\*?(?:, `\w+`\*?)*) \|", section, re.MULTILINE)
        documented = {name: bool(star) for row in rows for name, star in re.findall(r"`(\w+)`(\*?)", row)}
        assert documented == {column.name: column.required for column in table.columns}


def test_every_key_of_a_mapping_is_documented() -> None:
    from selfcare_app.intake.mapping import Mapping, Numbers, Time

    page = (ROOT / "docs" / "import.md").read_text("utf-8").split("## Mappings")[1]
    keys = set(Mapping.model_fields) - {"time", "numbers"}
    keys |= {f"time.{name}" for name in Time.model_fields} | {f"numbers.{name}" for name in Numbers.model_fields}
    assert {key for key in keys if f"`{key}`" not in page and f"[{key}" not in page} == set()


def test_the_demo_round_trip(wires: Wiring, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from selfcare_app.demo import export

    out = tmp_path / "demo"
    written = export.write(wires.profile, out, lines=40, months=2, numbers=500, seed=3, until=date(2026, 11, 18))
    wires.settings = wires.settings.__class__(**{**_fields(wires.settings), "demo": True})
    assert run(str(out), "--quiet", "--language", "en") == command.ALL_LOADED
    told = capsys.readouterr().out
    for table, count in written.items():
        assert f"{table}: {count:,} read, {count:,} added, 0 changed, 0 unchanged, 0 skipped, 0 rejected" in told
    assert run(str(out), "--quiet", "--language", "en") == command.ALL_LOADED
    assert not re.search(r" [1-9][\d,]* (added|changed)", capsys.readouterr().out)


def _fields(settings: object) -> dict[str, object]:
    return {name: getattr(settings, name) for name in settings.__dataclass_fields__}  # type: ignore[attr-defined]
