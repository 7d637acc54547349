"""Passkeys of employees: added and removed after fresh password and code, and used instead of both to sign in.

The device verifies its user each time (ASVS 8.4.2). A subscriber's passkey is none here, and the other way round.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import desk_session, event, staff
from selfcare_app.access import passkey_ceremony as ceremony
from selfcare_app.access.desk_tables import StaffMember, StaffPasskey
from selfcare_app.access.desk_views import Begun
from selfcare_app.access.passkey_ceremony import Asked, Kept, NoSuchPasskey, NotAccepted, Site, TooMany
from selfcare_app.kit.actor import Staff, Visitor
from selfcare_app.kit.ids import new_id

ADD, ENTER = "desk_add", "desk_enter"
_VISITOR = "desk"


def mine(session: Session, actor: Staff) -> tuple[Kept, ...]:
    """The employee's passkeys, the newest first."""
    query = select(StaffPasskey).where(StaffPasskey.staff_id == actor.staff_id)
    rows = session.exec(query.order_by(col(StaffPasskey.created_at).desc())).all()
    return tuple(Kept(row.id, row.name, row.created_at, row.used_at) for row in rows)


def ask_new(session: Session, actor: Staff, *, site: Site, now: datetime) -> Asked:
    """Asks for a new passkey; the caller has seen fresh password and code. Raises TooMany."""
    known = session.exec(select(StaffPasskey.credential_id).where(StaffPasskey.staff_id == actor.staff_id)).all()
    _require_room(session, len(known))
    row = ceremony.challenge(session, holder=str(actor.session_id), purpose=ADD, now=now)
    return ceremony.ask_making(row, site=site, user_id=actor.staff_id.bytes, user_name=actor.login, known=known)


def add(
    session: Session, actor: Staff, *, site: Site, ticket: UUID, made: Mapping[str, Any], name: str, now: datetime
) -> None:
    """Keeps the passkey that was made for the ticket's challenge. Raises NotAccepted, TooMany."""
    # Two at once wait for one another, so that the number holds.
    session.get_one(StaffMember, actor.staff_id, with_for_update=True)
    row = ceremony.used_up(session, ticket=ticket, holder=str(actor.session_id), purpose=ADD, now=now)
    _require_room(session, session.exec(select(func.count()).where(StaffPasskey.staff_id == actor.staff_id)).one())
    verified = ceremony.made_for(row, site=site, made=made)
    if session.exec(select(StaffPasskey.id).where(StaffPasskey.credential_id == verified.credential_id)).first():
        raise NotAccepted()
    session.add(
        StaffPasskey(
            id=new_id(),
            staff_id=actor.staff_id,
            credential_id=verified.credential_id,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            name=name.strip()[: ceremony.NAME_CHARACTERS],
            created_at=now,
        )
    )
    event.record(session, "desk", "passkey_added", address=actor.address, now=now, login=actor.login)


def remove(session: Session, actor: Staff, *, passkey_id: UUID, now: datetime) -> None:
    """The passkey opens nothing any more; the caller has seen fresh password and code. Raises NoSuchPasskey."""
    gone = delete(StaffPasskey).where(col(StaffPasskey.id) == passkey_id, col(StaffPasskey.staff_id) == actor.staff_id)
    if session.execute(gone.returning(col(StaffPasskey.id))).one_or_none() is None:
        raise NoSuchPasskey()
    event.record(session, "desk", "passkey_removed", address=actor.address, now=now, login=actor.login)


def ask_entry(session: Session, actor: Visitor, *, site: Site, now: datetime) -> Asked:
    """Asks for any passkey of ours that the browser's device has; who it is comes with the answer."""
    return ceremony.ask_use(ceremony.challenge(session, holder=_VISITOR, purpose=ENTER, now=now), site=site)


def use_up(session: Session, actor: Visitor, *, ticket: UUID, now: datetime) -> bytes:
    """Takes the ticket's challenge out of use and gives it. Commit before `come_in`. Raises NotAccepted."""
    return ceremony.used_up(session, ticket=ticket, holder=_VISITOR, purpose=ENTER, now=now).challenge


def come_in(
    session: Session,
    actor: Visitor,
    *,
    site: Site,
    challenge: bytes,
    signed: Mapping[str, Any],
    device_token: str = "",
    now: datetime,
) -> Begun:
    """Lets in the employee whom the signature shows. A run of wrong passwords does not stop it. Raises NotAccepted."""
    credential_id = ceremony.credential_id(signed)
    query = select(StaffPasskey).where(StaffPasskey.credential_id == credential_id)
    row = session.exec(query.with_for_update()).one_or_none() if credential_id else None
    member = staff.by_id(session, row.staff_id) if row else None
    if row is None or member is None or not member.password_hash:
        raise NotAccepted()
    ceremony.verify(row, site=site, challenge=challenge, signed=signed, now=now)
    return desk_session.begin(session, actor, row=member, method="passkey", device_token=device_token, now=now)


def _require_room(session: Session, present: int) -> None:
    limit = operators.of(session).desk.passkeys
    if present >= limit:
        raise TooMany(limit=limit)
