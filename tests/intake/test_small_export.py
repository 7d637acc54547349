"""A small export with all its tables, looked at row by row in the database."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel, select

from selfcare_app.access import password
from selfcare_app.access.tables import Credential
from selfcare_app.catalogue.tables import Service, TariffPlan
from selfcare_app.kit.money import Money
from selfcare_app.ledger import balance
from selfcare_app.numbers.rules import State
from selfcare_app.numbers.tables import PoolNumber
from selfcare_app.payments.tables import Payment
from selfcare_app.subscribers import sim_seal
from selfcare_app.subscribers.tables import Account, Client, Line, LineNumber, LineService, Sim
from selfcare_app.usage.tables import Allowance, UsageRecord
from selfcare_app.wiring import Wiring
from tests.intake.exports import SMALL, Importing, write


def rows(wires: Wiring, table: type[SQLModel], *order: str) -> list[Any]:
    with wires.db.snapshot() as session:
        session.expire_on_commit = False
        found = session.exec(select(table).order_by(*(getattr(table, name) for name in order))).all()
        session.expunge_all()
    return list(found)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_clients_and_accounts(loaded: Importing, wires: Wiring) -> None:
    anna, office = rows(wires, Client, "external_id")
    assert (anna.kind, anna.name, anna.contract_on) == ("person", 'Ковалёва, Анна "Аня" Сергеевна', date(2020, 3, 1))
    assert (office.kind, office.tax_id, office.email) == ("organisation", "190000001", "office@example.by")
    first, second = rows(wires, Account, "external_id")
    assert (first.client_id, first.number, first.settlement, first.currency) == (anna.id, "1000001", "prepaid", "BYN")
    assert (second.client_id, second.credit_limit_minor, second.payment_form) == (office.id, 10_000, "cashless")
    assert first.balance_as_of == second.balance_as_of == at("2026-11-17T21:00:00Z")


@pytest.mark.requirement("ISSA-049", "ISSA-058")
def test_a_balance_is_opened_and_later_payments_move_it(loaded: Importing, wires: Wiring) -> None:
    first, second = rows(wires, Account, "external_id")
    with wires.db.snapshot() as session:
        assert balance.of_account(session, first.id) == Money(1250 + 225, "BYN")
        assert balance.of_account(session, second.id) == Money(-307, "BYN")
    earlier, later = rows(wires, Payment, "external_id")
    assert (earlier.amount_minor, earlier.operation_id, earlier.currency) == (500, None, "BYN")
    assert (later.amount_minor, later.channel) == (225, "bank_card")
    assert later.operation_id is not None


def test_plans_have_versions_and_packages(loaded: Importing, wires: Wiring) -> None:
    office, old, new = rows(wires, TariffPlan, "code", "valid_from")
    assert (old.valid_from, old.valid_until, new.valid_until) == (at("2020-01-01T00:00:00Z"), new.valid_from, None)
    assert (old.fee_minor, new.fee_minor) == (800, 890)
    assert (old.package, office.package) == ({"seconds": 6000, "bytes": 1_000_000}, {})
    assert (old.open_for_change, new.open_for_change, office.benefits) == (False, True, "Скидка 10 %")
    assert rows(wires, Service)[0].description == "Кто звонил"


def test_lines_with_the_time_they_have_their_number(loaded: Importing, wires: Wiring) -> None:
    anna, modem = rows(wires, Line, "external_id")
    assert (anna.no, anna.msisdn, anna.language, anna.kind) == (1, "375291234567", "be", "phone")
    assert (modem.no, modem.msisdn, modem.puk1_registration, modem.state) == (2, "375291234568", True, "active")
    first, second = rows(wires, LineNumber, "msisdn")
    assert (first.line_id, first.valid_from, first.valid_until) == (anna.id, at("2026-06-15T06:00:00Z"), None)
    # Without a moment of its own it is midnight of activation where the operator is.
    assert second.valid_from == at("2019-01-14T21:00:00Z")


@pytest.mark.requirement("ISSA-051")
def test_codes_of_a_sim_are_sealed(loaded: Importing, wires: Wiring) -> None:
    sim = rows(wires, Sim, "iccid")[0]
    assert sim_seal.unseal(wires.keys, sim) == {"pin1": "1234", "puk1": "12345678", "pin2": "4321", "puk2": "87654321"}
    assert sim_seal.is_puk1(wires.keys, sim, "12345678")
    assert b"12345678" not in sim.puk1


def test_services_and_packages_of_a_line(loaded: Importing, wires: Wiring) -> None:
    line = rows(wires, Line, "external_id")[0]
    (service,), (left,) = rows(wires, LineService), rows(wires, Allowance)
    assert (service.line_id, service.service, service.disconnected_at) == (line.id, "whocalled", None)
    assert (left.line_id, left.kind, left.total, left.used, left.promo) == (line.id, "seconds", 6000, 61, False)
    assert (left.period_from, left.period_until) == (date(2026, 11, 1), date(2026, 12, 1))


@pytest.mark.requirement("ISSA-093")
def test_numbers_are_free_unless_a_line_has_them(loaded: Importing, wires: Wiring) -> None:
    found = [(row.number, row.category, row.state) for row in rows(wires, PoolNumber, "number")]
    keys = [category.key for category in wires.profile.number_change.categories]  # type: ignore[union-attr]
    assert found == [
        (375291111111, keys.index("platinum"), State.FREE),
        (375291111112, keys.index("gold"), State.FREE),
        (375291234567, keys.index("simple"), State.ASSIGNED),
    ]


@pytest.mark.parametrize("state", [State.HELD, State.RESTING, State.FREE])
def test_a_number_that_a_line_has_is_not_given_to_anybody_else(
    importing: Importing, wires: Wiring, tmp_path: Path, state: State
) -> None:
    with wires.db.transaction() as session:
        session.add(PoolNumber(number=375291234567, category=0, state=state, rests_until=at("2027-01-01T00:00:00Z")))
    importing(write(tmp_path / "export", **SMALL))
    number = next(row for row in rows(wires, PoolNumber) if row.number == 375291234567)
    assert (number.state, number.rests_until) == (State.ASSIGNED, None)


@pytest.mark.requirement("ISSA-076")
def test_records_by_number_and_by_line(loaded: Importing, wires: Wiring) -> None:
    call, sms, data = rows(wires, UsageRecord, "line_no", "started_at")
    assert (call.line_no, call.started_at, call.kind, call.direction, call.zone) == (
        1,
        at("2026-11-01T10:00:00Z"),
        1,
        1,
        1,
    )
    assert (call.peer, call.duration_seconds, call.charge_units) == ("375291234568", 61, 84_300)
    assert (sms.kind, sms.direction, sms.zone, sms.peer, sms.charge_units) == (2, 2, 0, "Bank", 0)
    assert (data.line_no, data.started_at) == (2, at("2026-11-02T10:00:00.250000+03:00"))
    assert (data.bytes_in, data.bytes_out, data.service, data.domain) == (5_000_000_000, 7, "Video", "video.example")


def test_a_second_run_changes_nothing(loaded: Importing, small: Path) -> None:
    again = loaded(small)
    assert again.findings == []
    assert {name: counts[:2] for name, counts in again.counts.items()} == dict.fromkeys(SMALL, (0, 0))


def test_what_is_new_in_an_export_is_taken_over(loaded: Importing, wires: Wiring, small: Path) -> None:
    write(small, clients=SMALL["clients"].replace("office@", "new@"), sims=SMALL["sims"].replace("4321", "1111"))
    assert {name: counts[:2] for name, counts in loaded(small).counts.items() if any(counts[:2])} == {
        "clients": (0, 1),
        "sims": (0, 1),
    }
    assert sim_seal.unseal(wires.keys, rows(wires, Sim, "iccid")[0])["pin2"] == "1111"
    assert rows(wires, Client, "external_id")[1].email == "new@example.by"


def test_what_the_subscriber_chose_here_stays(loaded: Importing, wires: Wiring, small: Path) -> None:
    with wires.db.transaction() as session:
        line = session.exec(select(Line).where(Line.external_id == "L1")).one()
        line.language, line.access = "en", "closed_by_subscriber"
    loaded(small)
    line = rows(wires, Line, "external_id")[0]
    assert (line.language, line.access) == ("en", "closed_by_subscriber")


@pytest.mark.requirement("ISSA-091")
def test_an_old_export_never_undoes_a_number_change(loaded: Importing, wires: Wiring, small: Path) -> None:
    changed = at("2026-11-10T00:00:00Z")
    with wires.db.transaction() as session:
        line = session.exec(select(Line).where(Line.external_id == "L1")).one()
        had = session.exec(select(LineNumber).where(LineNumber.line_id == line.id)).one()
        had.valid_until, line.msisdn = changed, "375291111111"
        session.flush()
        session.add(LineNumber(id=line.id, line_id=line.id, msisdn="375291111111", valid_from=changed))
    assert loaded(small).counts["lines"] == (0, 0, 2, 0)
    assert rows(wires, Line, "external_id")[0].msisdn == "375291111111"


def test_a_later_number_ends_the_one_before(loaded: Importing, wires: Wiring, tmp_path: Path) -> None:
    lines = SMALL["lines"].replace("375291234567,2026-06-15T09:00:00+03:00", "375291111112,2026-11-05T00:00:00Z")
    usage = SMALL["usage"].splitlines()[0] + "".join(
        f"\n{key},,{number},{moment},call,outgoing,,411,1,,,,,"
        for key, number, moment in [
            ("R5", "375291234567", "2026-11-04T23:59:59Z"),
            ("R6", "375291111112", "2026-11-05T00:00:00Z"),
            ("R7", "375291234567", "2026-11-05T00:00:00Z"),
        ]
    )
    done = loaded(write(tmp_path / "later", lines=lines, usage=usage))
    assert done.counts["lines"] == (0, 1, 1, 0)
    assert done.findings == [("usage.csv", 4, "msisdn", "nobody_had_number")]
    assert [row.number for row in rows(wires, PoolNumber, "number") if row.state == State.FREE] == [375291111111]
    assert [row.line_no for row in rows(wires, UsageRecord, "started_at") if row.peer == "411"] == [1, 1]


def test_passwords_come_with_the_demonstration_only(
    importing: Importing, wires: Wiring, tmp_path: Path, now: datetime
) -> None:
    header, first, second = SMALL["lines"].splitlines()
    lines = f"{header},password\n{first},tram2026\n{second},\n"
    export = write(tmp_path / "demo", **SMALL | {"lines": lines})
    outside = importing(export)
    assert ("lines.csv", 2, "password", "password_outside_demo") in outside.findings
    assert rows(wires, Credential) == []
    assert importing(export, passwords=True).report.findings == 0
    (credential,) = rows(wires, Credential)
    assert password.matches(wires.keys, "tram2026", credential.password_hash)
    assert importing(export, passwords=True).counts["lines"] == (0, 0, 2, 0)
    assert rows(wires, Credential)[0].password_hash == credential.password_hash


def test_the_pool_has_own_numbers_of_known_categories(importing: Importing, tmp_path: Path) -> None:
    export = write(tmp_path / "pool", numbers="msisdn,category\n375291111111,shiny\n375171111111,gold\n")
    assert importing(export).findings == [
        ("numbers.csv", 2, "category", "unknown_category"),
        ("numbers.csv", 3, "msisdn", "not_own_number"),
    ]
