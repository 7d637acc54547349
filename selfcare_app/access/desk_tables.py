"""Tables of the operator's desk: employees, their sessions, browsers and passkeys, looks, what waits for a second."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class StaffMember(SQLModel, table=True):
    """An employee at the desk. `seed` is that of his one-time codes, sealed at `staff.seed.<id>`.

    Without a password he has yet to set himself up, by the code whose digest is `setup_digest`. `last_step` is the
    moment of the last one-time code that was taken, so that none is taken twice. `failed` counts wrong tries in a row
    from browsers that he has not used. `duties` are what he may do beyond the cards of lines.
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
    duties: list[str] = Field(default_factory=list, sa_type=JSON)


class StaffDevice(SQLModel, table=True):
    """A browser in which an employee has signed in before, with its own count of wrong tries."""

    __tablename__ = "staff_device"
    __table_args__ = (UniqueConstraint("token_digest", "staff_id"),)

    id: UUID = Field(primary_key=True)
    token_digest: str
    staff_id: UUID = Field(foreign_key="staff.id", index=True)
    seen_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    failed: int = 0
    next_try_at: datetime | None = Field(default=None, sa_type=Moment)


class StaffPasskey(SQLModel, table=True):
    """A key pair of which the employee's device has the secret half; nothing here lets anybody in."""

    __tablename__ = "staff_passkey"

    id: UUID = Field(primary_key=True)
    staff_id: UUID = Field(foreign_key="staff.id", index=True)
    credential_id: bytes = Field(sa_type=LargeBinary, unique=True)
    public_key: bytes = Field(sa_type=LargeBinary)
    sign_count: int = 0
    name: str = ""
    created_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


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


class StaffRequest(SQLModel, table=True):
    """An act that one employee asks for and another one carries out by confirming it (ASVS 2.3.5).

    It is about a line or about an employee; `terms` say what exactly, and are never a secret. It waits while `outcome`
    is empty and `expires_at` has not come.
    """

    __tablename__ = "staff_request"
    __table_args__ = (
        CheckConstraint("kind IN ('grant', 'disable', 'enable', 'refund', 'correction', 'dispute')", name="kind"),
        CheckConstraint("outcome IN ('', 'confirmed', 'declined', 'withdrawn')", name="outcome"),
        CheckConstraint("(line_id IS NULL) <> (staff_id IS NULL)", name="about"),
        Index("ix_staff_request_waiting", "outcome", "expires_at"),
    )

    id: UUID = Field(primary_key=True)
    kind: str
    line_id: UUID | None = Field(default=None, foreign_key="line.id")
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    terms: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    reason: str
    asked_by: UUID = Field(foreign_key="staff.id")
    asked_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    decided_by: UUID | None = Field(default=None, foreign_key="staff.id")
    decided_at: datetime | None = Field(default=None, sa_type=Moment)
    outcome: str = ""
