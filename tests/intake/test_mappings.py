"""Foreign files: the three examples that the documentation ships, and what a mapping may not say."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from selfcare_app.intake import mapping
from selfcare_app.intake.mapping import BadMapping, Mapping
from selfcare_app.usage.tables import UsageRecord
from selfcare_app.wiring import Wiring
from tests.intake.exports import Importing, write
from tests.intake.test_small_export import rows

EXAMPLES = Path(__file__).parents[2] / "docs" / "mappings"


@pytest.fixture
def without_records(importing: Importing, small: Path) -> Importing:
    """The small export's people and lines, and no usage."""
    (small / "usage.csv").unlink()
    assert importing(small).findings == []
    return importing


def example(name: str) -> Mapping:
    return mapping.read(EXAMPLES / f"{name}.toml")


def records(wires: Wiring) -> list[tuple[Any, ...]]:
    return [
        (
            f"{row.started_at:%m-%d %H:%M:%S}",
            row.line_no,
            row.kind,
            row.direction,
            row.zone,
            row.peer,
            row.duration_seconds,
            row.bytes_in,
            row.bytes_out,
            row.charge_units,
            row.service,
        )
        for row in rows(wires, UsageRecord, "started_at")
    ]


def test_a_switch(without_records: Importing, wires: Wiring) -> None:
    done = without_records(EXAMPLES / "switch", mappings=[example("switch")])
    assert (done.findings, done.report.tables["usage"].skipped) == ([], 1)
    assert records(wires) == [
        ("10-31 20:59:07", 1, 1, 1, 2, "375292223344", 61, 0, 0, 0, ""),
        ("10-31 20:59:30", 1, 1, 2, 3, "375172001122", 125, 0, 0, 0, ""),
        ("10-31 21:00:05", 2, 2, 1, 0, "411", 0, 0, 0, 0, ""),
        ("10-31 21:00:09", 2, 2, 2, 0, "Банк", 0, 0, 0, 0, ""),
    ]


def test_a_mediation_system(without_records: Importing, wires: Wiring) -> None:
    done = without_records(EXAMPLES / "mediation", mappings=[example("mediation")])
    assert done.findings == []
    assert records(wires) == [
        ("10-31 21:00:00", 1, 1, 1, 0, "375292223344", 62, 0, 0, 84_000, ""),
        ("10-31 21:01:01", 1, 4, 1, 0, "", 0, 20_480 * 1024, 524_800, 0, "Video"),
        ("10-31 21:01:40", 2, 2, 2, 0, 'Bank "A"', 0, 0, 0, 0, ""),
        ("10-31 21:03:20", 2, 3, 1, 0, "375259998877", 0, 0, 0, 250_000, ""),
    ]


def test_a_phone(without_records: Importing, wires: Wiring) -> None:
    done = without_records(EXAMPLES / "phone", mappings=[example("phone")])
    assert (done.findings, done.report.tables["usage"].skipped) == ([], 1)
    assert records(wires) == [
        ("10-31 20:59:00", 1, 1, 1, 0, "375292223344", 3723, 0, 0, 0, ""),
        ("11-01 05:15:00", 1, 1, 2, 0, "375172001122", 45, 0, 0, 0, ""),
        ("11-01 06:30:00", 1, 1, 1, 0, "7788", 125, 0, 0, 0, ""),
    ]


@pytest.mark.parametrize("name", ["switch", "mediation", "phone"])
def test_a_foreign_file_again_changes_nothing(without_records: Importing, name: str) -> None:
    first = without_records(EXAMPLES / name, mappings=[example(name)])
    again = without_records(EXAMPLES / name, mappings=[example(name)])
    assert again.counts["usage"] == (0, 0, first.counts["usage"][0], 0)


def test_foreign_rejects_are_corrected_and_loaded_by_the_same_mapping(
    without_records: Importing, wires: Wiring, tmp_path: Path
) -> None:
    place = tmp_path / "switch"
    shutil.copytree(EXAMPLES / "switch", place)
    (file,) = place.iterdir()
    right = file.read_bytes()
    file.write_bytes(right.replace(b"31.10.2026 23:59:07", b"32.10.2026 23:59:07").replace(b"SMT", b"XXX"))
    done = without_records(place, mappings=[example("switch")])
    assert done.findings == [
        (file.name, 3, "START", "not_a_moment"),
        (file.name, 7, "REC_TYPE", "not_a_word"),
    ]
    assert done.report.tables["usage"].skipped == 1
    assert "01.11.2026" not in done.told() and "31.10.2026 23:59:59" in done.told()
    rejected = done.rejects / file.name
    assert rejected.read_bytes().splitlines()[:2] == right.splitlines()[:2]
    fixed = rejected.read_bytes().replace(b"32.10", b"31.10").replace(b"XXX", b"SMT")
    rejected.write_bytes(fixed)
    assert without_records(done.rejects, mappings=[example("switch")]).findings == []
    assert len(records(wires)) == 4


def test_a_bad_number_of_an_incoming_call_is_named_by_its_own_column(
    without_records: Importing, tmp_path: Path
) -> None:
    place = tmp_path / "switch"
    shutil.copytree(EXAMPLES / "switch", place)
    (file,) = place.iterdir()
    file.write_bytes(file.read_bytes().replace(b"MTC;80172001122;80291234567", b"MTC;80172001122;8029123456"))
    assert without_records(place, mappings=[example("switch")]).findings == [(file.name, 4, "B_NUMBER", "not_a_number")]


