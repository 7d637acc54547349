"""Gives demo lines the passwords that the demo's export brings: only to lines that have none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app.access.tables import Credential
from selfcare_app.kit.actor import System
from selfcare_app.kit.bulk import chunks
from selfcare_app.subscribers.tables import Line

_SET_BY = "import"


@dataclass(frozen=True, slots=True)
class Unregistered:
    """A line without a password, by its external id."""

    external_id: str
    line_id: UUID
    msisdn: str


def unregistered(session: Session, actor: System, *, external_ids: Sequence[str]) -> tuple[Unregistered, ...]:
    """Those of the lines that have a number and no password."""
    found: list[Unregistered] = []
    for some in chunks(external_ids):
        query = (
            select(Line.external_id, Line.id, Line.msisdn)
            .join(Credential, col(Credential.line_id) == Line.id, isouter=True)
            .where(col(Line.external_id).in_(some), col(Line.msisdn).is_not(None), col(Credential.line_id).is_(None))
        )
        found += [
            Unregistered(external_id, line_id, msisdn or "") for external_id, line_id, msisdn in session.exec(query)
        ]
    return tuple(found)


def register(session: Session, actor: System, *, hashes: dict[UUID, str], now: datetime) -> None:
    """Registers lines with `access.password.hashed` passwords; one that has a password by now keeps it."""
    known = set(session.exec(select(Credential.line_id).where(col(Credential.line_id).in_(hashes))).all())
    for line_id, password_hash in hashes.items():
        if line_id not in known:
            session.add(
                Credential(line_id=line_id, password_hash=password_hash, set_by=_SET_BY, set_at=now, registered_at=now)
            )
