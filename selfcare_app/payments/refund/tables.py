"""Table of applications for the return of a payment that went to a wrong number."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment

_WAITING = text("state = 'waiting'")


class RefundApplication(SQLModel, table=True):
    """An application by the subscriber of `line_id`; its id is its draft's, `no` is what people call it by.

    `payment_id` is the payment that was returned by it: no payment is returned twice.
    """

    __tablename__ = "refund_application"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("state IN ('waiting', 'accepted', 'refused')", name="state"),
        CheckConstraint("(state = 'accepted') = (payment_id IS NOT NULL)", name="accepted"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided"),
        Index("ix_refund_application_queue", "state", "due_on"),
        Index(
            "uq_refund_application_waiting",
            "line_id",
            "wrong_number",
            "amount_minor",
            "paid_on",
            unique=True,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )

    id: UUID = Field(primary_key=True)
    no: int = Field(unique=True, sa_type=BigInteger)
    line_id: UUID = Field(foreign_key="line.id", index=True)
    right_number: str
    wrong_number: str
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    paid_on: date
    receipt: str = ""
    applied_at: datetime = Field(sa_type=Moment)
    due_on: date
    state: str = "waiting"
    reason: str = ""
    decided_at: datetime | None = Field(default=None, sa_type=Moment)
    decided_by: UUID | None = Field(default=None, foreign_key="staff.id")
    payment_id: UUID | None = Field(default=None, foreign_key="payment.id", unique=True)
    operation_id: UUID | None = Field(default=None, foreign_key="operation.id", unique=True)
