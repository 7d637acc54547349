"""Known devices: browsers that have signed in to a line before, each with its own count of wrong passwords."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import token
from selfcare_app.access.tables import KnownDevice
from selfcare_app.kit.actor import Visitor
from selfcare_app.kit.ids import new_id

AGENT_CHARACTERS = 200
_DAY = 86_400


def known(session: Session, *, device: str, line_id: UUID, now: datetime) -> KnownDevice | None:
    """The device of this digest if the line knows it and it was seen lately."""
    if not device:
        return None
    query = select(KnownDevice).where(
        KnownDevice.token_digest == device, KnownDevice.line_id == line_id, KnownDevice.expires_at > now
    )
    return session.exec(query.with_for_update()).one_or_none()


def is_known(session: Session, actor: Visitor, *, now: datetime) -> bool:
    """Whether the visitor's browser has signed in to any line lately."""
    return _is_ours(session, actor.device, now)


def is_known_to(session: Session, actor: Visitor, *, line_id: UUID, now: datetime) -> bool:
    """Whether the visitor's browser has signed in to this line lately."""
    mine = KnownDevice.token_digest == actor.device, KnownDevice.line_id == line_id, KnownDevice.expires_at > now
    return bool(actor.device) and session.exec(select(KnownDevice.id).where(*mine)).first() is not None


def remember(session: Session, *, device_token: str, line_id: UUID, agent: str = "", now: datetime) -> str:
    """Makes the browser known to the line, or known for longer; gives the cookie's value."""
    expires_at = now + timedelta(seconds=operators.of(session).sign_in.known_device_days * _DAY)
    digest = token.digest(device_token)
    row = known(session, device=digest, line_id=line_id, now=now)
    if row is not None:
        row.seen_at, row.expires_at, row.failed, row.next_try_at = now, expires_at, 0, None
        row.agent = agent[:AGENT_CHARACTERS]
        return device_token
    if not _is_ours(session, digest, now):
        # A value that we did not make, or that has run out, never becomes a key.
        device_token = token.make()
        digest = token.digest(device_token)
    session.add(
        KnownDevice(
            id=new_id(),
            token_digest=digest,
            line_id=line_id,
            created_at=now,
            seen_at=now,
            expires_at=expires_at,
            agent=agent[:AGENT_CHARACTERS],
        )
    )
    return device_token


def forget_all(session: Session, *, line_id: UUID) -> None:
    """No device is known to the line any more: the credential was replaced by somebody who did not know it."""
    session.execute(delete(KnownDevice).where(col(KnownDevice.line_id) == line_id))


def _is_ours(session: Session, digest: str, now: datetime) -> bool:
    query = select(KnownDevice.id).where(KnownDevice.token_digest == digest, KnownDevice.expires_at > now)
    return bool(digest) and session.exec(query.limit(1)).one_or_none() is not None
