"""Tables of the ledger: accounts with running sums, operations with their keys, transfers, money held."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment
from selfcare_app.ledger.ddl import immutable

_IS_REVERSAL = text("reverses IS NOT NULL")
_IS_OPEN = text("outcome = ''")


class LedgerAccount(SQLModel, table=True):
    """One side of transfers; a subscriber's balance is credits - debits, in minor units, never below the floor.

    `debits_pending` and `credits_pending` are what is held and not yet moved: held debits can't be spent again.
    """

    __tablename__ = "ledger_account"
    __table_args__ = (
        CheckConstraint("debits >= 0 AND credits >= 0 AND debits_pending >= 0 AND credits_pending >= 0", name="sums"),
        CheckConstraint("floor_minor IS NULL OR credits - debits - debits_pending >= floor_minor", name="floor"),
        UniqueConstraint("kind", "code", "currency"),
    )

    id: UUID = Field(primary_key=True)
    kind: str
    code: str = ""
    currency: str
    account_id: UUID | None = Field(default=None, foreign_key="account.id", unique=True)
    debits: int = Field(default=0, sa_type=BigInteger)
    credits: int = Field(default=0, sa_type=BigInteger)
    debits_pending: int = Field(default=0, sa_type=BigInteger)
    credits_pending: int = Field(default=0, sa_type=BigInteger)
    floor_minor: int | None = Field(default=None, sa_type=BigInteger)


class Operation(SQLModel, table=True):
    """One money act and its idempotency key; the same key again is the same operation.

    `actor` is whose act it is and part of the key; `acted_by` who sat at the screen if that was somebody else, and
    `session_id` in which session.
    """

    __tablename__ = "operation"
    __table_args__ = (UniqueConstraint("actor", "kind", "idempotency_key"),)

    id: UUID = Field(primary_key=True)
    actor: str
    kind: str
    idempotency_key: str
    digest: str
    created_at: datetime = Field(sa_type=Moment)
    result: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    acted_by: str = ""
    # No foreign key: sessions are forgotten long before money is.
    session_id: UUID | None = None


class Transfer(SQLModel, table=True):
    """`amount_minor` from the debited to the credited account; written once, never changed.

    `reverses` is the transfer that this one takes back, the same amount between the same two the other way round.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("debit_id <> credit_id", name="sides"),
        UniqueConstraint("operation_id", "seq"),
        Index("ix_transfer_debit", "debit_id", "created_at", "id"),
        Index("ix_transfer_credit", "credit_id", "created_at", "id"),
        Index(
            "uq_transfer_reverses",
            "reverses",
            unique=True,
            sqlite_where=_IS_REVERSAL,
            postgresql_where=_IS_REVERSAL,
        ),
    )

    id: UUID = Field(primary_key=True)
    operation_id: UUID = Field(foreign_key="operation.id")
    seq: int
    code: str
    debit_id: UUID = Field(foreign_key="ledger_account.id")
    credit_id: UUID = Field(foreign_key="ledger_account.id")
    amount_minor: int = Field(sa_type=BigInteger)
    created_at: datetime = Field(sa_type=Moment)
    reverses: UUID | None = Field(default=None, foreign_key="transfer.id")


class MoneyHold(SQLModel, table=True):
    """One leg of an operation that holds money: open until it is settled, voided or expires, which happens once.

    `ended_by` is the operation that ended it.
    """

    __tablename__ = "money_hold"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("debit_id <> credit_id", name="sides"),
        CheckConstraint("expires_at > created_at", name="times"),
        CheckConstraint("outcome IN ('', 'settled', 'voided', 'expired')", name="outcome"),
        CheckConstraint("(outcome = '') = (ended_at IS NULL) AND (outcome = '') = (ended_by IS NULL)", name="ended"),
        Index("ix_money_hold_open", "expires_at", sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )

    operation_id: UUID = Field(primary_key=True, foreign_key="operation.id")
    seq: int = Field(primary_key=True)
    code: str
    debit_id: UUID = Field(foreign_key="ledger_account.id")
    credit_id: UUID = Field(foreign_key="ledger_account.id")
    amount_minor: int = Field(sa_type=BigInteger)
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    outcome: str = ""
    ended_by: UUID | None = Field(default=None, foreign_key="operation.id")
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


immutable(SQLModel.metadata)
