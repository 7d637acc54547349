"""Browsers in which employees have signed in before, each with its own count of wrong tries: no stranger locks them."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import token
from selfcare_app.access.desk_tables import StaffDevice
from selfcare_app.kit.ids import new_id


def known(session: Session, *, device: str, staff_id: UUID, now: datetime) -> StaffDevice | None:
    """The browser of this digest if the employee has used it lately, locked."""
    if not device:
        return None
    query = select(StaffDevice).where(
        StaffDevice.token_digest == device, StaffDevice.staff_id == staff_id, StaffDevice.expires_at > now
    )
    return session.exec(query.with_for_update()).one_or_none()


def remember(session: Session, *, device_token: str, staff_id: UUID, now: datetime) -> str:
    """Makes the browser known to the employee, or known for longer; gives the cookie's value."""
    expires_at = now + timedelta(days=operators.of(session).sign_in.known_device_days)
    row = known(session, device=token.digest(device_token), staff_id=staff_id, now=now)
    if row is not None:
        row.seen_at, row.expires_at, row.failed, row.next_try_at = now, expires_at, 0, None
        return device_token
    # A browser of several employees has one value; one that we did not make, or that has run out, never becomes a key.
    if not _is_ours(session, device_token, now):
        device_token = token.make()
    session.add(
        StaffDevice(
            id=new_id(),
            token_digest=token.digest(device_token),
            staff_id=staff_id,
            seen_at=now,
            expires_at=expires_at,
        )
    )
    return device_token


def forgive_all(session: Session, *, staff_id: UUID) -> None:
    """Ends the runs of wrong tries in all browsers of the employee."""
    mine = col(StaffDevice.staff_id) == staff_id
    session.execute(update(StaffDevice).where(mine).values(failed=0, next_try_at=None))


def forget_all(session: Session, *, staff_id: UUID) -> None:
    """No browser is known to the employee any more."""
    session.execute(delete(StaffDevice).where(col(StaffDevice.staff_id) == staff_id))


def _is_ours(session: Session, value: str, now: datetime) -> bool:
    digest = token.digest(value)
    query = select(StaffDevice.id).where(StaffDevice.token_digest == digest, StaffDevice.expires_at > now)
    return bool(digest) and session.exec(query.limit(1)).one_or_none() is not None
