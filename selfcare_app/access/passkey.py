"""Passkeys: added after fresh proof, used instead of number, password and code, listed and removed.

A passkey is a key pair on the subscriber's device, opened there by finger, face or PIN: it counts as both factors, and
a page that only looks like ours gets nothing from it (ASVS 6.7.2, T4).
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select
from webauthn import generate_authentication_options, generate_registration_options, options_to_json
from webauthn import verify_authentication_response as verify_use
from webauthn import verify_registration_response as verify_new
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from selfcare_app.access import alarm, event, standing
from selfcare_app.access.entrance import enter
from selfcare_app.access.security_tables import Passkey, PasskeyChallenge
from selfcare_app.access.tables import Credential
from selfcare_app.access.views import Browser, Entered
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Subscriber, Visitor
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line

CHALLENGE_SECONDS = 300
PER_LINE = 10
NAME_CHARACTERS = 40
ADD, ENTER = "add", "enter"
_BYTES = 32


class NoSuchPasskey(NotFound):
    """The line has no such passkey."""

    code = "passkey.none"


class NotAccepted(Refused):
    """What the device signed is not what was asked of it: another page, another key, too late, or a second time."""

    code = "passkey.not_accepted"


class TooMany(Refused):
    """The line has `limit` passkeys already."""

    code = "passkey.too_many"


@dataclass(frozen=True, slots=True)
class Site:
    """Where the cabinet stands: the domain that passkeys belong to, the exact origin, and its name."""

    domain: str
    origin: str
    name: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the browser is to be asked for; `ticket` names the challenge."""

    ticket: UUID
    options: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """A passkey as its owner sees it."""

    id: UUID
    name: str
    created_at: datetime
    used_at: datetime | None


def mine(session: Session, actor: Subscriber) -> tuple[Kept, ...]:
    """The line's passkeys, the newest first. Raises kit.OwnOnly."""
    actor.require_own()
    query = select(Passkey).where(Passkey.line_id == actor.line_id).order_by(col(Passkey.created_at).desc())
    return tuple(Kept(row.id, row.name, row.created_at, row.used_at) for row in session.exec(query).all())


def ask_new(session: Session, actor: Subscriber, *, site: Site, now: datetime) -> Asked:
    """Asks for a new passkey; the caller has seen fresh proof. Raises kit.OwnOnly, TooMany."""
    actor.require_own()
    line, known = session.get_one(Line, actor.line_id), descriptors(session, line_id=actor.line_id)
    if len(known) >= PER_LINE:
        raise TooMany(limit=PER_LINE)
    row = challenge(session, holder=str(actor.session_id), purpose=ADD, now=now)
    options = generate_registration_options(
        rp_id=site.domain,
        rp_name=site.name,
        user_id=line.id.bytes,
        user_name=line.msisdn or site.name,
        challenge=row.challenge,
        timeout=CHALLENGE_SECONDS * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=known,
    )
    return Asked(row.id, json.loads(options_to_json(options)))


