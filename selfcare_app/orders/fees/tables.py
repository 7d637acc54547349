"""The table of runs that take fees: how far each has come, so that it goes on there after a crash."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class FeeRun(SQLModel, table=True):
    """A run over all lines for [period_from, period_until); lines up to the number `after_no` have had it.

    Written in the transaction of each chunk of lines: how many there were, how many fees it took and what they come to,
    and of how many lines the whole fee was not there. The first row of a `period` takes nothing: what was before it is
    the former billing's.
    """

    __tablename__ = "fee_run"
    __table_args__ = (
        CheckConstraint("period IN ('month', 'day')", name="period"),
        UniqueConstraint("period", "period_from"),
    )

    id: UUID = Field(primary_key=True)
    period: str
    period_from: date
    period_until: date
    after_no: int = Field(default=-1, sa_type=BigInteger)
    began_at: datetime = Field(sa_type=Moment)
    done_at: datetime | None = Field(default=None, sa_type=Moment)
    lines: int = Field(default=0, sa_type=BigInteger)
    refused: int = Field(default=0, sa_type=BigInteger)
    fees: int = Field(default=0, sa_type=BigInteger)
    amount_minor: int = Field(default=0, sa_type=BigInteger)
