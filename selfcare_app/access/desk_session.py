"""Sessions of employees at the desk: one each, over after idleness and after the day's work."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import desk_device, event, token
from selfcare_app.access.desk_tables import StaffMember, StaffSession
from selfcare_app.access.desk_views import Begun
from selfcare_app.kit.actor import Staff, Visitor
from selfcare_app.kit.ids import new_id


def resume(session: Session, actor: Visitor, *, token_value: str, now: datetime) -> Staff | None:
    """The employee whose live session the desk's cookie opens, which this keeps alive; None where there is none."""
    if not token_value:
        return None
    query = (
        select(StaffSession, StaffMember)
        .join(StaffMember, col(StaffMember.id) == StaffSession.staff_id)
        .where(
            StaffSession.token_digest == token.digest(token_value),
            col(StaffSession.ended_at).is_(None),
            StaffSession.idle_until > now,
            col(StaffMember.disabled_at).is_(None),
        )
    )
    found = session.exec(query).one_or_none()
    if found is None:
        return None
    kept, member = found
    idle = timedelta(seconds=operators.of(session).session.idle_seconds)
    kept.idle_until = min(now + idle, kept.absolute_until)
    return Staff(
        member.id, kept.id, member.login, frozenset(member.duties), address=actor.address, language=actor.language
    )


def leave(session: Session, actor: Staff, *, now: datetime) -> None:
    """Ends the employee's session."""
    end(session, staff_id=actor.staff_id, reason="sign_out", now=now)
    event.record(session, "desk", "left", address=actor.address, now=now, login=actor.login)


def begin(
    session: Session, actor: Visitor, *, row: StaffMember, method: str, device_token: str, now: datetime
) -> Begun:
    """A session in the place of the one before; the browser is known to the employee from now on.

    Not a use case: the caller has made sure who it is.
    """
    rule, value = operators.of(session).session, token.make()
    end(session, staff_id=row.id, reason="replaced", now=now)
    absolute = now + timedelta(seconds=rule.desk_absolute_seconds)
    session.add(
        StaffSession(
            id=new_id(), token_digest=token.digest(value), staff_id=row.id, created_at=now,
            idle_until=min(now + timedelta(seconds=rule.idle_seconds), absolute), absolute_until=absolute,
            address=actor.address,
        )
    )  # fmt: skip
    event.record(session, "desk", "entered", address=actor.address, now=now, login=row.login, method=method)
    return Begun(value, desk_device.remember(session, device_token=device_token, staff_id=row.id, now=now))


def end(session: Session, *, staff_id: UUID, reason: str, now: datetime) -> None:
    """Puts the employee out at once. Not a use case."""
    mine = (col(StaffSession.staff_id) == staff_id, col(StaffSession.ended_at).is_(None))
    session.execute(update(StaffSession).where(*mine).values(ended_at=now, end_reason=reason))
