"""Tables of money given to another subscriber: what was sent, what is sent by schedule, and how each time went."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class MoneyTransfer(SQLModel, table=True):
    """Money that one line's account gave to another's; its id is the draft's, or made by the schedule's run."""

    __tablename__ = "money_transfer"
    __table_args__ = (
        CheckConstraint("amount_minor > 0 AND fee_minor >= 0", name="amounts"),
        CheckConstraint("line_id <> recipient_line_id", name="sides"),
        Index("ix_money_transfer_sent", "line_id", "sent_at"),
        Index("ix_money_transfer_received", "recipient_line_id", "sent_at"),
    )

    id: UUID = Field(primary_key=True)
    line_id: UUID = Field(foreign_key="line.id")
    sender: str
    recipient_line_id: UUID = Field(foreign_key="line.id")
    recipient: str
    amount_minor: int = Field(sa_type=BigInteger)
    fee_minor: int = Field(default=0, sa_type=BigInteger)
    currency: str
    sent_at: datetime = Field(sa_type=Moment)
    schedule_id: UUID | None = Field(default=None, foreign_key="transfer_schedule.id")
    operation_id: UUID = Field(foreign_key="operation.id")


class TransferSchedule(SQLModel, table=True):
    """The same amount every day, week or month until it is stopped; its id is the draft's.

    `day` is 1 (Monday) to 7 of a week, 1 to 31 of a month, 0 where every day is one. `next_at` is when the run of the
    operator's day `next_on` is due.
    """

    __tablename__ = "transfer_schedule"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("recurrence IN ('daily', 'weekly', 'monthly')", name="recurrence"),
        Index("ix_transfer_schedule_due", "stopped_at", "next_at"),
    )

    id: UUID = Field(primary_key=True)
    line_id: UUID = Field(foreign_key="line.id", index=True)
    recipient_line_id: UUID = Field(foreign_key="line.id")
    recipient: str
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    recurrence: str
    day: int
    created_at: datetime = Field(sa_type=Moment)
    next_on: date
    next_at: datetime = Field(sa_type=Moment)
    stopped_at: datetime | None = Field(default=None, sa_type=Moment)


class TransferRun(SQLModel, table=True):
    """How a schedule went on one of its days: sent, or skipped for a reason; there is one a day and no more."""

    __tablename__ = "transfer_run"
    __table_args__ = (CheckConstraint("(transfer_id IS NULL) = (reason <> '')", name="outcome"),)

    schedule_id: UUID = Field(primary_key=True, foreign_key="transfer_schedule.id")
    due_on: date = Field(primary_key=True)
    run_at: datetime = Field(sa_type=Moment)
    reason: str = ""
    transfer_id: UUID | None = Field(default=None, foreign_key="money_transfer.id", unique=True)
