"""Tables of challenge mode: the breakers, and how many codes each hour has seen."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class Breaker(SQLModel, table=True):
    """Something that is measured; it is open until `open_until`, whatever happens to whoever measures."""

    __tablename__ = "breaker"

    name: str = Field(primary_key=True)
    open_until: datetime = Field(sa_type=Moment)
    told_open: bool = False


class HourOfCodes(SQLModel, table=True):
    """How many codes were sent in an hour that is over."""

    __tablename__ = "hour_of_codes"

    hour: datetime = Field(primary_key=True, sa_type=Moment, sa_column_kwargs={"autoincrement": False})
    sent: int
