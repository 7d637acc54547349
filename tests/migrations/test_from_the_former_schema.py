"""A database of the former schema, with money in it, becomes one of this schema and keeps every row."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import CheckConstraint, Connection, column, inspect, select, table
from sqlalchemy.exc import IntegrityError

from selfcare_app.db import Database, metadata
from selfcare_app.manage.migrate import upgrade
from tests.conftest import import_tables

BEFORE = datetime(2026, 11, 1, tzinfo=UTC)
PURSE, REVENUE, OPERATION = UUID(int=1), UUID(int=2), UUID(int=3)


def insert(connection: Connection, name: str, /, **values: object) -> None:
    """One row of the columns that are named, and no others: the table of before has fewer than the one of now."""
    types = metadata.tables[name].c
    connection.execute(table(name, *(column(key, types[key].type) for key in values)).insert().values(**values))


def rows_of_before(connection: Connection) -> None:
    for key, kind, debits, credits in ((PURSE, "cash_in", 700, 0), (REVENUE, "subscriber", 0, 700)):
        sums = {"debits": debits, "credits": credits}
        insert(connection, "ledger_account", id=key, kind=kind, code="desk", currency="BYN", **sums)
    paid = {"idempotency_key": "k", "digest": "d", "result": {"paid": 700}}
    insert(connection, "operation", id=OPERATION, actor="a", kind="cash", created_at=BEFORE, **paid)
    sides = {"debit_id": PURSE, "credit_id": REVENUE, "operation_id": OPERATION}
    insert(connection, "transfer", id=UUID(int=4), seq=0, code="cash", amount_minor=700, created_at=BEFORE, **sides)
    terms = {"settlement": "prepaid", "plan_class": "", "fee_minor": 100, "package": {}, "benefits": ""}
    plan = {"code": "t", "name": "T", "open_for_change": True, "valid_from": BEFORE}
    insert(connection, "tariff_plan", id=UUID(int=5), **plan, **terms)


@pytest.fixture(params=["sqlite", "postgresql"])
def grown(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    import_tables()
    url = (
        f"sqlite:///{tmp_path / 'old.db'}"
        if request.param == "sqlite"
        else request.getfixturevalue("empty_postgres_url")
    )
    database = Database(url)
    request.addfinalizer(database.close)
    upgrade(database, "0001")
    with database.engine.begin() as connection:
        rows_of_before(connection)
    upgrade(database)
    return database


def test_every_row_is_kept_and_new_columns_have_their_value(grown: Database) -> None:
    tables = metadata.tables
    with grown.engine.connect() as connection:
        purse = connection.execute(select(tables["ledger_account"]).order_by("id")).mappings().first()
        moved = connection.execute(select(tables["transfer"])).mappings().one()
        paid = connection.execute(select(tables["operation"])).mappings().one()
        plan = connection.execute(select(tables["tariff_plan"])).mappings().one()
    assert purse is not None
    assert (purse["debits"], purse["debits_pending"], purse["credits_pending"]) == (700, 0, 0)
    assert (moved["amount_minor"], moved["created_at"], moved["reverses"]) == (700, BEFORE, None)
    assert (paid["result"], paid["acted_by"]) == ({"paid": 700}, "")
    assert (plan["fee_minor"], plan["fee_period"], plan["switch_fee_minor"]) == (100, "month", 0)


def test_the_rules_of_the_tables_are_those_of_this_schema(grown: Database) -> None:
    found = inspect(grown.engine)
    for one in metadata.sorted_tables:
        said = {str(rule.name): rule for rule in one.constraints if isinstance(rule, CheckConstraint)}
        stored = {rule["name"]: rule["sqltext"] for rule in found.get_check_constraints(one.name)}
        assert stored.keys() == said.keys(), one.name
        if grown.is_sqlite:
            for name, rule in said.items():
                assert "".join(str(stored[name]).split()) == "".join(str(rule.sqltext).split()), name


@pytest.mark.security("R3")
def test_what_was_written_once_is_still_not_changed(grown: Database) -> None:
    for name in ("transfer", "operation", "ledger_account"):
        with pytest.raises(Exception, match="immutable"), grown.engine.begin() as connection:
            connection.execute(metadata.tables[name].delete())


def test_held_money_counts_against_the_floor_of_an_account_of_before(grown: Database) -> None:
    account = metadata.tables["ledger_account"]
    with pytest.raises(IntegrityError), grown.engine.begin() as connection:
        connection.execute(account.update().where(account.c.id == REVENUE).values(floor_minor=0, debits_pending=701))
