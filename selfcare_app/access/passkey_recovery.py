"""A forgotten password of a line that has a passkey: the passkey as well, or a day of waiting (ASVS 6.4.3).

Code or letter alone would pass by the factor that the owner has chosen. Everybody's first steps are the same, so that
nobody learns which number has a passkey before its code was right.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from selfcare_app.access import admission, alarm, event, passkey, sim_window
from selfcare_app.access import passkey_ceremony as ceremony
from selfcare_app.access.guard_tables import RecoveryWait
from selfcare_app.access.passkey_ceremony import Asked, Site
from selfcare_app.access.security_tables import Passkey
from selfcare_app.access.views import Step
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Visitor
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line

WAIT = timedelta(hours=24)
GOOD_FOR = timedelta(hours=72)
"""How long after the wait the password may be replaced without the passkey."""

_PURPOSE = "recover"


def is_due(session: Session, *, line_id: UUID, now: datetime) -> bool:
    """Whether the line has a passkey that is still to be shown."""
    has = session.exec(select(Passkey.id).where(Passkey.line_id == line_id)).first() is not None
    waited = select(RecoveryWait.id).where(*_live(line_id, now), col(RecoveryWait.ready_at) <= now)
    return has and session.exec(waited).first() is None


def ready_at(session: Session, *, line_id: UUID, now: datetime) -> datetime | None:
    """When the wait that was begun is over; None where none was."""
    query = select(RecoveryWait.ready_at).where(*_live(line_id, now))
    return session.exec(query.order_by(col(RecoveryWait.ready_at))).first()


def begun(session: Session, actor: Visitor, *, admission_token: str, now: datetime) -> datetime | None:
    """The same for somebody whose code was right. Raises admission.Over."""
    _, line = admission.guarded(session, admission_token=admission_token, now=now)
    return ready_at(session, line_id=line.id, now=now)


def wait(session: Session, actor: Visitor, *, admission_token: str, now: datetime) -> datetime:
    """Begins to wait, and tells every address of the owner with a way to stop it; asking again begins nothing.

    Gives when the steps can be gone through again to the end. Raises admission.Over.
    """
    _, line = admission.guarded(session, admission_token=admission_token, now=now)
    # Two at once are one after the other, and the second finds the wait of the first.
    session.get_one(Line, line.id, with_for_update=True, populate_existing=True)
    begun = ready_at(session, line_id=line.id, now=now)
    if begun is not None:
        return begun
    until = now + WAIT
    session.add(RecoveryWait(id=new_id(), line_id=line.id, created_at=now, ready_at=until, expires_at=until + GOOD_FOR))
    event.record(session, "recover", "waits", line_id=line.id, address=actor.address, now=now)
    record(session, actor, line_id=line.id, action="recovery_waits", now=now)
    alarm.tell(session, line_id=line.id, kind="recovery_waits", until=until, now=now)
    return until


def ask(session: Session, actor: Visitor, *, site: Site, admission_token: str, now: datetime) -> Asked:
    """Asks for a passkey of the line whose code was right. Raises admission.Over."""
    row, line = admission.guarded(session, admission_token=admission_token, now=now)
    asked = ceremony.challenge(session, holder=str(row.id), purpose=_PURPOSE, now=now)
    return ceremony.ask_use(asked, site=site, known=passkey.ids(session, line_id=line.id))


def use_up(session: Session, actor: Visitor, *, ticket: UUID, admission_token: str, now: datetime) -> bytes:
    """Takes the ticket's challenge out of use and gives it. Commit before `prove`. Raises passkey.NotAccepted, Over."""
    row, _ = admission.guarded(session, admission_token=admission_token, now=now)
    return ceremony.used_up(session, ticket=ticket, holder=str(row.id), purpose=_PURPOSE, now=now).challenge


def prove(
    session: Session,
    actor: Visitor,
    *,
    site: Site,
    challenge: bytes,
    signed: Mapping[str, Any],
    admission_token: str,
    now: datetime,
) -> Step:
    """Moves the way in on to the new password. Raises admission.Over, passkey.NotAccepted."""
    row, line = admission.guarded(session, admission_token=admission_token, now=now)
    key = passkey.named(session, signed=signed)
    if key.line_id != line.id or sim_window.is_newer(line, key.created_at):
        raise passkey.NotAccepted()
    ceremony.verify(key, site=site, challenge=challenge, signed=signed, now=now)
    event.record(session, "passkey", "recovers", line_id=line.id, address=actor.address, now=now)
    return replace(admission.move_on(session, row, now=now), msisdn=row.msisdn)


def spend(session: Session, *, line_id: UUID, now: datetime) -> None:
    """A wait is good for one new password, or was stopped: there is none any more."""
    session.execute(update(RecoveryWait).where(*_live(line_id, now)).values(ended_at=now))


def _live(line_id: UUID, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(RecoveryWait.line_id) == line_id,
        col(RecoveryWait.ended_at).is_(None),
        col(RecoveryWait.expires_at) > now,
    )
