"""Tables of usage: records kept in the order they are read, and what is left of packages."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, SmallInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class UsageRecord(SQLModel, table=True):
    """One call, message or data session of a line.

    Keyed (line, time, key) and stored in that order, so that a month of a line is one range read. `record_key` is a
    63-bit digest of what identifies the record at its source: the same record twice is the same row. `charge_units`
    are ten-thousandths of a minor unit (kit.money.Rate). Codes of direction, kind and zone stand in usage.codes.
    """

    __tablename__ = "usage_record"
    __table_args__ = {"sqlite_with_rowid": False}

    line_no: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    started_at: datetime = Field(primary_key=True, sa_type=Moment)
    record_key: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    kind: int = Field(sa_type=SmallInteger)
    direction: int = Field(sa_type=SmallInteger)
    zone: int = Field(default=0, sa_type=SmallInteger)
    peer: str = ""
    duration_seconds: int = 0
    bytes_in: int = Field(default=0, sa_type=BigInteger)
    bytes_out: int = Field(default=0, sa_type=BigInteger)
    charge_units: int = Field(default=0, sa_type=BigInteger)
    service: str = ""
    domain: str = ""


class Allowance(SQLModel, table=True):
    """What a package gives a line in a period, and what of it is used; in seconds, messages, bytes or minor.

    Where records priced here draw from it, `package_id` is the version of the plan's or service's package that gave
    it, and `begins_at` the moment of the first day from which they do (None: from its beginning). Without it the row
    is the operator's word.
    """

    __tablename__ = "allowance"
    __table_args__ = (UniqueConstraint("line_id", "code", "period_from"),)

    id: UUID = Field(primary_key=True)
    line_id: UUID = Field(foreign_key="line.id", index=True)
    code: str
    name: str
    kind: str
    total: int = Field(sa_type=BigInteger)
    used: int = Field(default=0, sa_type=BigInteger)
    promo: bool = False
    period_from: date
    period_until: date
    as_of: datetime = Field(sa_type=Moment)
    package_id: UUID | None = None
    begins_at: datetime | None = Field(default=None, sa_type=Moment)