def add(
    session: Session, actor: Subscriber, *, site: Site, ticket: UUID, made: Mapping[str, Any], name: str, now: datetime
) -> None:
    """Keeps the passkey that was made for the ticket's challenge, and tells the owner.

    Raises kit.OwnOnly, NotAccepted, TooMany.
    """
    actor.require_own()
    # Two at once wait for one another, so that the number holds.
    session.get_one(Credential, actor.line_id, with_for_update=True)
    row = used_up(session, ticket=ticket, holder=str(actor.session_id), purpose=ADD, now=now)
    if session.exec(select(func.count()).where(Passkey.line_id == actor.line_id)).one() >= PER_LINE:
        raise TooMany(limit=PER_LINE)
    try:
        verified = verify_new(
            credential=dict(made),
            expected_challenge=row.challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as wrong:
        raise NotAccepted() from wrong
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
    row = challenge(session, holder="visitor", purpose=ENTER, now=now)
    options = generate_authentication_options(
        rp_id=site.domain,
        challenge=row.challenge,
        timeout=CHALLENGE_SECONDS * 1000,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Asked(row.id, json.loads(options_to_json(options)))


def use_up(session: Session, actor: Visitor, *, ticket: UUID, now: datetime) -> bytes:
    """Takes the ticket's challenge out of use and gives it. Commit before `come_in`. Raises NotAccepted."""
    return used_up(session, ticket=ticket, holder="visitor", purpose=ENTER, now=now).challenge


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
    verify(session, row=row, site=site, challenge=challenge, signed=signed, now=now)
    line = session.get_one(Line, row.line_id)
    if line.access != "open":
        raise standing.closed(session, line)
    event.record(session, "passkey", "used", line_id=line.id, address=actor.address, now=now)
    return enter(session, actor, line=line, method="passkey", browser=browser, remember=True, now=now)


def named(session: Session, *, signed: Mapping[str, Any]) -> Passkey:
    """The passkey that the browser names. Raises NotAccepted."""
    credential_id = _plain(str(signed.get("id", "")))
    query = (
        select(Passkey)
        .join(Line, col(Line.id) == Passkey.line_id)
        .where(Passkey.credential_id == credential_id, Line.state != "closed")
    )
    row = session.exec(query.with_for_update(of=Passkey)).one_or_none() if credential_id else None
    if row is None:
        raise NotAccepted()
    return row


def verify(
    session: Session, *, row: Passkey, site: Site, challenge: bytes, signed: Mapping[str, Any], now: datetime
) -> None:
    """Counts a use that the passkey has signed. Raises NotAccepted."""
    try:
        verified = verify_use(
            credential=dict(signed),
            expected_challenge=challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as wrong:
        raise NotAccepted() from wrong
    row.sign_count, row.used_at = verified.new_sign_count, now


def challenge(session: Session, *, holder: str, purpose: str, now: datetime) -> PasskeyChallenge:
    """A value to be signed once, for this holder and purpose."""
    row = PasskeyChallenge(
        id=new_id(),
        holder=holder,
        purpose=purpose,
        challenge=secrets.token_bytes(_BYTES),
        created_at=now,
        expires_at=now + timedelta(seconds=CHALLENGE_SECONDS),
    )
    session.add(row)
    session.flush()
    return row


def used_up(session: Session, *, ticket: UUID, holder: str, purpose: str, now: datetime) -> PasskeyChallenge:
    """The challenge, which nobody can use again. Raises NotAccepted."""
    won = session.execute(
        update(PasskeyChallenge)
        .where(
            col(PasskeyChallenge.id) == ticket,
            col(PasskeyChallenge.holder) == holder,
            col(PasskeyChallenge.purpose) == purpose,
            col(PasskeyChallenge.used_at).is_(None),
            col(PasskeyChallenge.expires_at) > now,
        )
        .values(used_at=now)
        .returning(col(PasskeyChallenge.id))
    ).one_or_none()
    if won is None:
        raise NotAccepted()
    return session.get_one(PasskeyChallenge, ticket, populate_existing=True)


def _plain(text: str) -> bytes:
    try:
        return base64url_to_bytes(text)
    except ValueError:
        return b""


def descriptors(session: Session, *, line_id: UUID) -> list[PublicKeyCredentialDescriptor]:
    """How a browser is told of the line's passkeys."""
    ids = session.exec(select(Passkey.credential_id).where(Passkey.line_id == line_id)).all()
    return [PublicKeyCredentialDescriptor(id=each) for each in ids]


def _told(session: Session, actor: Subscriber, what: str, now: datetime) -> None:
    event.record(session, "passkey", what, line_id=actor.line_id, session_id=actor.session_id, now=now)
    record(session, actor, line_id=actor.line_id, action=what, now=now)
    alarm.tell(session, line_id=actor.line_id, kind=what, now=now)
