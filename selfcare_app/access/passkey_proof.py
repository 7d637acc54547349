"""A passkey as fresh proof of one act instead of a code by SMS: bound to the session, the purpose, the parameters."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from selfcare_app.access import code, passkey, sim_window
from selfcare_app.access import passkey_ceremony as ceremony
from selfcare_app.access.passkey_ceremony import Asked, Site
from selfcare_app.access.security_tables import Passkey
from selfcare_app.kit.actor import Proof, Subscriber
from selfcare_app.operators.schema.vocabulary import LineKind, Method
from selfcare_app.subscribers.tables import Line


def offered(session: Session, actor: Subscriber, *, purpose: str) -> bool:
    """Whether the operator takes a passkey for the purpose and the line has one. Raises code.NoSuchPurpose."""
    if actor.acting:
        return False
    line = session.get_one(Line, actor.line_id)
    takes = Method.PASSKEY in code.rule_of(session, purpose=purpose).methods_for(LineKind(line.kind))
    return takes and session.exec(select(Passkey.id).where(Passkey.line_id == actor.line_id)).first() is not None


def ask(session: Session, actor: Subscriber, *, site: Site, purpose: str, digest: str = "", now: datetime) -> Asked:
    """Asks for one of the line's own passkeys. Raises kit.OwnOnly, code.NoSuchPurpose, passkey.NoSuchPasskey."""
    actor.require_own()
    if not offered(session, actor, purpose=purpose):
        raise passkey.NoSuchPasskey()
    row = ceremony.challenge(session, holder=str(actor.session_id), purpose=_bound(purpose, digest), now=now)
    return ceremony.ask_use(row, site=site, known=passkey.ids(session, line_id=actor.line_id))


def use_up(
    session: Session, actor: Subscriber, *, ticket: UUID, purpose: str, digest: str = "", now: datetime
) -> bytes:
    """Takes the ticket's challenge out of use and gives it. Commit before `prove`. Raises passkey.NotAccepted."""
    actor.require_own()
    bound = {"holder": str(actor.session_id), "purpose": _bound(purpose, digest)}
    return ceremony.used_up(session, ticket=ticket, **bound, now=now).challenge


def prove(
    session: Session,
    actor: Subscriber,
    *,
    site: Site,
    challenge: bytes,
    signed: Mapping[str, Any],
    purpose: str,
    digest: str = "",
    now: datetime,
) -> Proof:
    """Keeps the proof for as long as the profile says. Raises kit.OwnOnly, passkey.NotAccepted, NoSuchPasskey."""
    if not offered(session, actor, purpose=purpose):
        raise passkey.NoSuchPasskey()
    row = passkey.named(session, signed=signed)
    if row.line_id != actor.line_id:
        raise passkey.NotAccepted()
    _check(session, actor, row, purpose, now)
    ceremony.verify(row, site=site, challenge=challenge, signed=signed, now=now)
    return code.give(session, actor, purpose=purpose, method=Method.PASSKEY, digest=digest, now=now)


def _check(session: Session, actor: Subscriber, row: Passkey, purpose: str, now: datetime) -> None:
    """A passkey that came after the SIM was replaced proves no more than the handset; a stopped line proves nothing."""
    fault = code.stopped(session, actor, purpose=purpose)
    if fault is None and sim_window.is_newer(session.get_one(Line, actor.line_id), row.created_at):
        fault = code.why_not(session, actor, purpose=purpose, now=now)
    if fault is not None:
        raise fault


def _bound(purpose: str, digest: str) -> str:
    return f"prove:{purpose}:{digest}"
