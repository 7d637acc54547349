"""The questions that `check` asks of transfers, instalments and gifts notice what they are for."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from selfcare_app.payments import transfer_invariants
from selfcare_app.payments.transfer_tables import MoneyTransfer, TransferRun
from selfcare_app.worker import transfers
from tests.payments_sharing.conftest import Town


def said(town: Town, now: datetime) -> list[str]:
    with town.db.snapshot() as session:
        return [check.says for check in transfer_invariants.checks() for _ in check.find(session, now)]


@pytest.fixture
def sent(town: Town) -> UUID:
    """Money that was sent by a schedule."""
    anna, boris = town.person(), town.person()
    town.send(anna, town.number(boris), "5", recurrence="daily")
    assert transfers.run_due("worker", town.now + timedelta(days=1)) == 1
    (row,) = town.sent()
    return row.id


@pytest.mark.parametrize(
    ("spoil", "mend", "noticed"),
    [
        (
            "UPDATE money_transfer SET amount_minor = amount_minor + 1",
            "UPDATE money_transfer SET amount_minor = amount_minor - 1",
            "money given to another is a transfer, one to one, of the same amount",
        ),
        (
            "UPDATE money_transfer SET schedule_id = NULL",
            "UPDATE money_transfer SET schedule_id = (SELECT schedule_id FROM transfer_run)",
            "a regular transfer was sent on its day once, by its schedule",
        ),
    ],
)
def test_a_planted_fault_is_noticed(town: Town, sent: UUID, spoil: str, mend: str, noticed: str) -> None:
    assert said(town, town.now) == []
    with town.db.transaction() as session:
        session.connection().execute(text(spoil))
    assert said(town, town.now) == [noticed]
    with town.db.transaction() as session:
        session.connection().execute(text(mend))


def test_a_transfer_without_its_row_and_a_row_without_its_run_are_noticed(town: Town, sent: UUID) -> None:
    with town.db.transaction() as session:
        row = session.get_one(MoneyTransfer, sent)
        run = session.connection().execute(text("SELECT schedule_id, due_on FROM transfer_run")).one()
        kept = (row.model_dump(), session.get_one(TransferRun, (UUID(run[0]), datetime.fromisoformat(run[1]).date())).model_dump())  # fmt: skip
        session.connection().execute(text("DELETE FROM transfer_run"))
        session.connection().execute(text("DELETE FROM money_transfer"))
    assert said(town, town.now) == ["money given to another is a transfer, one to one, of the same amount"]
    with town.db.transaction() as session:
        session.expunge_all()
        session.add(MoneyTransfer(**kept[0]))
        session.flush()
    assert said(town, town.now) == ["a regular transfer was sent on its day once, by its schedule"]
    with town.db.transaction() as session:
        session.add(TransferRun(**kept[1]))
    assert said(town, town.now) == []
