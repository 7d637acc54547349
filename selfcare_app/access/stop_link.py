"""The link in a notice by which its reader says "this was not me": good once, for days, to nobody but who was told."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from selfcare_app import operators
from selfcare_app.access import token
from selfcare_app.access.guard_tables import StopLink
from selfcare_app.kit.ids import new_id

PAGE = "/not-me"
GOOD_FOR = timedelta(days=7)


def make(session: Session, *, line_id: UUID, now: datetime) -> str:
    """The address to be written into a notice; what stands after the sign is never sent to a server by being opened."""
    value = token.make()
    link = StopLink(
        id=new_id(), token_digest=token.digest(value), line_id=line_id, created_at=now, expires_at=now + GOOD_FOR
    )
    session.add(link)
    origin = session.info.get("origin") or f"https://{operators.of(session).host}"
    return f"{origin}{PAGE}#{value}"


def use(session: Session, *, value: str, now: datetime) -> UUID | None:
    """The line of a link that was good until now; None for any other."""
    used: UUID | None = session.execute(
        update(StopLink)
        .where(
            col(StopLink.token_digest) == token.digest(value),
            col(StopLink.used_at).is_(None),
            col(StopLink.expires_at) > now,
        )
        .values(used_at=now)
        .returning(col(StopLink.line_id))
    ).scalar_one_or_none()
    return used
