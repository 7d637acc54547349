"""What any holder's passkey is made and used with: challenges that are signed once, and the checks of what was signed.

The device has verified its user each time, so that a passkey counts as both factors (ASVS 6.7.2, 6.3.3).
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col
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
from webauthn.registration.verify_registration_response import VerifiedRegistration

from selfcare_app.access.desk_tables import StaffPasskey
from selfcare_app.access.security_tables import Passkey, PasskeyChallenge
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.kit.ids import new_id

CHALLENGE_SECONDS = 300
NAME_CHARACTERS = 40
_BYTES = 32
_BAD = (WebAuthnException, ValueError, KeyError, TypeError)


class NoSuchPasskey(NotFound):
    """The holder has no such passkey."""

    code = "passkey.none"


class NotAccepted(Refused):
    """What the device signed is not what was asked of it: another page, another key, too late, or a second time."""

    code = "passkey.not_accepted"


class TooMany(Refused):
    """The holder has `limit` passkeys already."""

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


def ask_making(row: PasskeyChallenge, *, site: Site, user_id: bytes, user_name: str, known: Sequence[bytes]) -> Asked:
    """Has the device make a passkey for a user, other than those it may have."""
    options = generate_registration_options(
        rp_id=site.domain,
        rp_name=site.name,
        user_id=user_id,
        user_name=user_name,
        challenge=row.challenge,
        timeout=CHALLENGE_SECONDS * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_descriptors(known),
    )
    return Asked(row.id, json.loads(options_to_json(options)))


def ask_use(row: PasskeyChallenge, *, site: Site, known: Sequence[bytes] = ()) -> Asked:
    """Has the device sign by one of the known passkeys, or by any of ours."""
    options = generate_authentication_options(
        rp_id=site.domain,
        challenge=row.challenge,
        timeout=CHALLENGE_SECONDS * 1000,
        allow_credentials=_descriptors(known) or None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return Asked(row.id, json.loads(options_to_json(options)))


def made_for(row: PasskeyChallenge, *, site: Site, made: Mapping[str, Any]) -> VerifiedRegistration:
    """What the device made for the challenge. Raises NotAccepted."""
    try:
        return verify_new(
            credential=dict(made),
            expected_challenge=row.challenge,
            expected_rp_id=site.domain,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except _BAD as wrong:
        raise NotAccepted() from wrong


def verify(
    row: Passkey | StaffPasskey, *, site: Site, challenge: bytes, signed: Mapping[str, Any], now: datetime
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
    except _BAD as wrong:
        raise NotAccepted() from wrong
    row.sign_count, row.used_at = verified.new_sign_count, now


def credential_id(signed: Mapping[str, Any]) -> bytes:
    """The passkey that the browser names; empty for what is no name."""
    try:
        return base64url_to_bytes(str(signed.get("id", "")))
    except ValueError:
        return b""


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


def _descriptors(ids: Sequence[bytes]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=each) for each in ids]
