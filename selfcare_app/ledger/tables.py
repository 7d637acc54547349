"""Tables of the ledger: accounts with running sums, operations with their keys, immutable transfers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment
from selfcare_app.ledger.ddl import immutable


class LedgerAccount(SQLModel, table=True):
    """One side of transfers; a subscriber's balance is credits - debits, in minor units, never below the floor."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        CheckConstraint("debits >= 0 AND credits >= 0", name="sums"),
        CheckConstraint("floor_minor IS NULL OR credits - debits >= floor_minor", name="floor"),
        UniqueConstraint("kind", "code", "currency"),
    )

    id: UUID = Field(primary_key=True)
    kind: str
    code: str = ""
    currency: str
    account_id: UUID | None = Field(default=None, foreign_key="account.id", unique=True)
    debits: int = Field(default=0, sa_type=BigInteger)
    credits: int = Field(default=0, sa_type=BigInteger)
    floor_minor: int | None = Field(default=None, sa_type=BigInteger)


class Operation(SQLModel, table=True):
    """One money act and its idempotency key; the same key again is the same operation."""

    __tablename__ = "operation"
    __table_args__ = (UniqueConstraint("actor", "kind", "idempotency_key"),)

    id: UUID = Field(primary_key=True)
    actor: str
    kind: str
    idempotency_key: str
    digest: str
    created_at: datetime = Field(sa_type=Moment)
    result: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class Transfer(SQLModel, table=True):
    """`amount_minor` from the debited to the credited account; written once, never changed."""

    __tablename__ = "transfer"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("debit_id <> credit_id", name="sides"),
        UniqueConstraint("operation_id", "seq"),
        Index("ix_transfer_debit", "debit_id", "created_at", "id"),
        Index("ix_transfer_credit", "credit_id", "created_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    operation_id: UUID = Field(foreign_key="operation.id")
    seq: int
    code: str
    debit_id: UUID = Field(foreign_key="ledger_account.id")
    credit_id: UUID = Field(foreign_key="ledger_account.id")
    amount_minor: int = Field(sa_type=BigInteger)
    created_at: datetime = Field(sa_type=Moment)


immutable(SQLModel.metadata)
