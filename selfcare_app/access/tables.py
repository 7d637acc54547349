"""Tables of credentials, sessions, one-time codes, proofs, known devices, counters and access events."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class Credential(SQLModel, table=True):
    """A line's password: bcrypt over a keyed pre-hash; `failed` counts wrong ones in a row from unknown devices."""

    __tablename__ = "credential"

    line_id: UUID = Field(primary_key=True, foreign_key="line.id")
    password_hash: str
    set_by: str
    set_at: datetime = Field(sa_type=Moment)
    registered_at: datetime = Field(sa_type=Moment)
    last_used_at: datetime | None = Field(default=None, sa_type=Moment)
    failed: int = 0
    next_try_at: datetime | None = Field(default=None, sa_type=Moment)
    locked_at: datetime | None = Field(default=None, sa_type=Moment)


class WebSession(SQLModel, table=True):
    """A signed-in browser; found by the SHA-256 of the cookie's value. `idle_until` never passes `absolute_until`."""

    __tablename__ = "web_session"
    __table_args__ = (
        Index(
            "ix_web_session_live",
            "idle_until",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    token_digest: str = Field(unique=True)
    line_id: UUID = Field(foreign_key="line.id", index=True)
    method: str
    created_at: datetime = Field(sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment)
    idle_until: datetime = Field(sa_type=Moment)
    absolute_until: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    end_reason: str = ""
    address: str = ""
    agent: str = ""
    language: str = ""


class Admission(SQLModel, table=True):
    """A visitor on the way in (registration, recovery, second factor): which step was passed, by the visitor's cookie.

    `line_id` is empty for a number that is not ours: the journey goes on alike, so that nothing is told.
    """

    __tablename__ = "admission"

    id: UUID = Field(primary_key=True)
    token_digest: str = Field(unique=True)
    purpose: str
    msisdn: str
    line_id: UUID | None = Field(default=None, foreign_key="line.id")
    stage: str
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    address: str = ""
    next_path: str = ""


class OneTimeCode(SQLModel, table=True):
    """A code sent by SMS, bound to holder (admission or session), purpose and parameters; kept as a keyed digest."""

    __tablename__ = "one_time_code"
    __table_args__ = (Index("ix_one_time_code_holder", "holder_id", "purpose", "created_at"),)

    id: UUID = Field(primary_key=True)
    holder_id: UUID
    msisdn: str
    purpose: str
    params_digest: str = ""
    mac: str
    tries: int = 0
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)
    replaced_at: datetime | None = Field(default=None, sa_type=Moment)


class ProofGiven(SQLModel, table=True):
    """Fresh proof made in a session for one purpose (kit.actor.Proof)."""

    __tablename__ = "proof"

    id: UUID = Field(primary_key=True)
    session_id: UUID = Field(foreign_key="web_session.id", index=True)
    purpose: str
    method: str
    params_digest: str = ""
    made_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)


class KnownDevice(SQLModel, table=True):
    """A browser that has signed in to a line before, by a long-lived cookie; it has its own count of wrong passwords.

    One browser may be known to several lines: a family shares a tablet.
    """

    __tablename__ = "known_device"
    __table_args__ = (UniqueConstraint("token_digest", "line_id"),)

    id: UUID = Field(primary_key=True)
    token_digest: str
    line_id: UUID = Field(foreign_key="line.id", index=True)
    created_at: datetime = Field(sa_type=Moment)
    seen_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    failed: int = 0
    next_try_at: datetime | None = Field(default=None, sa_type=Moment)


class Quota(SQLModel, table=True):
    """A guarded counter: how often `subject` did `scope` since the count began; it starts anew at `resets_at`."""

    __tablename__ = "quota"
    __table_args__ = (CheckConstraint("count >= 0", name="count"),)

    scope: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    count: int = 0
    resets_at: datetime = Field(sa_type=Moment, index=True)


class AccessEvent(SQLModel, table=True):
    """What happened at the door: sign-in, refusal, lock, code, proof, end of a session."""

    __tablename__ = "access_event"
    __table_args__ = (Index("ix_access_event_line", "line_id", "at"),)

    id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=Moment)
    kind: str
    outcome: str
    line_id: UUID | None = Field(default=None, foreign_key="line.id")
    session_id: UUID | None = None
    address: str = ""
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
