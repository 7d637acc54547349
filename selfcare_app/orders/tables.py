"""Tables of drafts (answers of an unfinished journey) and orders (what a subscriber confirmed)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment


class Draft(SQLModel, table=True):
    """Answers of a journey; belongs to a session and is annulled with it. Its id is the key of the final act."""

    __tablename__ = "draft"
    __table_args__ = (CheckConstraint("state IN ('open', 'done', 'annulled')", name="state"),)

    id: UUID = Field(primary_key=True)
    session_id: UUID = Field(foreign_key="web_session.id", index=True)
    line_id: UUID = Field(foreign_key="line.id")
    kind: str
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    state: str = "open"
    created_at: datetime = Field(sa_type=Moment)
    changed_at: datetime = Field(sa_type=Moment)


class Order(SQLModel, table=True):
    """What was asked for, for whom, by whom, at what price, when due, and how it stands. Its id is its draft's id.

    `subject` is what of several things the kind is about: of these a line has one order that waits.
    """

    __tablename__ = "order"
    __table_args__ = (
        CheckConstraint("state IN ('accepted', 'done', 'withdrawn', 'failed')", name="state"),
        Index("ix_order_due", "state", "due_at"),
        Index(
            "uq_order_open",
            "line_id",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("state = 'accepted'"),
            postgresql_where=text("state = 'accepted'"),
        ),
    )

    id: UUID = Field(primary_key=True)
    no: int = Field(unique=True, sa_type=BigInteger)
    line_id: UUID = Field(foreign_key="line.id", index=True)
    session_id: UUID | None = Field(default=None, foreign_key="web_session.id")
    actor: str
    channel: str = "web"
    kind: str
    subject: str = ""
    params: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    price_minor: int = Field(default=0, sa_type=BigInteger)
    currency: str
    accepted_at: datetime = Field(sa_type=Moment)
    due_at: datetime = Field(sa_type=Moment)
    state: str = "accepted"
    finished_at: datetime | None = Field(default=None, sa_type=Moment)
    failure: str = ""
