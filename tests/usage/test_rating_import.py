"""Records that come without a charge are priced while they are loaded, and the account pays for each once."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from selfcare_app import wiring
from selfcare_app.catalogue.price_tables import Price
from selfcare_app.intake import load as intake
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money, Rate
from selfcare_app.ledger import balance
from selfcare_app.ledger.tables import Operation, Transfer
from selfcare_app.subscribers.tables import Account, Line, LinePlan
from selfcare_app.usage.rating.rating_tables import PackageUse, RatedUse, UsageSum
from selfcare_app.usage.tables import Allowance
from tests.intake.exports import Importing, write
from tests.usage.rating_load import HEADER, OPENED, Load


def test_what_comes_without_a_charge_is_priced_and_paid(load: Load) -> None:
    assert (
        load.usage(
            "R1,L1,2026-11-02T10:00:00Z,call,outgoing,on_net,375291234568,61,,",
            "R2,L1,2026-11-02T11:00:00Z,call,outgoing,on_net,375291234568,61,,",
            "R3,L1,2026-11-02T12:00:00Z,call,incoming,on_net,375291234568,61,,",
            "R4,L1,2026-11-02T13:00:00Z,call,outgoing,on_net,375291234568,61,0.5,",
            "R5,L1,2026-11-02T14:00:00Z,call,outgoing,on_net,375291234568,61,0,",
            "R6,L1,2026-11-12T10:00:00Z,call,outgoing,on_net,375291234568,60,,",
        ).findings
        == []
    )
    # 120 s of the package for R1; two minutes for R2; R4 and R5 were charged elsewhere; R6 costs the newer price.
    assert load.charges() == [0, 168_600, 0, 500_000, 0, 100_000]
    assert load.spent() == 27
    first, second, third, last = load.rows(RatedUse, "started_at")
    prices = {row.id: (row.code, row.rate_units) for row in load.rows(Price)}
    assert (prices[first.price_id], first.drawn, first.paid, first.plan) == (
        ("call", 84_300),
        "minutes 120",
        0,
        "super8",
    )
    assert (second.billed, second.paid, second.units, second.drawn) == (120, 2, 168_600, "")
    assert (third.price_id, third.units) == (None, 0)
    assert prices[last.price_id] == ("call", 100_000)
    assert [(row.code, row.used) for row in load.rows(PackageUse)] == [("minutes", 120)]


def test_importing_again_charges_nothing_again(load: Load) -> None:
    rows = [f"R{n},L1,2026-11-02T10:{n:02}:00Z,call,outgoing,on_net,375291234568,{n * 7},," for n in range(40)]
    load.usage(*rows[:25])
    once = load.spent(), load.charges()
    assert load.usage(*rows[:25], *rows[:25]).counts["usage"] == (0, 0, 50, 0)
    assert (load.spent(), load.charges()) == once
    assert load.usage(*rows, rows[39]).counts["usage"] == (15, 0, 26, 0)
    total = sum(load.charges())
    assert load.spent() == Rate(total, "BYN").rounded().minor > 0
    assert len(load.rows(Operation)) == len({row.idempotency_key for row in load.rows(Operation)})


def test_of_one_record_twice_the_first_counts_with_or_without_a_charge(load: Load) -> None:
    row = "R{},L1,2026-11-12T10:00:0{}Z,call,outgoing,on_net,375291234568,180,{},"
    pairs = [row.format(n, n, charge) for n, both in enumerate((("0.5", ""), ("", "0.5"))) for charge in both]
    assert load.usage(*pairs).counts["usage"] == (2, 0, 2, 0)
    # The first was charged elsewhere; the second is priced: two of its three minutes are free.
    assert (load.charges(), load.spent()) == ([500_000, 100_000], 10)


def test_parts_of_a_minor_unit_never_add_up_to_a_drift(embedded_load: Load) -> None:
    for n in range(7):
        embedded_load.usage(f"R{n},L1,2026-11-02T10:00:{n:02}Z,sms,outgoing,on_net,375291234568,0,,")
        assert embedded_load.spent() == Rate(5_000 * (n + 1), "BYN").rounded().minor
    (found,) = embedded_load.rows(UsageSum)
    assert (found.units, found.posted_minor) == (35_000, 4)
    with embedded_load.detail.db.snapshot() as session:
        amounts = session.exec(select(Transfer.amount_minor).where(Transfer.code == "sms")).all()
    assert list(amounts) == [1, 1, 1, 1]


def test_records_of_one_import_are_one_operation_of_a_line_and_month(load: Load) -> None:
    load.usage(
        "R1,L1,2026-10-02T10:00:00Z,sms,outgoing,on_net,375291234568,0,,",
        "R2,L1,2026-10-02T11:00:00Z,sms,outgoing,on_net,375291234568,0,,",
        "R3,L1,2026-10-02T12:00:00Z,call,outgoing,on_net,375291234568,600,,",
        "R4,L1,2026-11-02T12:00:00Z,call,outgoing,on_net,375291234568,600,,",
        "R5,L2,2026-11-02T12:00:00Z,call,outgoing,on_net,375291234567,1000,,",
    )
    operations = [row for row in load.rows(Operation) if row.kind == "usage"]
    legs = [
        (row.operation_id, row.code, row.amount_minor) for row in load.rows(Transfer) if row.code in ("call", "sms")
    ]
    (october, november) = (f"{2026 * 12 + month}" for month in (9, 10))
    numbers = {line.external_id: line.no for line in load.rows(Line)}
    # Bills read line and month there.
    assert sorted(row.idempotency_key.split(".")[:2] for row in operations) == sorted(
        [str(numbers[line]), month] for line, month in (("L1", october), ("L1", november), ("L2", november))
    )
    assert sorted(amount for _, _, amount in legs) == [1, 67, 67, 100]
    assert load.spent("A2", -307) == 100


@pytest.mark.requirement("IH-037")
def test_late_roaming_and_forwarded_records_count_where_they_belong(embedded_load: Load) -> None:
    embedded_load.usage("R1,L1,2026-11-10T10:00:00Z,call,outgoing,on_net,375291234568,60,,")
    embedded_load.usage(
        # 31 October 23:59 in Minsk, and a minute later it is November there.
        "R2,L1,2026-10-31T20:59:00Z,call,outgoing,on_net,375291234568,60,,",
        "R3,L1,2026-10-31T21:00:00Z,call,outgoing,on_net,375291234568,60,,",
        "R4,L1,2026-09-30T12:00:00Z,call,incoming,roaming,48501000000,61,,",
        "R5,L1,2026-11-11T12:00:00Z,call,incoming,on_net,375291234568,61,,forwarded",
    )
    october, november = 2026 * 12 + 9, 2026 * 12 + 10
    assert {(row.month, row.used) for row in embedded_load.rows(PackageUse)} == {(october, 60), (november, 120)}
    sums = {row.month: (row.units, row.posted_minor) for row in embedded_load.rows(UsageSum)}
    assert sums == {october - 1: (5_000_000, 500), november: (100_000, 10)}
    assert embedded_load.spent() == 510


def test_a_record_is_priced_by_the_plan_of_its_time(embedded_load: Load) -> None:
    change = datetime(2026, 11, 5, tzinfo=UTC)
    with embedded_load.detail.db.transaction() as session:
        line = session.exec(select(Line).where(Line.external_id == "L1")).one()
        line.tariff_plan = "office"
        session.add(LinePlan(id=new_id(), line_id=line.id, tariff_plan="super8", valid_until=change))
    embedded_load.usage(
        "R1,L1,2026-11-04T23:59:59Z,call,outgoing,on_net,375291234568,180,,",
        "R2,L1,2026-11-05T10:00:00Z,call,outgoing,on_net,375291234568,180,,",
        "R3,L1,2026-11-07T10:00:00Z,call,outgoing,on_net,375291234568,180,,",
        "R4,L1,2026-11-05T16:00:00Z,call,outgoing,on_net,375291234568,180,,",
    )
    # A Thursday in office hours; a Saturday and an evening have no price there.
    assert embedded_load.charges() == [84_300, 180_000, 0, 0]
    assert [row.plan for row in embedded_load.rows(RatedUse, "started_at")] == ["super8", "office", "office", "office"]


def test_usage_that_has_happened_is_paid_below_the_floor(embedded_load: Load) -> None:
    embedded_load.usage("R1,L1,2026-11-10T10:00:00Z,call,incoming,roaming,48501000000,36000,,")
    assert embedded_load.spent() == 150_000
    with embedded_load.detail.db.snapshot() as session:
        account = session.exec(select(Account).where(Account.external_id == "A1")).one()
        assert balance.of_account(session, account.id) == Money(OPENED - 150_000, "BYN")


def test_a_file_without_the_column_is_priced_too(embedded_load: Load) -> None:
    header = HEADER.replace(",charge", "")
    embedded_load.usage("R1,L1,2026-11-12T10:00:00Z,call,outgoing,on_net,375291234568,240,", header=header)
    assert (embedded_load.charges(), embedded_load.spent()) == ([200_000], 20)


def test_where_a_plan_has_no_prices_nothing_is_charged(embedded_load: Load) -> None:
    with embedded_load.detail.db.transaction() as session:
        session.exec(select(Line).where(Line.external_id == "L1")).one().tariff_plan = "unknown"
    embedded_load.usage("R1,L1,2026-11-12T10:00:00Z,call,outgoing,on_net,375291234568,240,,")
    assert (embedded_load.charges(), embedded_load.spent(), embedded_load.rows(RatedUse)) == ([0], 0, [])


def test_what_is_left_of_the_plan_s_package_is_told(load: Load) -> None:
    with load.detail.db.transaction() as session:
        line = session.exec(select(Line).where(Line.external_id == "L1")).one()
        _allow(session, line, "minutes", 2026, 11)
        _allow(session, line, "minutes", 2026, 10)
        _allow(session, line, "bonus", 2026, 11)
    load.usage("R1,L1,2026-11-12T10:00:00Z,call,outgoing,on_net,375291234568,61,,")
    left = {(row.code, row.period_from.month): row.used for row in load.rows(Allowance)}
    assert left == {("minutes", 11): 120, ("minutes", 10): 0, ("bonus", 11): 0}


def _allow(session: Session, line: Line, code: str, year: int, month: int) -> None:
    first = datetime(year, month, 1, tzinfo=UTC).date()
    session.add(
        Allowance(
            id=new_id(), line_id=line.id, code=code, name="Звонки", kind="seconds", total=120, period_from=first,
            period_until=first.replace(month=month + 1), as_of=datetime(2026, 11, 1, tzinfo=UTC),
            package_id=new_id() if code == "minutes" else None,
        )
    )  # fmt: skip


def test_two_imports_of_one_file_at_once_charge_once(load: Load, tmp_path: Path) -> None:
    rows = [f"R{n},L1,2026-11-12T10:00:{n:02}Z,call,outgoing,on_net,375291234568,60,," for n in range(50)]
    export = write(tmp_path / "twice", usage="\n".join([HEADER, *rows, ""]))
    together = threading.Barrier(2)
    faults: list[BaseException] = []

    def run(n: int) -> None:
        importing = Importing(wiring.wired(), load.detail.now, tmp_path / f"room{n}")
        try:
            together.wait()
            importing(export)
        except BaseException as wrong:
            faults.append(wrong)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert (len(load.charges()), load.spent()) == (50, 480)


def test_an_import_that_breaks_off_has_charged_for_what_it_left_and_the_next_for_the_rest(
    embedded_load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from selfcare_app.intake.loaders import usage as loader

    monkeypatch.setattr(loader, "WRITTEN_AT_ONCE", 10)
    monkeypatch.setattr(loader, "COPIED_AT_ONCE", 10)
    rows = [f"R{n},L1,2026-11-12T10:00:{n:02}Z,call,outgoing,on_net,375291234568,60,," for n in range(50)]
    export = write(tmp_path / "broken", usage="\n".join([HEADER, *rows, ""]))
    done = loader.pricing.records
    batches = iter(range(3))

    def failing(session: Any, actor: Any, **named: Any) -> Any:
        written = done(session, actor, **named)
        if next(batches, None) is None:
            raise ConnectionError
        return written

    monkeypatch.setattr(loader.pricing, "records", failing)
    importing = Importing(wiring.wired(), embedded_load.detail.now, tmp_path)
    with pytest.raises(ConnectionError):
        importing(export)
    assert (len(embedded_load.charges()), embedded_load.spent()) == (30, 280)
    monkeypatch.setattr(loader.pricing, "records", done)
    assert importing(export).counts["usage"] == (20, 0, 30, 0)
    assert embedded_load.spent() == 480


def test_a_strict_import_that_fails_charges_nothing(embedded_load: Load, tmp_path: Path) -> None:
    rows = [
        "R1,L1,2026-11-12T10:00:00Z,call,outgoing,on_net,375291234568,600,,",
        "R2,nobody,2026-11-12T10:00:00Z,sms,outgoing,on_net,1,0,,",
    ]
    export = write(tmp_path / "strict", usage="\n".join([HEADER, *rows, ""]))
    with pytest.raises(intake.NotAll):
        Importing(wiring.wired(), embedded_load.detail.now, tmp_path)(export, strict=True)
    assert (embedded_load.charges(), embedded_load.spent(), embedded_load.rows(RatedUse)) == ([], 0, [])
