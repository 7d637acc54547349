"""Table of payments of which an acquirer told something else than was asked for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class PaymentDispute(SQLModel, table=True):
    """What was asked for and what was told; `of_id` is the hosted payment or the charge of a kept card.

    `told_minor` is in units of `told_currency` and was checked by nobody but the acquirer's signature.
    """

    __tablename__ = "payment_dispute"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'credited', 'closed')", name="state"),
        CheckConstraint("(state = 'credited') = (operation_id IS NOT NULL)", name="credited"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided"),
        UniqueConstraint("of_id", "transaction_id"),
        Index("ix_payment_dispute_queue", "state", "told_at"),
    )

    id: UUID = Field(primary_key=True)
    of_id: UUID
    line_id: UUID = Field(foreign_key="line.id")
    account_id: UUID = Field(foreign_key="account.id")
    way: str
    acquirer: str
    transaction_id: str
    asked_minor: int = Field(sa_type=BigInteger)
    currency: str
    told_minor: int = Field(sa_type=BigInteger)
    told_currency: str
    told_at: datetime = Field(sa_type=Moment)
    state: str = "waiting"
    reason: str = ""
    decided_at: datetime | None = Field(default=None, sa_type=Moment)
    decided_by: UUID | None = Field(default=None, foreign_key="staff.id")
    operation_id: UUID | None = Field(default=None, foreign_key="operation.id", unique=True)
