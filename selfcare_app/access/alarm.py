"""Tells the owner of a line at once what somebody else would have done in his name: SMS, e-mail, and in the cabinet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import quota, recovery_email, stop_link
from selfcare_app.access.security_tables import Alarm
from selfcare_app.i18n.message import Message, message, wire
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Subscriber, System
from selfcare_app.kit.ids import new_id
from selfcare_app.messaging import outbox
from selfcare_app.subscribers.tables import Line

SHOWN = 5
STOPPABLE = frozenset({"sim_changed", "recovery_waits", "email_changed"})
"""What somebody else may be in the middle of: its message has a link that stops it, its notice a button."""

_SECONDS_BETWEEN = 60


@dataclass(frozen=True, slots=True)
class Told:
    """An alarm as the cabinet shows it."""

    id: UUID
    at: datetime
    told: Message
    stoppable: bool = False
    """Whether its reader may say that it was not he."""


def tell(
    session: Session, *, line_id: UUID, kind: str, now: datetime, mailboxes: Iterable[str] = (), **args: Any
) -> None:
    """An alarm in the language of the line; its sentence is `alarm.<kind>`, with `service` and `args` in it.

    It always stands in the cabinet; messages of one kind are sent to a line once a minute at most. `mailboxes` are
    written to beside the line's own. ASVS 6.3.5, 6.3.7.
    """
    line, profile = session.get_one(Line, line_id), operators.of(session)
    values = {"service": profile.short_name, **args}
    kept = {name: wire(value) for name, value in values.items()}
    session.add(Alarm(id=new_id(), line_id=line_id, kind=kind, args=kept, at=now))
    subject = str(line_id)
    if quota.take(session, scope=f"alarm.{kind}", subject=subject, limit=1, seconds=_SECONDS_BETWEEN, now=now) is None:
        return
    own_mailbox = recovery_email.of_line(session, line)
    told = [("sms", line.msisdn), *(("email", each) for each in dict.fromkeys((own_mailbox, *mailboxes)))]
    for way, recipient in told:
        if recipient:
            stop = {"stop": stop_link.make(session, line_id=line_id, now=now)} if kind in STOPPABLE else {}
            outbox.enqueue(
                session,
                recipient=recipient,
                language=line.language or profile.default_language,
                key=f"alarm.sms.{kind}" if stop else f"alarm.{kind}",
                args=values | stop,
                dedup_key=f"alarm:{new_id()}",
                now=now,
                kind=way,
            )


def unread(session: Session, actor: Subscriber) -> tuple[Told, ...]:
    """What the owner has not read yet, the newest first; nothing to somebody who acts for him."""
    if actor.acting:
        return ()
    query = select(Alarm).where(Alarm.line_id == actor.line_id, col(Alarm.read_at).is_(None))
    rows = session.exec(query.order_by(col(Alarm.at).desc(), col(Alarm.id).desc()).limit(SHOWN)).all()
    return tuple(Told(row.id, row.at, message(f"alarm.{row.kind}", **row.args), row.kind in STOPPABLE) for row in rows)


def read(session: Session, actor: Subscriber, *, now: datetime) -> None:
    """The owner has read them all."""
    if actor.acting:
        return
    mine = (col(Alarm.line_id) == actor.line_id, col(Alarm.read_at).is_(None), col(Alarm.at) <= now)
    session.execute(update(Alarm).where(*mine).values(read_at=now))


def sim_changed(session: Session, actor: System, *, line_id: UUID, now: datetime) -> None:
    """The SIM of a line was replaced: what was done is journalled and the owner is told on every way there is."""
    record(session, actor, line_id=line_id, action="sim_changed", now=now)
    tell(session, line_id=line_id, kind="sim_changed", now=now)
