"""Tables of the journal: entries in chains, the head of each chain, and what an entry says besides."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from selfcare_app.db import Moment
from selfcare_app.journal.ddl import KEPT, WRITTEN_ONCE
from selfcare_app.kit.immutable import immutable


class JournalEntry(SQLModel, table=True):
    """One read or change of a subscriber's data, by whom and through what; written once, in a chain.

    `actor` is the kind of who did it (subscriber, delegate, staff, handset, system, interface, visitor), `actor_id` its
    id, `actor_name` what the subscriber is shown of it, `role` in what right a delegate acted. `hash` is keyed and
    binds the entry to `prev_hash`; `line_hash` binds it, without a key, to the entry of the same line before it. What
    was done to all lines at once is one entry of no line.
    """

    __tablename__ = "journal_entry"
    __table_args__ = (
        UniqueConstraint("stream", "seq"),
        UniqueConstraint("line_id", "line_seq"),
        Index("ix_journal_entry_line", "line_id", "at"),
    )

    id: UUID = Field(primary_key=True)
    stream: int
    seq: int = Field(sa_type=BigInteger)
    at: datetime = Field(sa_type=Moment)
    line_id: UUID | None = Field(default=None, foreign_key="line.id")
    actor: str
    actor_id: str = ""
    actor_name: str = ""
    role: str = ""
    session_id: UUID | None = None
    action: str
    outcome: str = "done"
    details_digest: str = ""
    line_seq: int = Field(sa_type=BigInteger)
    line_hash: str
    prev_hash: str
    hash: str


class JournalDetail(SQLModel, table=True):
    """What an entry says besides; it may be erased, and the chain holds: the entry has its salted digest alone."""

    __tablename__ = "journal_detail"

    entry_id: UUID = Field(primary_key=True, foreign_key="journal_entry.id")
    salt: str
    details: dict[str, Any] = Field(sa_type=JSON)


class JournalHead(SQLModel, table=True):
    """The last entry of a stream; whoever writes waits here for his turn."""

    __tablename__ = "journal_head"

    stream: int = Field(primary_key=True)
    seq: int = Field(default=0, sa_type=BigInteger)
    hash: str = ""


immutable(SQLModel.metadata, written_once=WRITTEN_ONCE, kept=KEPT)
