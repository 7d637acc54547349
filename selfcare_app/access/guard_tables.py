"""Tables of what an owner may stop: all after "this was not me", changes of his number, a password on its way."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class LineGuard(SQLModel, table=True):
    """What is stopped for a line: `halted_at` all that moves anything, `locked_at` changes of SIM and number."""

    __tablename__ = "line_guard"

    line_id: UUID = Field(primary_key=True, foreign_key="line.id")
    halted_at: datetime | None = Field(default=None, sa_type=Moment)
    locked_at: datetime | None = Field(default=None, sa_type=Moment)
    locked_by: str = ""


class StopLink(SQLModel, table=True):
    """A link in a notice by which its reader says that it was not he; found by the SHA-256 of its value."""

    __tablename__ = "stop_link"

    id: UUID = Field(primary_key=True)
    token_digest: str = Field(unique=True)
    line_id: UUID = Field(foreign_key="line.id", index=True)
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment, index=True)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class RecoveryWait(SQLModel, table=True):
    """A forgotten password of a line with a passkey: it may be replaced without it from `ready_at` to `expires_at`."""

    __tablename__ = "recovery_wait"

    id: UUID = Field(primary_key=True)
    line_id: UUID = Field(foreign_key="line.id", index=True)
    created_at: datetime = Field(sa_type=Moment)
    ready_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment, index=True)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


class EmailChange(SQLModel, table=True):
    """An address that is still to be confirmed by a code sent there; sealed at `email_change.sealed.<line_id>`."""

    __tablename__ = "email_change"

    line_id: UUID = Field(primary_key=True, foreign_key="line.id")
    sealed: bytes = Field(sa_type=LargeBinary)
    mac: str
    tries: int = 0
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment, index=True)
