"""Tables of credentials, sessions, one-time codes, proofs, known devices, counters and access events."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from selfcare_app.access import (  # noqa: F401 - the rest of the area's tables
    challenge_tables,
    delegation_tables,
    desk_tables,
    guard_tables,
    security_tables,
)
from selfcare_app.db import Moment


class Credential(SQLModel, table=True):
    """A line's password: bcrypt over a keyed pre-hash; `failed` counts wrong ones in a row from unknown devices.

    `temporary_until` is there for one that the operator issued: good for one sign-in until then, to be changed at once.
    Until `cooling_until` a code from the handset proves little, because the handset replaced the password.
    """

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
    cooling_until: datetime | None = Field(default=None, sa_type=Moment)
    temporary_until: datetime | None = Field(default=None, sa_type=Moment)
    temporary_used_at: datetime | None = Field(default=None, sa_type=Moment)

    def choose(self, password_hash: str, *, by: str, now: datetime) -> None:
        """Takes another password into use; wrong ones count anew."""
        self.password_hash, self.set_by, self.set_at = password_hash, by, now
        self.failed, self.next_try_at, self.locked_at = 0, None, None
        self.temporary_until, self.temporary_used_at = None, None


class WebSession(SQLModel, table=True):
    """A signed-in browser; found by the SHA-256 of the cookie's value. `idle_until` never passes `absolute_until`.

    A proof changes the value (`renewed_at`); the one before (`previous_digest`) opens nothing any more.
    `line_id` is who signed in. Where he works on another's line, that is `subject_id`, by the right `grant_id`.
    """

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
    grant_id: UUID | None = Field(default=None, foreign_key="delegation_grant.id", index=True)
    subject_id: UUID | None = Field(default=None, foreign_key="line.id")
    previous_digest: str | None = Field(default=None, unique=True)
    renewed_at: datetime | None = Field(default=None, sa_type=Moment)


class Admission(SQLModel, table=True):
    """A visitor on the way in (registration, recovery, second factor): which step was passed, by the visitor's cookie.

    `line_id` is empty for a number that is not ours: the journey goes on alike, so that nothing is told. `method` is
    what is typed to show who one is: the code of an SMS, or PUK1.
    """

    __tablename__ = "admission"

    id: UUID = Field(primary_key=True)
    token_digest: str = Field(unique=True)
    purpose: str
    msisdn: str
    line_id: UUID | None = Field(default=None, foreign_key="line.id")
    method: str = "sms"
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
    agent: str = ""


class PictureCheck(SQLModel, table=True):
    """A check that a sign-in form shows, found by the browser's cookie; the answer is kept as a keyed digest."""

    __tablename__ = "picture_check"

    id: UUID = Field(primary_key=True)
    token_digest: str = Field(unique=True)
    mac: str
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment, index=True)
    used_at: datetime | None = Field(default=None, sa_type=Moment)


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
    __table_args__ = (Index("ix_access_event_line", "line_id", "at"), Index("ix_access_event_at", "at"))

    id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=Moment)
    kind: str
    outcome: str
    line_id: UUID | None = Field(default=None, foreign_key="line.id")
    session_id: UUID | None = None
    address: str = ""
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class RunaActivation(SQLModel, table=True):
    """A РУНА that a subscriber activated from the own handset, bound to line and activation; kept as a keyed digest."""

    __tablename__ = "runa_activation"
    __table_args__ = (Index("ix_runa_activation_line", "line_id", "created_at"),)

    id: UUID = Field(primary_key=True)
    line_id: UUID = Field(foreign_key="line.id")
    mac: str
    tries: int = 0
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


class GuardedSection(SQLModel, table=True):
    """A section of the cabinet that its subscriber lets nobody into without РУНА; `section` is a Feature."""

    __tablename__ = "guarded_section"

    line_id: UUID = Field(primary_key=True, foreign_key="line.id")
    section: str = Field(primary_key=True)
    since: datetime = Field(sa_type=Moment)


class AddressHolding(SQLModel, table=True):
    """Which line an address of the operator's own network is given to, as the network says, until when."""

    __tablename__ = "address_holding"

    address: str = Field(primary_key=True)
    line_id: UUID = Field(foreign_key="line.id", index=True)
    until: datetime = Field(sa_type=Moment, index=True)


class RecoveryEmail(SQLModel, table=True):
    """The mailbox that a forgotten password is replaced through; sealed at `recovery_email.sealed.<line_id>`."""

    __tablename__ = "recovery_email"

    line_id: UUID = Field(primary_key=True, foreign_key="line.id")
    sealed: bytes = Field(sa_type=LargeBinary)
    set_at: datetime = Field(sa_type=Moment)


class RecoveryLink(SQLModel, table=True):
    """A link in a letter that sets a new password once, found by the SHA-256 of its value.

    `line_id` is empty for a number that no letter goes to: the same is written for it, so that nothing is told.
    """

    __tablename__ = "recovery_link"

    id: UUID = Field(primary_key=True)
    token_digest: str = Field(unique=True)
    line_id: UUID | None = Field(default=None, foreign_key="line.id", index=True)
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    used_at: datetime | None = Field(default=None, sa_type=Moment)
