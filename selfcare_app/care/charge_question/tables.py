"""Table of questions about a line of the charges."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment

_OPEN = text("state = 'open'")


class ChargeQuestion(SQLModel, table=True):
    """A question by the subscriber of `line_id` about one record (`started_at`, `record_key`) or one fee.

    `no` is what people call it by, `amount_minor` what the charge was when it was asked. `words` and `answer` are
    sealed; both are forgotten at `erased_at`. An answer is written before a second employee confirms a correction;
    its subscriber reads it from `answered_at` on. A corrected question keeps what the month's usage cost before and
    after.
    """

    __tablename__ = "charge_question"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'answered')", name="state"),
        CheckConstraint("outcome IN ('', 'explained', 'corrected')", name="outcome"),
        CheckConstraint("(started_at IS NULL) = (record_key IS NULL)", name="record"),
        CheckConstraint("(fee_id IS NULL) <> (record_key IS NULL)", name="charge"),
        CheckConstraint("(state = 'answered') = (answered_at IS NOT NULL)", name="answered"),
        CheckConstraint("(state = 'answered') = (outcome <> '')", name="decided"),
        CheckConstraint("(outcome = 'corrected') = (month_after_minor IS NOT NULL)", name="corrected"),
        CheckConstraint("(month_before_minor IS NULL) = (month_after_minor IS NULL)", name="months"),
        CheckConstraint("words IS NOT NULL OR erased_at IS NOT NULL", name="words"),
        CheckConstraint("state = 'open' OR answer IS NOT NULL OR erased_at IS NOT NULL", name="answer"),
        CheckConstraint(
            "erased_at IS NULL OR (state = 'answered' AND words IS NULL AND answer IS NULL)", name="erased"
        ),
        Index("ix_charge_question_queue", "state", "due_on"),
        Index("ix_charge_question_line", "line_id", "asked_at"),
        Index(
            "uq_charge_question_record",
            "line_id",
            "started_at",
            "record_key",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("uq_charge_question_fee", "fee_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: UUID = Field(primary_key=True)
    no: int = Field(unique=True, sa_type=BigInteger)
    line_id: UUID = Field(foreign_key="line.id")
    started_at: datetime | None = Field(default=None, sa_type=Moment)
    record_key: int | None = Field(default=None, sa_type=BigInteger)
    fee_id: UUID | None = Field(default=None, foreign_key="fee_charge.id")
    amount_minor: int = Field(sa_type=BigInteger)
    currency: str
    reason: str
    words: bytes | None = None
    asked_at: datetime = Field(sa_type=Moment)
    due_on: date
    state: str = "open"
    outcome: str = ""
    answer: bytes | None = None
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
    answered_by: UUID | None = Field(default=None, foreign_key="staff.id")
    month_before_minor: int | None = Field(default=None, sa_type=BigInteger)
    month_after_minor: int | None = Field(default=None, sa_type=BigInteger)
    read_at: datetime | None = Field(default=None, sa_type=Moment)
    erased_at: datetime | None = Field(default=None, sa_type=Moment)
