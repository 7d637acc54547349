"""The demonstration's charges are those of its own prices: without them the import comes to the same, and bills it."""

import csv
from argparse import ArgumentParser
from collections import defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import func, select

from selfcare_app import operators
from selfcare_app.demo import export
from selfcare_app.intake import command
from selfcare_app.ledger.tables import Operation, Transfer
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage.rating.rating_tables import UsageSum
from selfcare_app.usage.tables import UsageRecord
from selfcare_app.wiring import Wiring

SMALL = {"lines": 30, "months": 3, "numbers": 300, "seed": 7, "until": date(2026, 11, 18)}


@pytest.mark.parametrize("operator", operators.keys())
def test_an_import_without_the_charges_comes_to_the_same(wires: Wiring, operator: str, tmp_path: Path) -> None:
    wires.profile = wires.db.info["profile"] = operators.profile(operator)
    wires.settings = replace(wires.settings, demo=True)
    folder = tmp_path / "export"
    export.write(operators.profile(operator), folder, **SMALL)  # type: ignore[arg-type]
    charged: dict[str, int] = defaultdict(int)
    for file in sorted(folder.glob("usage-*.csv")):
        with file.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.DictReader(handle))
        for row in rows:
            whole, _, part = row["charge"].partition(".")
            charged[row["msisdn"]] += int(whole) * 10**6 + int(part.ljust(6, "0") or 0)
            row["charge"] = ""
        with file.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, rows[0])
            writer.writeheader()
            writer.writerows(rows)
    parser = ArgumentParser()
    command.add_arguments(parser)
    for _ in range(2):
        assert command.run(parser.parse_args([str(folder), "--quiet"])) == command.ALL_LOADED
        with wires.db.snapshot() as session:
            numbers = dict(session.exec(select(Line.no, Line.msisdn)).all())
            priced = session.exec(
                select(UsageRecord.line_no, func.sum(UsageRecord.charge_units)).group_by(UsageRecord.line_no)  # type: ignore[arg-type]
            ).all()
            taken = session.exec(select(func.sum(UsageSum.posted_minor))).one()
            moved = session.exec(
                select(func.sum(Transfer.amount_minor)).join(Operation).where(Operation.kind == "usage")
            ).one()
        assert {numbers[no]: int(units) for no, units in priced if units} == {
            number: units for number, units in charged.items() if units
        }
        assert taken == moved > 0
