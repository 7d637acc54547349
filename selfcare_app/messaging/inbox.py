"""Messages that come in, recorded by the sender's own id first, so that a repeated delivery is one message."""

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from selfcare_app.db import keys_of
from selfcare_app.kit.actor import Actor, System
from selfcare_app.messaging.tables import Inbox

ANSWERS_KEPT = timedelta(hours=1)
"""How long an answer is there for a repetition; networks repeat within a minute."""

ROWS_KEPT = timedelta(days=30)
"""How long it is known that a message came, so that it is one however often it is delivered."""

_PURPOSE = "inbox"


def accept(session: Session, actor: Actor, *, source: str, message_id: str, now: datetime) -> str | None:
    """Records a message; None if it is new, else the answer it was given the first time."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    fresh = dialect.insert(Inbox).values(source=source, message_id=message_id, received_at=now)
    # Of two deliveries at once the second waits here for the first one's answer.
    made = session.execute(fresh.on_conflict_do_nothing().returning(Inbox.message_id)).scalar_one_or_none()
    return None if made else answered(session, actor, source=source, message_id=message_id) or ""


def answered(session: Session, actor: Actor, *, source: str, message_id: str) -> str | None:
    """The answer that a message was given; None where it has not come yet."""
    known = session.exec(select(Inbox).where(Inbox.source == source, Inbox.message_id == message_id)).one_or_none()
    if known is None:
        return None
    if known.sealed is None:
        return ""
    return keys_of(session).unseal(_PURPOSE, _place(source, message_id), known.sealed).decode()


def answer(session: Session, actor: Actor, *, source: str, message_id: str, text: str) -> None:
    """Keeps what a message was answered, for its repetition; sealed, because it may carry a password or a balance."""
    sealed = keys_of(session).seal(_PURPOSE, _place(source, message_id), text.encode())
    session.execute(
        update(Inbox).where(col(Inbox.source) == source, col(Inbox.message_id) == message_id).values(sealed=sealed)
    )


def forget_answers(session: Session, actor: System, *, now: datetime) -> int:
    """Drops answers that no repetition can ask for any more; gives how many."""
    old = update(Inbox).where(col(Inbox.received_at) <= now - ANSWERS_KEPT, col(Inbox.sealed).is_not(None))
    return session.execute(old.values(sealed=None)).rowcount  # type: ignore[attr-defined, no-any-return]


def forget_old(session: Session, actor: System, *, now: datetime) -> int:
    """Drops messages that no network delivers again; gives how many."""
    old = delete(Inbox).where(col(Inbox.received_at) <= now - ROWS_KEPT)
    return session.execute(old).rowcount  # type: ignore[attr-defined, no-any-return]


def _place(source: str, message_id: str) -> str:
    return f"inbox.sealed.{source}.{message_id}"
