"""Operations: claimed once by their key, told again to whoever repeats them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from selfcare_app.kit.actor import Handset, Staff, Subscriber, System
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.ledger.tables import Operation

Mover = Subscriber | Handset | Staff | System
"""Who may move money; a subscriber and a handset take it from the account of the own line only."""


class KeyReused(Refused):
    """The key has been used for something else; nothing was moved."""

    code = "ledger.key_reused"


@dataclass(frozen=True, slots=True)
class Posted:
    """An operation as it was posted, the same at every repetition; `transfers` are in the order of the legs."""

    operation_id: UUID
    transfers: tuple[UUID, ...]
    posted_at: datetime


def new(actor: Mover, *, kind: str, key: str, digest: str, now: datetime, transfers: int) -> Operation:
    """An operation of so many transfers that is still to be claimed."""
    return Operation(
        id=new_id(),
        actor=name(actor),
        kind=kind,
        idempotency_key=key,
        digest=digest,
        created_at=now,
        result={"transfers": [str(new_id()) for _ in range(transfers)]},
        **by(actor),
    )


def posted(operation: Operation) -> Posted:
    """What an operation gives back."""
    return Posted(operation.id, tuple(UUID(text) for text in operation.result["transfers"]), operation.created_at)


def name(actor: Mover) -> str:
    """Whose act it is: part of the key."""
    # By the line and not by the session: the same act sent again after a new sign-in is the same act.
    if isinstance(actor, Subscriber | Handset):
        return f"{actor.kind}:{actor.line_id}"
    return actor.name if isinstance(actor, Staff) else f"{actor.kind}:{actor.job}"


def by(actor: Mover) -> Mapping[str, Any]:
    """Who sat at the screen, if that was somebody else, and in which session."""
    acting = actor.name if isinstance(actor, Subscriber) and actor.acting else ""
    return {"acted_by": acting, "session_id": getattr(actor, "session_id", None)}


def claimed(session: Session, operation: Operation) -> bool:
    """Whether the key is free, and this operation's from now on."""
    # On PostgreSQL a rival with the same key waits here for our end; on SQLite there are no rivals.
    connection = session.connection()
    return connection.execute(_once(connection.dialect.name), operation.model_dump()).first() is not None


@cache
def _once(dialect: str) -> Executable:
    new = postgresql.insert(Operation) if dialect == "postgresql" else sqlite.insert(Operation)
    return new.on_conflict_do_nothing().returning(col(Operation.id))


def earlier(session: Session, claim: Operation) -> Operation:
    """The operation that has the claim's key. Raises KeyReused if it is another act."""
    same_key = select(Operation).where(
        Operation.actor == claim.actor,
        Operation.kind == claim.kind,
        Operation.idempotency_key == claim.idempotency_key,
    )
    found = session.exec(same_key).one()
    if found.digest != claim.digest:
        raise KeyReused()
    return found
