"""Tables of rating: the receipt of each record priced here, and what months of lines come to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, SmallInteger
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class RatedUse(SQLModel, table=True):
    """How a record that came without a charge was priced; written once, a correction adds the next `turn`.

    `price_id` is the version of the rule (None: none was for such a use), `paid` steps of it cost `units`
    ten-thousandths of a minor unit. `drawn` names packages and what they gave: `minutes 60 bonus 120`.
    """

    __tablename__ = "rated_use"
    __table_args__ = {"sqlite_with_rowid": False}

    line_no: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    started_at: datetime = Field(primary_key=True, sa_type=Moment)
    record_key: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    turn: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False})
    plan: str
    price_id: UUID | None = Field(default=None, foreign_key="price.id")
    billed: int = Field(default=0, sa_type=BigInteger)
    paid: int = Field(default=0, sa_type=BigInteger)
    units: int = Field(default=0, sa_type=BigInteger)
    drawn: str = ""
    rated_at: datetime = Field(sa_type=Moment)


class UsageSum(SQLModel, table=True):
    """What the records of a kind that were priced here cost a line in a month, and what of it the ledger has taken.

    `units` are exact; `posted_minor` is always their rounded sum, so that parts of a minor unit never add up to a
    drift. `month` is counted from the year 0, `postings` is how often the ledger was asked.
    """

    __tablename__ = "usage_sum"

    line_no: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    month: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False})
    units: int = Field(default=0, sa_type=BigInteger)
    posted_minor: int = Field(default=0, sa_type=BigInteger)
    postings: int = 0


class PackageUse(SQLModel, table=True):
    """What the records that were priced here took of a package in a month, in the package's unit."""

    __tablename__ = "package_use"

    line_no: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    month: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    code: str = Field(primary_key=True)
    used: int = Field(default=0, sa_type=BigInteger)
