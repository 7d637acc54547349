"""I18 and the bills' part of I16: what is broken on purpose is found, row by row, and nothing where all is well."""

from datetime import date

import pytest

from selfcare_app.bills import invariants
from selfcare_app.usage import invariants as usage
from tests.bills.conftest import Office
from tests.ledger.spoil import spoilt

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


@pytest.fixture
def closed(any_office: Office) -> Office:
    """Two months of an organisation with two accounts and three lines, and of a person."""
    office, counter = any_office, any_office.counter
    counter.plan("basic", 1_000)
    first = counter.line("basic", money=5_000, client_kind="organisation")
    counter.line("basic", account_id=first.account_id)
    third = counter.line("basic", money=4_000)
    office.belongs(third.account_id, office.account(first.account_id).client_id)
    person = counter.line("basic", money=2_000)
    office.work(counter.now)
    for line in (first, third, person):
        office.use(line, NOVEMBER, 70, now=counter.now)
    office.work(counter.at(2026, 12, 4))
    office.work(counter.at(2027, 1, 4))
    assert office.broken(counter.at(2027, 1, 4)) == []
    return office


SUM, LEDGER, OUT, CLIENT, EVERY = (each.says for each in invariants.checks()[1:])
STATEMENT = invariants.checks()[0].says
PLANTS = (
    (STATEMENT, "bill", "UPDATE bill SET opening_minor = opening_minor + 1, closing_minor = closing_minor + 1"),
    (STATEMENT, "bill", "UPDATE bill SET closing_minor = closing_minor + 1 WHERE month > '2026-11-20'"),
    (STATEMENT, "ledger_account", "UPDATE ledger_account SET credits = credits + 1 WHERE kind = 'subscriber'"),
    (SUM, "bill", "UPDATE bill SET charges_minor = charges_minor + 1"),
    (SUM, "bill", "UPDATE bill SET vat_minor = vat_minor + 1"),
    (SUM, "bill", "UPDATE bill SET closing_minor = closing_minor + 1"),
    (SUM, "bill_row", "DELETE FROM bill_row WHERE part = 'payment'"),
    (SUM, "bill_row", "UPDATE bill_row SET amount_minor = amount_minor + 1 WHERE part = 'charge'"),
    (LEDGER, "bill_row", "UPDATE bill_row SET amount_minor = amount_minor + 1 WHERE part = 'charge'"),
    (LEDGER, "bill_row", "UPDATE bill_row SET transfers = transfers + 1"),
    (LEDGER, "transfer", "UPDATE transfer SET amount_minor = amount_minor + 1"),
    (LEDGER, "transfer", "DELETE FROM transfer"),
    (LEDGER, "bill_entry", "DELETE FROM bill_entry"),
    (OUT, "bill_entry", "DELETE FROM bill_entry"),
    (CLIENT, "client_bill", "UPDATE client_bill SET charges_minor = charges_minor + 1"),
    (CLIENT, "client_bill", "UPDATE client_bill SET accounts = 1"),
    (CLIENT, "client_bill", "DELETE FROM client_bill"),
    (CLIENT, "bill_row", "UPDATE bill_row SET amount_minor = amount_minor + 1 WHERE part = 'charge'"),
    (EVERY, "bill", "DELETE FROM bill WHERE month > '2026-11-20'"),
)


def test_what_breaks_a_bill_is_found(closed: Office) -> None:
    now, missed = closed.counter.at(2027, 1, 4), []
    for says, table, statement in PLANTS:
        with spoilt(closed.counter.db, (table,), statement) as session:
            (asked,) = (each for each in invariants.checks() if each.says == says)
            rows = list(asked.find(session, now))
            if not rows or not all("account" in row or "client" in row for row in rows):
                missed.append((says, statement, rows))
    assert missed == []


def test_usage_that_the_ledger_did_not_take_so_is_found(closed: Office) -> None:
    now = closed.counter.at(2027, 1, 4)
    for table, statement in (
        ("usage_sum", "UPDATE usage_sum SET posted_minor = posted_minor + 1"),
        ("usage_sum", "DELETE FROM usage_sum"),
        ("transfer", "UPDATE transfer SET amount_minor = amount_minor + 1 WHERE code = 'call'"),
    ):
        with spoilt(closed.counter.db, (table,), statement) as session:
            found = [row for check in usage.checks() for row in check.find(session, now)]
        assert len(found) == 3, statement


def test_only_what_is_broken_is_named(closed: Office) -> None:
    with closed.counter.db.snapshot() as session:
        account_id = session.connection().exec_driver_sql(
            "SELECT account_id FROM client_bill c JOIN bill b ON b.client_id = c.client_id LIMIT 1"
        ).scalar_one()  # fmt: skip
    spoil = f"UPDATE bill SET charges_minor = charges_minor + 5 WHERE account_id = '{account_id}'"
    with spoilt(closed.counter.db, ("bill",), spoil) as session:
        named = {str(row["account"]) for row in invariants.checks()[1].find(session, closed.counter.now)}
    assert named == {str(account_id)}
