"""Messages on their way out: written with the act that causes them, claimed and settled by the worker."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, update
from sqlmodel import Session, col, select

from selfcare_app.db import after_commit, keys_of
from selfcare_app.i18n.message import Message as Content
from selfcare_app.i18n.message import message
from selfcare_app.kit import news
from selfcare_app.kit.actor import Actor, System
from selfcare_app.kit.ids import new_id
from selfcare_app.messaging.tables import Outbox

_PURPOSE = "outbox"
CLAIM_SECONDS = 30
CONTENT_KEPT = timedelta(days=7)
"""How long what no gateway took is kept after it was due; what one took is forgotten at once."""

ROWS_KEPT = timedelta(days=30)
"""How long it is known that a message was sent, so that its act tried again sends no other."""


@dataclass(frozen=True, slots=True)
class Message:
    """A claimed message: `content` is to be said in `language` to `recipient`."""

    id: UUID
    kind: str
    recipient: str
    language: str
    content: Content
    attempts: int


def enqueue(
    session: Session,
    *,
    recipient: str,
    language: str,
    key: str,
    args: dict[str, Any],
    dedup_key: str,
    now: datetime,
    kind: str = "sms",
    valid_seconds: int = 86_400,
    due_at: datetime | None = None,
) -> UUID:
    """Adds a message to this transaction; `dedup_key` makes it one message however often the act is tried.

    `args` are values of the program (Money, datetime, Msisdn, int, str); they are formatted when the message is sent.
    """
    message_id = new_id()
    content = json.dumps(message(key, **args), ensure_ascii=False).encode()
    session.add(
        Outbox(
            id=message_id,
            kind=kind,
            recipient=recipient,
            language=language,
            dedup_key=dedup_key,
            sealed=keys_of(session).seal(_PURPOSE, _place(message_id), content),
            created_at=now,
            due_at=due_at or now,
            expires_at=(due_at or now) + timedelta(seconds=valid_seconds),
        )
    )
    after_commit(session, news.ring)
    return message_id


def claim(session: Session, actor: Actor, *, by: str, limit: int, now: datetime) -> tuple[Message, ...]:
    """Takes up to `limit` due messages for `by`; nobody else gets them for CLAIM_SECONDS. The caller commits first."""
    due = select(Outbox.id).where(
        Outbox.due_at <= now,
        (col(Outbox.state) == "new") | ((col(Outbox.state) == "claimed") & (col(Outbox.claimed_until) <= now)),
    )
    first = due.order_by(col(Outbox.due_at)).limit(limit).with_for_update(skip_locked=True)
    query = select(Outbox).where(col(Outbox.id).in_(first))
    taken = []
    for row in session.exec(query).all():
        if row.expires_at <= now:
            row.state, row.sealed = "dead", None
            continue
        row.state, row.claimed_by = "claimed", by
        row.claimed_until, row.attempts = now + timedelta(seconds=CLAIM_SECONDS), row.attempts + 1
        taken.append(_opened(session, row))
    return tuple(taken)


def settle(session: Session, actor: Actor, *, message_id: UUID, by: str, gateway_id: str, now: datetime) -> None:
    """Records that the gateway took the message, and forgets its content."""
    session.exec(
        update(Outbox)
        .where(*_claimed(message_id, by))
        .values(state="sent", sent_at=now, gateway_id=gateway_id, sealed=None)
    )


def postpone(session: Session, actor: Actor, *, message_id: UUID, by: str, until: datetime) -> None:
    """Puts a message back that the gateway did not take; tried again at `until`."""
    session.exec(update(Outbox).where(*_claimed(message_id, by)).values(state="new", due_at=until, claimed_by=""))


def forget_old(session: Session, actor: System, *, now: datetime) -> int:
    """Drops the content of messages that were due long ago, and old messages altogether; gives how many."""
    stale = update(Outbox).where(col(Outbox.sealed).is_not(None), col(Outbox.due_at) <= now - CONTENT_KEPT)
    stale = stale.where(col(Outbox.expires_at) <= now).values(state="dead", sealed=None)
    old = delete(Outbox).where(col(Outbox.sealed).is_(None), col(Outbox.due_at) <= now - ROWS_KEPT)
    return sum(session.execute(each).rowcount for each in (stale, old))  # type: ignore[attr-defined]


def _claimed(message_id: UUID, by: str) -> tuple[ColumnElement[bool], ...]:
    return col(Outbox.id) == message_id, col(Outbox.claimed_by) == by, col(Outbox.state) == "claimed"


def _opened(session: Session, row: Outbox) -> Message:
    content: Content = json.loads(keys_of(session).unseal(_PURPOSE, _place(row.id), row.sealed or b""))
    return Message(row.id, row.kind, row.recipient, row.language, content, row.attempts)


def _place(message_id: UUID) -> str:
    return f"outbox.sealed.{message_id}"
