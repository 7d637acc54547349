"""The demonstration's export: the same for a seed, complete, plausible, and accepted by the import without a word."""

import csv
from argparse import ArgumentParser
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import func, select

from selfcare_app import operators
from selfcare_app.catalogue.price_tables import ServicePackage
from selfcare_app.demo import export
from selfcare_app.demo.people import people
from selfcare_app.intake import command
from selfcare_app.numbers.rules import category_of
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage.tables import UsageRecord
from selfcare_app.wiring import Wiring

UNTIL = date(2026, 11, 18)
SMALL = {"lines": 40, "months": 3, "numbers": 500, "seed": 7, "until": UNTIL}


def written(operator: str, folder: Path, **change: object) -> dict[str, int]:
    return export.write(operators.profile(operator), folder, **(SMALL | change))  # type: ignore[arg-type]


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for file in sorted(folder.glob(f"{table}*.csv")):
        with file.open(encoding="utf-8", newline="") as handle:
            found += csv.DictReader(handle)
    return found


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_the_same_seed_writes_the_same_operator_and_another_one_does_not(tmp_path: Path) -> None:
    for name, seed in (("one", 7), ("again", 7), ("other", 8)):
        written("issa", tmp_path / name, seed=seed)
    assert contents(tmp_path / "one") == contents(tmp_path / "again")
    assert contents(tmp_path / "one")["usage-2026-11.csv"] != contents(tmp_path / "other")["usage-2026-11.csv"]


@pytest.mark.parametrize("operator", operators.keys())
def test_every_operator_gets_its_own_numbers_money_and_known_people(operator: str, tmp_path: Path) -> None:
    profile = operators.profile(operator)
    counted = written(operator, tmp_path)
    lines = rows(tmp_path, "lines")
    known = {line["msisdn"]: line["password"] for line in lines if line["password"]}
    assert counted["lines"] == len(lines) == 40
    assert known == dict(people(profile))
    assert all(line["msisdn"].startswith(profile.numbering.country_code) for line in lines)
    assert len({line["msisdn"] for line in lines}) == 40
    assert {account["currency"] for account in rows(tmp_path, "accounts")} == {profile.currency}


@pytest.mark.requirement("ISSA-002")
@pytest.mark.parametrize("operator", operators.keys())
def test_every_audience_of_the_operator_has_somebody_to_sign_in_as(operator: str, tmp_path: Path) -> None:
    written(operator, tmp_path)
    known = {line["audience"] for line in rows(tmp_path, "lines") if line["password"]}
    assert known == set(operators.profile(operator).registration.audiences)


def test_usage_ends_yesterday_and_follows_days_and_hours(tmp_path: Path) -> None:
    written("issa", tmp_path, lines=150, months=2)
    zone = operators.profile("issa").zone
    moments = [datetime.fromisoformat(row["started_at"]).astimezone(zone) for row in rows(tmp_path, "usage")]
    assert min(moments).date() >= date(2026, 10, 1)
    assert max(moments).date() == date(2026, 11, 17)
    hours = Counter(moment.hour for moment in moments)
    assert hours[18] > 8 * hours[3]


def test_some_lines_are_used_far_more_than_most(tmp_path: Path) -> None:
    written("issa", tmp_path, lines=300, months=1)
    each = sorted(Counter(row["msisdn"] for row in rows(tmp_path, "usage")).values())
    assert each[-1] > 5 * each[len(each) // 2]


def test_categories_in_the_pool_are_those_of_the_rule(tmp_path: Path) -> None:
    written("issa", tmp_path, numbers=5_000)
    assert all(row["category"] == category_of(row["msisdn"]) for row in rows(tmp_path, "numbers"))


def test_what_is_left_of_packages_agrees_with_this_month_s_usage(tmp_path: Path) -> None:
    written("issa", tmp_path)
    number = people(operators.profile("issa"))[0][0]
    called = sum(
        -(-int(row["duration_seconds"]) // 60) * 60
        for row in rows(tmp_path, "usage")
        if row["msisdn"] == number
        and row["started_at"] >= "2026-10-31T21:00:00Z"
        and row["kind"] == "call"
        and row["direction"] == "outgoing"
        and row["zone"] not in ("international", "roaming")
    )
    minutes = next(
        row for row in rows(tmp_path, "allowances") if row["line_id"] == "L000000" and row["code"] == "minutes"
    )
    assert int(minutes["used"]) == min(int(minutes["total"]), called)


@pytest.mark.parametrize("operator", operators.keys())
def test_the_import_takes_it_all_and_a_second_time_changes_nothing(
    operator: str, wires: Wiring, tmp_path: Path
) -> None:
    wires.profile = wires.db.info["profile"] = operators.profile(operator)
    wires.settings = replace(wires.settings, demo=True)
    counted = written(operator, tmp_path / "export")
    parser = ArgumentParser()
    command.add_arguments(parser)
    for _ in range(2):
        assert command.run(parser.parse_args([str(tmp_path / "export"), "--quiet"])) == command.ALL_LOADED
        with wires.db.snapshot() as session:
            for table, name in ((Line, "lines"), (UsageRecord, "usage"), (ServicePackage, "service_packages")):
                assert session.exec(select(func.count()).select_from(table)).one() == counted[name]
            at_home = session.exec(select(Line.msisdn).where(Line.audience == "home_office")).all()
            offered = "home_office" in wires.profile.registration.audiences
            assert at_home == ([people(wires.profile)[-1][0]] if offered else [])
            latest = session.exec(select(func.max(UsageRecord.started_at))).one()
    assert latest is not None
    assert latest.astimezone(UTC) < datetime(2026, 11, 17, 22, tzinfo=UTC)
