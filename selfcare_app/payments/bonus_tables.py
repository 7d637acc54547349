"""Tables of bonus units: the days they were accrued for, the catalogue of gifts, and what was exchanged for what."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class BonusDay(SQLModel, table=True):
    """How far the accrual for one day of the operator has come: lines up to `after_no` are done, then all."""

    __tablename__ = "bonus_day"

    day: date = Field(primary_key=True)
    after_no: int = Field(default=-1, sa_type=BigInteger)
    done_at: datetime | None = Field(default=None, sa_type=Moment)


class Gift(SQLModel, table=True):
    """A version of a gift: [valid_from, valid_until); `amount` of `kind` for `units`, for so many days."""

    __tablename__ = "gift"
    __table_args__ = (
        CheckConstraint("units > 0 AND amount > 0 AND days > 0", name="amounts"),
        CheckConstraint("kind IN ('seconds', 'messages', 'bytes')", name="kind"),
        UniqueConstraint("code", "valid_from"),
    )

    id: UUID = Field(primary_key=True)
    code: str
    name: str
    description: str = ""
    units: int = Field(sa_type=BigInteger)
    kind: str
    amount: int = Field(sa_type=BigInteger)
    days: int
    valid_from: datetime = Field(sa_type=Moment)
    valid_until: datetime | None = Field(default=None, sa_type=Moment)


class GiftExchange(SQLModel, table=True):
    """A gift that a line has taken; its id is the ticket of the page that it was asked for on."""

    __tablename__ = "gift_exchange"
    __table_args__ = (Index("ix_gift_exchange_line", "line_id", "taken_at"),)

    id: UUID = Field(primary_key=True)
    line_id: UUID = Field(foreign_key="line.id")
    gift_id: UUID = Field(foreign_key="gift.id")
    units: int = Field(sa_type=BigInteger)
    taken_at: datetime = Field(sa_type=Moment)
    until: date
    operation_id: UUID = Field(foreign_key="operation.id")
