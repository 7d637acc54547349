"""Table of payments received."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class Payment(SQLModel, table=True):
    """Money received for an account; `operation_id` names the ledger operation if it moved the balance here."""

    __tablename__ = "payment"
    __table_args__ = (Index("ix_payment_account_paid", "account_id", "paid_at"),)

    id: UUID = Field(primary_key=True)
    external_id: str = Field(unique=True)
    account_id: UUID = Field(foreign_key="account.id")
    paid_at: datetime = Field(sa_type=Moment)
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    channel: str
    operation_id: UUID | None = Field(default=None, foreign_key="operation.id")
