"""Table of promised payments: registered, then repaid by a payment or taken back when due."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment

_ACTIVE = text("state = 'active'")


class PromisedPayment(SQLModel, table=True):
    """Money lent until `due_at` against a promise to pay; its id is its draft's.

    While it is active it holds one of the account's `slot`s, of which there are as many as the operator lets be active
    at once.
    """

    __tablename__ = "promised_payment"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("state IN ('active', 'repaid', 'taken_back')", name="state"),
        CheckConstraint("(state = 'active') = (ended_at IS NULL)", name="ended"),
        Index(
            "uq_promised_payment_active",
            "account_id",
            "slot",
            unique=True,
            sqlite_where=_ACTIVE,
            postgresql_where=_ACTIVE,
        ),
        Index("ix_promised_payment_due", "state", "due_at"),
        Index("ix_promised_payment_account", "account_id", "made_at"),
    )

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(foreign_key="account.id")
    line_id: UUID = Field(foreign_key="line.id")
    slot: int = 0
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    made_at: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(sa_type=Moment)
    state: str = "active"
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    transfer_id: UUID = Field(foreign_key="transfer.id", unique=True)
    back_operation_id: UUID | None = Field(default=None, foreign_key="operation.id", unique=True)
