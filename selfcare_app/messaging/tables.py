"""Tables of messages on their way out and identities of messages that came in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class Outbox(SQLModel, table=True):
    """A message to be handed to a gateway, written in the transaction that causes it.

    `sealed` holds {"key": sentence key, "args": {...}} as JSON, sealed at `outbox.sealed.<id>`: it may carry a code.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("kind IN ('sms', 'ussd', 'email')", name="kind"),
        CheckConstraint("state IN ('new', 'claimed', 'sent', 'dead')", name="state"),
        Index("ix_outbox_due", "state", "due_at"),
    )

    id: UUID = Field(primary_key=True)
    kind: str
    recipient: str = Field(index=True)
    language: str
    dedup_key: str = Field(unique=True)
    sealed: bytes | None = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    state: str = "new"
    attempts: int = 0
    claimed_by: str = ""
    claimed_until: datetime | None = Field(default=None, sa_type=Moment)
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
    gateway_id: str = ""


class Inbox(SQLModel, table=True):
    """A message that came in, by the sender's own id, so that a repeated delivery is one message.

    A turn of a dialog has a keyed digest of what was typed for its id. `sealed` is the answer, sealed at
    `inbox.sealed.<source>.<message_id>`; it is dropped soon.
    """

    __tablename__ = "inbox"

    source: str = Field(primary_key=True)
    message_id: str = Field(primary_key=True)
    received_at: datetime = Field(sa_type=Moment, index=True)
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
