"""Files that are not as they should be, and files that only look so."""

import gzip
from pathlib import Path

import pytest

from selfcare_app.intake import parts
from selfcare_app.intake.parts import NoSuchPlace, NothingToLoad
from selfcare_app.intake.windows import BLOCK_BYTES, LONGEST_LINE
from selfcare_app.usage.tables import UsageRecord
from selfcare_app.wiring import Wiring
from tests.intake.exports import ONE_USAGE, SMALL, Importing, write
from tests.intake.test_bad_rows import GOOD
from tests.intake.test_small_export import rows

TWO = f"{ONE_USAGE}\n{GOOD.format(n=1)}\n{GOOD.format(n=2)}\n"


def test_a_missing_column_costs_its_file_alone(importing: Importing, tmp_path: Path) -> None:
    without = SMALL["sims"].replace(",puk1,", ",")
    done = importing(write(tmp_path / "export", **SMALL | {"sims": without}))
    assert done.findings == [("sims.csv", 1, "puk1", "no_column")]
    assert done.counts["usage"] == (3, 0, 0, 0)
    assert not (done.rejects / "sims.csv").exists()


def test_a_column_that_stands_twice(loaded: Importing, tmp_path: Path) -> None:
    content = "client_id,kind,name,name\nC3,person,Ян,Янка\n"
    done = loaded(write(tmp_path / "export", clients=content))
    assert done.findings == [("clients.csv", 1, "name", "two_columns")]


def test_usage_needs_a_line_or_a_number(loaded: Importing, tmp_path: Path) -> None:
    content = "started_at,kind,direction\n2026-11-05T10:00:00Z,call,outgoing\n"
    assert loaded(write(tmp_path / "export", usage=content)).findings == [("usage.csv", 1, "msisdn", "no_column")]


def test_columns_in_any_order_and_case_and_unknown_ones(loaded: Importing, tmp_path: Path) -> None:
    content = "Name, KIND ,colour,client_id\nЯн,person,red,C3\n"
    done = loaded(write(tmp_path / "export", clients=content))
    assert (done.counts["clients"], done.findings) == ((1, 0, 0, 0), [])
    assert done.report.ignored == ["clients.csv: colour"]


@pytest.mark.parametrize("content", [b"", b"\n", b"\xef\xbb\xbf", b",,\n"])
def test_an_empty_file(importing: Importing, tmp_path: Path, content: bytes) -> None:
    done = importing(write(tmp_path / "export", **SMALL | {"payments": content}))
    assert done.findings == [("payments.csv", 1, "", "empty_file")]
    assert done.counts["usage"] == (3, 0, 0, 0)


def test_a_header_without_rows_is_no_fault(importing: Importing, tmp_path: Path) -> None:
    done = importing(write(tmp_path / "export", usage=ONE_USAGE))
    assert (done.findings, done.counts) == ([], {"usage": (0, 0, 0, 0)})


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + TWO.encode(),
        TWO.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + TWO.replace("\n", "\r\n").encode(),
        TWO.rstrip("\n").encode(),
        TWO.replace("\n", "\n\n").encode(),
        TWO.replace("call", '"call"').encode(),
        "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in TWO.splitlines()).encode(),
    ],
)
def test_spellings_of_the_same_file(loaded: Importing, wires: Wiring, tmp_path: Path, content: bytes) -> None:
    assert loaded(write(tmp_path / "plain", usage=TWO)).counts["usage"] == (2, 0, 0, 0)
    done = loaded(write(tmp_path / "export", usage=content))
    assert (done.findings, done.counts["usage"]) == ([], (0, 0, 2, 0))


def test_quotes_and_line_ends_inside_fields(loaded: Importing, wires: Wiring, tmp_path: Path) -> None:
    content = 'code,name,description,fee,valid_from\nm,Мелофон,"Музыка, ""гудки""\nи песни",1.90,2020-01-01T00:00:00Z\n'
    bad = content + "x,Икс,,-1,2020-01-01T00:00:00Z\n"
    done = loaded(write(tmp_path / "export", services=bad))
    # The row before took two lines: the one after it is the fourth.
    assert done.findings == [("services.csv", 4, "fee", "negative")]
    from selfcare_app.catalogue.tables import Service

    assert rows(wires, Service, "code")[0].description == 'Музыка, "гудки"\nи песни'