def test_a_mapped_file_without_one_of_its_columns(without_records: Importing, tmp_path: Path) -> None:
    place = tmp_path / "switch"
    place.mkdir()
    (place / "CDR_1.csv").write_bytes(b"name\nCALL_ID;REC_TYPE;A_NUMBER;B_NUMBER;DURATION;TRUNK\n")
    done = without_records(place, mappings=[example("switch")])
    assert done.findings == [("CDR_1.csv", 2, "START", "no_column")]


def test_the_hour_that_comes_twice_is_the_first_one(without_records: Importing, wires: Wiring, tmp_path: Path) -> None:
    kyiv = Mapping.model_validate(
        {
            "table": "usage",
            "files": ("*.log",),
            "time": {"format": "%Y%m%d%H%M%S", "zone": "Europe/Kyiv"},
            "columns": {"msisdn": "n", "started_at": "t", "record_id": "i"},
            "constants": {"kind": "call", "direction": "outgoing"},
        }
    )
    place = tmp_path / "logs"
    place.mkdir()
    times = ["20261025025959", "20261025033000", "20261025040000"]
    lines = [f"{n},375291234567,{time}" for n, time in enumerate(times)]
    (place / "a.log").write_text("\n".join(["i,n,t", *lines, ""]), "utf-8")
    assert without_records(place, mappings=[kyiv]).findings == []
    found = [row.started_at for row in rows(wires, UsageRecord, "started_at")]
    assert found == [
        datetime(2026, 10, 24, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 2, 0, tzinfo=UTC),
    ]


def test_amounts_with_a_comma_and_days_in_another_order(loaded: Importing, wires: Wiring, tmp_path: Path) -> None:
    from selfcare_app.payments.tables import Payment

    bank = Mapping.model_validate(
        {
            "table": "payments",
            "files": ("bank*.txt",),
            "delimiter": "\t",
            "decimal": ",",
            "time": {"format": "%d.%m.%y %H:%M", "zone": "Europe/Minsk"},
            "columns": {"payment_id": "№", "account_id": "Счёт", "paid_at": ("Дата", "Время"), "amount": "Сумма"},
            "constants": {"channel": "bank"},
        }
    )
    place = tmp_path / "bank"
    place.mkdir()
    (place / "bank1.txt").write_text("№\tСчёт\tДата\tВремя\tСумма\n7\tA1\t05.11.26\t12:30\t1234,5\n", "utf-8")
    assert loaded(place, mappings=[bank]).counts == {"payments": (1, 0, 0, 0)}
    payment = next(row for row in rows(wires, Payment, "external_id") if row.external_id == "7")
    assert (payment.amount_minor, payment.paid_at) == (123_450, datetime(2026, 11, 5, 9, 30, tzinfo=UTC))


PLAIN = 'table = "usage"\nfiles = ["*.x"]\n'


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("table = ", "Invalid value"),
        ('table = "usages"\nfiles = ["*.x"]', "no table 'usages'"),
        ('table = "usage"\nfiles = []', "files"),
        (PLAIN + 'delimeter = ";"', "delimeter"),
        (PLAIN + 'delimiter = ";;"', "delimiter"),
        (PLAIN + 'delimiter = "\\""', "same sign"),
        (PLAIN + 'encoding = "utf-16"', "ASCII"),
        (PLAIN + 'encoding = "klingon"', "no encoding"),
        (PLAIN + "skip_rows = -1", "skip_rows"),
        (PLAIN + 'skip_rows = "1"', "skip_rows"),
        (PLAIN + 'time.zone = "Mars/Olympus"', "does not exist"),
        (PLAIN + 'time.format = "DD.MM.YYYY"', "pattern"),
        (PLAIN + 'numbers.format = "roman"', "numbers.format"),
        (PLAIN + "numbers.incoming_swaps = true", "msisdn and peer"),
        (PLAIN + 'columns.colour = "x"', "no column 'colour'"),
        (PLAIN + 'columns.kind = "x"\nconstants.kind = "call"', "two places: kind"),
        (PLAIN + 'units.peer = "minutes"', "not counted in minutes"),
        (PLAIN + 'units.bytes_in = "minutes"', "not counted in minutes"),
        (PLAIN + 'units.charge = "KB"', "not counted in KB"),
        (PLAIN + 'codes.X.A = "drop"', "skip"),
    ],
)
def test_a_wrong_mapping_says_what_is_wrong(tmp_path: Path, text: str, what: str) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(BadMapping) as refused:
        mapping.read(file)
    assert refused.value.params["file"] == "wrong.toml"
    assert what in refused.value.params["what"]


def test_a_mapping_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadMapping):
        mapping.read(tmp_path / "none.toml")


def test_a_file_named_alone_goes_with_the_only_mapping(
    without_records: Importing, wires: Wiring, tmp_path: Path
) -> None:
    place = tmp_path / "october.log"
    shutil.copy(EXAMPLES / "phone" / "call_log.csv", place)
    assert without_records(place, mappings=[example("phone")]).counts["usage"][0] == 3


def test_files_that_no_mapping_takes_are_read_as_documented(importing: Importing, small: Path) -> None:
    write(small)
    done = importing(small, mappings=[example("switch")])
    assert (done.findings, done.counts["usage"]) == ([], (3, 0, 0, 0))
