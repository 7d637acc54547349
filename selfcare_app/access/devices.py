"""My sessions and devices: who is signed in to the line, which browsers it knows; each can be put out (ASVS 7.5.2)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from selfcare_app.access import agent, alarm, event
from selfcare_app.access import session as web_session
from selfcare_app.access.tables import KnownDevice, WebSession
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import NotFound


class NoSuchSession(NotFound):
    """The line has no such live session: it has ended, or it is another's."""

    code = "security.no_session"


class NoSuchDevice(NotFound):
    """The line does not know such a device."""

    code = "security.no_device"


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A browser that is signed in; `device` is "" where nothing is known of it, `is_mine` marks the asking one."""

    id: UUID
    device: str
    address: str
    method: str
    since: datetime
    used_at: datetime
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Known:
    """A browser that needs no code beside the password."""

    id: UUID
    device: str
    since: datetime
    used_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Doors:
    """Everybody who is in, and everybody who comes in easily."""

    sessions: tuple[LiveSession, ...]
    devices: tuple[Known, ...]


def mine(session: Session, actor: Subscriber, *, now: datetime) -> Doors:
    """The line's live sessions, the asking one first, and its known devices. Raises kit.OwnOnly."""
    actor.require_own()
    live = select(WebSession).where(
        WebSession.line_id == actor.line_id, col(WebSession.ended_at).is_(None), WebSession.idle_until > now
    )
    known = select(KnownDevice).where(KnownDevice.line_id == actor.line_id, KnownDevice.expires_at > now)
    sessions = [_live(row, actor) for row in session.exec(live.order_by(col(WebSession.seen_at).desc())).all()]
    devices = session.exec(known.order_by(col(KnownDevice.seen_at).desc())).all()
    return Doors(
        tuple(sorted(sessions, key=lambda each: not each.is_mine)),
        tuple(Known(row.id, agent.named(row.agent), row.created_at, row.seen_at, row.expires_at) for row in devices),
    )


def end(session: Session, actor: Subscriber, *, session_id: UUID, now: datetime) -> None:
    """Ends another session of the line. Raises kit.OwnOnly, NoSuchSession (also for one's own: that is signing out)."""
    actor.require_own()
    found = session.exec(
        select(WebSession.id).where(
            WebSession.id == session_id,
            WebSession.line_id == actor.line_id,
            WebSession.id != actor.session_id,
            col(WebSession.ended_at).is_(None),
            WebSession.idle_until > now,
        )
    ).one_or_none()
    if found is None:
        raise NoSuchSession()
    web_session.end(session, actor, session_id=session_id, reason="by_owner", now=now)
    _tell(session, actor, now)


def end_others(session: Session, actor: Subscriber, *, now: datetime) -> int:
    """Ends every other session of the line; gives how many. Raises kit.OwnOnly."""
    actor.require_own()
    ended = web_session.end_others(session, line_id=actor.line_id, keep=actor.session_id, reason="by_owner", now=now)
    if ended:
        _tell(session, actor, now)
    return len(ended)


def forget(session: Session, actor: Subscriber, *, device_id: UUID, now: datetime) -> None:
    """The line knows the device no more: the next sign-in from it asks for a code. Raises kit.OwnOnly, NoSuchDevice."""
    actor.require_own()
    forgotten = session.execute(
        delete(KnownDevice)
        .where(col(KnownDevice.id) == device_id, col(KnownDevice.line_id) == actor.line_id)
        .returning(col(KnownDevice.id))
    ).one_or_none()
    if forgotten is None:
        raise NoSuchDevice()
    event.record(session, "device", "forgotten", line_id=actor.line_id, session_id=actor.session_id, now=now)
    record(session, actor, line_id=actor.line_id, action="device_forgotten", now=now)


def _tell(session: Session, actor: Subscriber, now: datetime) -> None:
    record(session, actor, line_id=actor.line_id, action="sessions_ended", now=now)
    alarm.tell(session, line_id=actor.line_id, kind="sessions_ended", now=now)


def _live(row: WebSession, actor: Subscriber) -> LiveSession:
    return LiveSession(
        row.id,
        agent.named(row.agent),
        row.address,
        row.method,
        row.created_at,
        row.seen_at,
        row.id == actor.session_id,
    )