def test_a_quoted_cell_that_goes_on_over_the_end_of_a_block(loaded: Importing, wires: Wiring, tmp_path: Path) -> None:
    header = "code,name,description,fee,valid_from"
    start = "".join(f"s{n},Услуга {n},{'д' * 900},0,2020-01-01T00:00:00Z\n" for n in range(BLOCK_BYTES // 1800))
    long = 's,Долгая,"' + "строка\n" * 15_000 + '",0,2020-01-01T00:00:00Z\n'
    done = loaded(write(tmp_path / "export", services=f"{header}\n{start}{long}z,Я,,0,2020-01-01T00:00:00Z\n"))
    assert {reason for _, _, _, reason in done.findings} == {"too_long"}
    assert done.counts["services"] == (BLOCK_BYTES // 1800 + 1, 0, 0, 1)


def test_a_line_beyond_all_bounds_is_dropped(loaded: Importing, tmp_path: Path) -> None:
    content = f"{ONE_USAGE}\n{GOOD.format(n=1)}\n" + "x" * (3 * BLOCK_BYTES) + f"\n{GOOD.format(n=2)}\n"
    done = loaded(write(tmp_path / "export", usage=content))
    assert done.findings == [("usage.csv", 3, "", "line_too_long")]
    assert done.counts["usage"] == (2, 0, 0, 1)
    assert LONGEST_LINE < 3 * BLOCK_BYTES


def test_parts_and_packed_parts_are_one_table(loaded: Importing, wires: Wiring, tmp_path: Path) -> None:
    export = tmp_path / "export"
    export.mkdir()
    (export / "usage-2026-10.csv").write_text(f"{ONE_USAGE}\n{GOOD.format(n=1)}\n", "utf-8")
    (export / "usage.2.csv.gz").write_bytes(gzip.compress(f"{ONE_USAGE}\n{GOOD.format(n=2)}\n".encode()))
    (export / "readme.txt").write_text("no table", "utf-8")
    (export / "report.csv").write_text("a,b\n", "utf-8")
    _, others = parts.find(export, [])
    assert [other.name for other in others] == ["readme.txt", "report.csv"]
    assert loaded(export).counts == {"usage": (2, 0, 0, 0)}


def test_parts_are_read_in_the_order_of_their_figures(tmp_path: Path) -> None:
    export = write(tmp_path / "export", **{f"usage.{n}": "" for n in (10, 9, 1)}, lines="", line_services="")
    found, _ = parts.find(export, [])
    assert [part.path.name for part in found] == [
        "lines.csv",
        "line_services.csv",
        "usage.1.csv",
        "usage.9.csv",
        "usage.10.csv",
    ]
    assert [part.table for part in found][:2] == ["lines", "line_services"]


def test_rejected_rows_of_a_packed_file_are_plain(loaded: Importing, tmp_path: Path) -> None:
    export = tmp_path / "export"
    export.mkdir()
    (export / "usage.csv.gz").write_bytes(gzip.compress(f"{ONE_USAGE}\nX,,1\n".encode()))
    assert (loaded(export).rejects / "usage.csv").read_text("utf-8") == f"{ONE_USAGE}\nX,,1\n"


@pytest.mark.parametrize("damage", ["cut", "garbage"])
def test_a_damaged_archive(loaded: Importing, tmp_path: Path, damage: str) -> None:
    export = write(tmp_path / "export", clients="client_id,kind,name\nC3,person,Ян\n")
    packed = gzip.compress(TWO.encode())
    (export / "usage.csv.gz").write_bytes(packed[:-9] if damage == "cut" else b"PK\x03\x04 not gzip")
    done = loaded(export)
    assert done.findings == [("usage.csv.gz", 0, "", "broken_archive")]
    assert done.counts["clients"] == (1, 0, 0, 0)


def test_one_file_alone(loaded: Importing, small: Path) -> None:
    assert loaded(small / "usage.csv").counts == {"usage": (0, 0, 3, 0)}


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(NoSuchPlace):
        parts.find(tmp_path / "nowhere", [])
    with pytest.raises(NothingToLoad):
        parts.find(tmp_path, [])


def test_a_file_that_goes_away(loaded: Importing, small: Path) -> None:
    found, _ = parts.find(small, [])
    assert any(part.path.name == "usage.csv" for part in found)
    (small / "usage.csv").unlink()
    (small / "usage.csv").mkdir()
    assert "usage" not in loaded(small).counts


def test_records_without_an_id_are_told_apart_by_what_they_say(
    loaded: Importing, wires: Wiring, tmp_path: Path
) -> None:
    lines = [GOOD.format(n=1).replace("G1,", ",", 1)]
    lines += [lines[0], lines[0].replace(",411,", ",412,"), lines[0].replace(",0.1,", ",0.2,")]
    done = loaded(write(tmp_path / "export", usage="\n".join([ONE_USAGE, *lines, ""])))
    assert done.counts["usage"] == (2, 0, 2, 0)
    found = [(row.peer, row.charge_units) for row in rows(wires, UsageRecord, "peer") if row.peer in ("411", "412")]
    assert found == [("411", 100_000), ("412", 100_000)]
