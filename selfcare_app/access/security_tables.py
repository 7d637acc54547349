"""Tables of what watches over a line: alarms to its owner, passkeys and their challenges, the emergency code."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, LargeBinary
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class Alarm(SQLModel, table=True):
    """Something that the owner of a line was told at once; it stands in the cabinet until it is read."""

    __tablename__ = "alarm"
    __table_args__ = (Index("ix_alarm_line", "line_id", "read_at", "at"),)

    id: UUID = Field(primary_key=True)
    line_id: UUID = Field(foreign_key="line.id")
    kind: str
    args: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    at: datetime = Field(sa_type=Moment)
    read_at: datetime | None = Field(default=None, sa_type=Moment)


class Passkey(SQLModel, table=True):
    """A key pair of which the subscriber's device has the secret half; nothing here lets anybody in."""

    __tablename__ = "passkey"

    id: UUID = Field(primary_key=True)
    line_id: UUID = Field(foreign_key="line.id", index=True)
    credential_id: bytes = Field(sa_type=LargeBinary, unique=True)
    public_key: bytes = Field(sa_type=LargeBinary)
    sign_count: int = 0
    name: str = ""
    transports: str = ""
    created_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class PasskeyChallenge(SQLModel, table=True):
    """A value to be signed once: `holder` is the digest of the visitor's cookie or the id of the session."""

    __tablename__ = "passkey_challenge"

    id: UUID = Field(primary_key=True)
    holder: str = Field(index=True)
    purpose: str
    params_digest: str = ""
    challenge: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment, index=True)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


class EmergencyCode(SQLModel, table=True):
    """The printed code that closes a line's cabinet, as a keyed digest; a line has one at most."""

    __tablename__ = "emergency_code"

    line_id: UUID = Field(primary_key=True, foreign_key="line.id")
    mac: str = Field(unique=True)
    made_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)
