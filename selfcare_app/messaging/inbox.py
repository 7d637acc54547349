"""Messages that come in, recorded by the sender's own id first, so that a repeated delivery is one message."""

from datetime import datetime

from sqlmodel import Session, select

from selfcare_app.kit.actor import Actor
from selfcare_app.messaging.tables import Inbox


def accept(session: Session, actor: Actor, *, source: str, message_id: str, now: datetime) -> str | None:
    """Records a message; None if it is new, else the answer it was given the first time."""
    known = session.exec(select(Inbox).where(Inbox.source == source, Inbox.message_id == message_id)).one_or_none()
    if known is not None:
        return known.answer
    session.add(Inbox(source=source, message_id=message_id, received_at=now))
    session.flush()
    return None


def answer(session: Session, actor: Actor, *, source: str, message_id: str, text: str) -> None:
    """Keeps what a message was answered, for its repetition."""
    row = session.exec(select(Inbox).where(Inbox.source == source, Inbox.message_id == message_id)).one()
    row.answer = text
