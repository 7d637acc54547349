"""Passkeys: added after fresh proof, used instead of number, password and code, listed and removed.

A passkey is a key pair on the subscriber's device, opened there by finger, face or PIN: it counts as both factors, and
a page that only looks like ours gets nothing from it (ASVS 6.7.2, T4).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from selfcare_app.access import alarm, event, standing
from selfcare_app.access import passkey_ceremony as ceremony
from selfcare_app.access.entrance import enter
from selfcare_app.access.passkey_ceremony import (
    CHALLENGE_SECONDS,
    NAME_CHARACTERS,
    Asked,
    Kept,
    NoSuchPasskey,
    NotAccepted,
    Site,
    TooMany,
)
from selfcare_app.access.security_tables import Passkey
from selfcare_app.access.tables import Credential
from selfcare_app.access.views import Browser, Entered
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Subscriber, Visitor
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line

__all__ = ["CHALLENGE_SECONDS", "NAME_CHARACTERS", "Asked", "Kept", "NoSuchPasskey", "NotAccepted", "Site", "TooMany"]

PER_LINE = 10
ADD, ENTER = "add", "enter"
VISITOR = "visitor"


def mine(session: Session, actor: Subscriber) -> tuple[Kept, ...]:
    """The line's passkeys, the newest first. Raises kit.OwnOnly."""
    actor.require_own()
    query = select(Passkey).where(Passkey.line_id == actor.line_id).order_by(col(Passkey.created_at).desc())
    return tuple(Kept(row.id, row.name, row.created_at, row.used_at) for row in session.exec(query).all())


why_no_more_of: list[Callable[..., Fault | None]] = []
"""Who may refuse a line another passkey: called with (session, line_id=)."""


def why_no_more(session: Session, actor: Subscriber) -> Fault | None:
    """Why the line gets no passkey now; None where it does."""
    return next(filter(None, (call(session, line_id=actor.line_id) for call in why_no_more_of)), None)


def ask_new(session: Session, actor: Subscriber, *, site: Site, now: datetime) -> Asked:
    """Asks for a new passkey; the caller has seen fresh proof. Raises kit.OwnOnly, TooMany."""
    actor.require_own()
    if fault := why_no_more(session, actor):
        raise fault
    line, known = session.get_one(Line, actor.line_id), ids(session, line_id=actor.line_id)
    if len(known) >= PER_LINE:
        raise TooMany(limit=PER_LINE)
    row = ceremony.challenge(session, holder=str(actor.session_id), purpose=ADD, now=now)
    named = line.msisdn or site.name
    return ceremony.ask_making(row, site=site, user_id=line.id.bytes, user_name=named, known=known)


def add(
    session: Session, actor: Subscriber, *, site: Site, ticket: UUID, made: Mapping[str, Any], name: str, now: datetime
) -> None:
    """Keeps the passkey that was made for the ticket's challenge, and tells the owner.

    Raises kit.OwnOnly, NotAccepted, TooMany.
    """
    actor.require_own()
    if fault := why_no_more(session, actor):
        raise fault
    # Two at once wait for one another, so that the number holds.
    session.get_one(Credential, actor.line_id, with_for_update=True)
    row = ceremony.used_up(session, ticket=ticket, holder=str(actor.session_id), purpose=ADD, now=now)
    if session.exec(select(func.count()).where(Passkey.line_id == actor.line_id)).one() >= PER_LINE:
        raise TooMany(limit=PER_LINE)
    verified = ceremony.made_for(row, site=site, made=made)
    if session.exec(select(Passkey.id).where(Passkey.credential_id == verified.credential_id)).first():
        raise NotAccepted()
    session.add(
        Passkey(
            id=new_id(),
            line_id=actor.line_id,
            credential_id=verified.credential_id,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            name=name.strip()[:NAME_CHARACTERS],
            created_at=now,
        )
    )
    _told(session, actor, "passkey_added", now)


def remove(session: Session, actor: Subscriber, *, passkey_id: UUID, now: datetime) -> None:
    """The passkey opens nothing any more; the owner is told. Raises kit.OwnOnly, NoSuchPasskey."""
    actor.require_own()
    gone = delete(Passkey).where(col(Passkey.id) == passkey_id, col(Passkey.line_id) == actor.line_id)
    if session.execute(gone.returning(col(Passkey.id))).one_or_none() is None:
        raise NoSuchPasskey()
    _told(session, actor, "passkey_removed", now)


def ask_entry(session: Session, actor: Visitor, *, site: Site, now: datetime) -> Asked:
    """Asks for any passkey of ours that the visitor's device has; who it is comes with the answer."""
    return ceremony.ask_use(ceremony.challenge(session, holder=VISITOR, purpose=ENTER, now=now), site=site)


def use_up(session: Session, actor: Visitor, *, ticket: UUID, now: datetime) -> bytes:
    """Takes the ticket's challenge out of use and gives it. Commit before `come_in`. Raises NotAccepted."""
    return ceremony.used_up(session, ticket=ticket, holder=VISITOR, purpose=ENTER, now=now).challenge


def come_in(
    session: Session,
    actor: Visitor,
    *,
    site: Site,
    challenge: bytes,
    signed: Mapping[str, Any],
    browser: Browser,
    now: datetime,
) -> Entered:
    """Lets in whom the signature shows, without password and code. Raises NotAccepted, standing.AccessClosed."""
    row = named(session, signed=signed)
    ceremony.verify(row, site=site, challenge=challenge, signed=signed, now=now)
    line = session.get_one(Line, row.line_id)
    if line.access != "open":
        raise standing.closed(session, line)
    event.record(session, "passkey", "used", line_id=line.id, address=actor.address, now=now)
    return enter(session, actor, line=line, method="passkey", browser=browser, remember=True, now=now)


def named(session: Session, *, signed: Mapping[str, Any]) -> Passkey:
    """The passkey that the browser names. Raises NotAccepted."""
    credential_id = ceremony.credential_id(signed)
    query = (
        select(Passkey)
        .join(Line, col(Line.id) == Passkey.line_id)
        .where(Passkey.credential_id == credential_id, Line.state != "closed")
    )
    row = session.exec(query.with_for_update(of=Passkey)).one_or_none() if credential_id else None
    if row is None:
        raise NotAccepted()
    return row


def ids(session: Session, *, line_id: UUID) -> list[bytes]:
    """What the line's passkeys are named to a browser by."""
    return list(session.exec(select(Passkey.credential_id).where(Passkey.line_id == line_id)).all())


def _told(session: Session, actor: Subscriber, what: str, now: datetime) -> None:
    event.record(session, "passkey", what, line_id=actor.line_id, session_id=actor.session_id, now=now)
    record(session, actor, line_id=actor.line_id, action=what, now=now)
    alarm.tell(session, line_id=actor.line_id, kind=what, now=now)
