"""Keeps a right password anew, when the key or the cost that it was kept with is of yesterday."""

from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from selfcare_app.access.tables import Credential
from selfcare_app.kit.actor import Visitor


def keep(session: Session, actor: Visitor, *, line_id: UUID, kept: str, anew: str) -> bool:
    """Puts `anew` in the place of `kept`; False where another password has been chosen meanwhile."""
    same = (col(Credential.line_id) == line_id, col(Credential.password_hash) == kept)
    done = session.connection().execute(update(Credential).where(*same).values(password_hash=anew))
    return bool(done.rowcount)
