"""Tables of the number pool and of holds on numbers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, SmallInteger, text
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class PoolNumber(SQLModel, table=True):
    """A number of the operator: its category (index into the profile's categories) and state (numbers.rules.State)."""

    __tablename__ = "pool_number"
    __table_args__ = (
        Index(
            "ix_pool_number_resting",
            "rests_until",
            sqlite_where=text("rests_until IS NOT NULL"),
            postgresql_where=text("rests_until IS NOT NULL"),
        ),
    )

    number: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    category: int = Field(sa_type=SmallInteger)
    state: int = Field(default=0, sa_type=SmallInteger)
    rests_until: datetime | None = Field(default=None, sa_type=Moment)


class NumberHold(SQLModel, table=True):
    """One session's hold on a number until `expires_at`, or an order's claim on it (`order_id`), until released."""

    __tablename__ = "number_hold"
    __table_args__ = (
        Index(
            "uq_number_hold_live",
            "number",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
        Index("ix_number_hold_expiring", "released_at", "expires_at"),
    )

    id: UUID = Field(primary_key=True)
    number: int = Field(sa_type=BigInteger)
    line_id: UUID = Field(foreign_key="line.id", index=True)
    session_id: UUID | None = Field(default=None, foreign_key="web_session.id", index=True)
    order_id: UUID | None = Field(default=None, foreign_key="order.id")
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    released_at: datetime | None = Field(default=None, sa_type=Moment)
