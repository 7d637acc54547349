"""Tables of the operator's desk: employees, their sessions, and the lines that they looked up."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class StaffMember(SQLModel, table=True):
    """An employee at the desk. `seed` is that of his one-time codes, sealed at `staff.seed.<id>`.

    Without a password he has yet to set himself up, by the code whose digest is `setup_digest`. `last_step` is the
    moment of the last one-time code that was taken, so that none is taken twice.
    """

    __tablename__ = "staff"

    id: UUID = Field(primary_key=True)
    login: str = Field(unique=True)
    password_hash: str = ""
    seed: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=Moment)
    setup_digest: str = ""
    setup_until: datetime | None = Field(default=None, sa_type=Moment)
    disabled_at: datetime | None = Field(default=None, sa_type=Moment)
    failed: int = 0
    next_try_at: datetime | None = Field(default=None, sa_type=Moment)
    last_step: int = Field(default=0, sa_type=BigInteger)


class StaffSession(SQLModel, table=True):
    """A browser at the desk, found by the SHA-256 of its own cookie's value."""

    __tablename__ = "staff_session"
    __table_args__ = (
        Index(
            "ix_staff_session_live",
            "staff_id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    token_digest: str = Field(unique=True)
    staff_id: UUID = Field(foreign_key="staff.id")
    created_at: datetime = Field(sa_type=Moment)
    idle_until: datetime = Field(sa_type=Moment)
    absolute_until: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    end_reason: str = ""
    address: str = ""


class StaffLook(SQLModel, table=True):
    """A line that an employee has looked up, and why: he acts on it through this alone, while it is fresh."""

    __tablename__ = "staff_look"

    id: UUID = Field(primary_key=True)
    session_id: UUID = Field(foreign_key="staff_session.id", index=True)
    line_id: UUID = Field(foreign_key="line.id")
    reason: str
    at: datetime = Field(sa_type=Moment)
    until: datetime = Field(sa_type=Moment)
