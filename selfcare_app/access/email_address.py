"""The address that a subscriber is written to: seen, changed and removed after fresh proof (ASVS 6.3.7, 7.5.1).

An address is taken once a code that was sent there is typed here; the one before and the handset hear of it at once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col

from selfcare_app import operators
from selfcare_app.access import alarm, code, event, one_time_code, quota, recovery_email
from selfcare_app.access.guard_tables import EmailChange
from selfcare_app.access.tables import RecoveryEmail, RecoveryLink
from selfcare_app.access.views import Attempt
from selfcare_app.db import keys_of
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import Fault, NotFound, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.messaging import outbox
from selfcare_app.operators.schema import Profile
from selfcare_app.operators.schema.vocabulary import Asked, Method
from selfcare_app.subscribers.tables import Line

PURPOSE = "contact_change"
VALID_SECONDS = 1_800
TRIES = 5
LETTERS_PER_DAY = 5
_DAY = 86_400
_KEY, _CODE_KEY = "recovery_email", "email_change"


class NotOffered(NotFound):
    """The operator keeps no such address."""

    code = "email.not_offered"


class Same(Refused):
    """It is the address that is kept already."""

    code = "email.same"


class LettersOver(Refused):
    """As many letters as may be were asked for; the next at `until`."""

    code = "email.letters_over"


class NothingWaits(Refused):
    """No address waits for its code: none was sent, the time is over, or the tries are."""

    code = "email.nothing_waits"


class Wrong(Refused):
    """Another code was sent there; `left` tries are left."""

    code = "email.wrong"


@dataclass(frozen=True, slots=True)
class Mine:
    """The address that is written to, empty where there is none; `own` unless it is the contract's.

    `waits` is the address that a code was sent to, `until` how long the code is good.
    """

    address: str
    own: bool
    waits: str = ""
    until: datetime | None = None


def is_kept(profile: Profile) -> bool:
    """Whether the operator keeps such an address."""
    return profile.registration.email != Asked.NO or Method.EMAIL in profile.recovery.methods


def mine(session: Session, actor: Subscriber, *, now: datetime) -> Mine:
    """How the address stands. Raises kit.OwnOnly, NotOffered."""
    line = _own(session, actor)
    row = session.get(EmailChange, line.id)
    waits = row if row is not None and row.expires_at > now and row.tries < TRIES else None
    own = session.get(RecoveryEmail, line.id) is not None
    address = recovery_email.of_line(session, line)
    return Mine(address, own, _unsealed(session, waits) if waits else "", waits.expires_at if waits else None)


def begin(session: Session, actor: Subscriber, *, typed: str, now: datetime) -> None:
    """Sends a code to a new address; an older one that waits is forgotten. The proof is used up.

    Raises kit.OwnOnly, NotOffered, recovery_email.NotAnAddress, Same, kit.ProofNeeded, LettersOver, and what
    code.why_not says of a handset whose SIM is new.
    """
    line = _own(session, actor)
    address = recovery_email.plain(typed)
    if address == recovery_email.of_line(session, line):
        raise Same()
    _check_proof(session, actor, now)
    _take_letter(session, line, address, now)
    code.use_up(session, actor, purpose=PURPOSE, now=now)
    secret = one_time_code.fresh(operators.of(session).code.digits)
    session.execute(delete(EmailChange).where(col(EmailChange.line_id) == line.id))
    keys = keys_of(session)
    session.add(
        EmailChange(
            line_id=line.id,
            sealed=keys.seal(_KEY, _place(line), address.encode()),
            mac=keys.mac(_CODE_KEY, str(line.id), address, secret),
            created_at=now,
            expires_at=now + timedelta(seconds=VALID_SECONDS),
        )
    )
    profile = operators.of(session)
    outbox.enqueue(
        session,
        recipient=address,
        language=actor.language or line.language or profile.default_language,
        key="email.mail.confirm",
        args={"code": secret, "service": profile.short_name, "minutes": VALID_SECONDS // 60},
        dedup_key=f"email_change:{new_id()}",
        kind="email",
        valid_seconds=VALID_SECONDS,
        now=now,
    )
    event.record(session, "email", "asked", line_id=line.id, session_id=actor.session_id, now=now)


def count(session: Session, actor: Subscriber, *, now: datetime) -> Attempt:
    """Counts a try at the code. Commit before `settle`. Raises kit.OwnOnly, NotOffered."""
    line = _own(session, actor)
    tries = session.execute(
        update(EmailChange)
        .where(col(EmailChange.line_id) == line.id, col(EmailChange.expires_at) > now, col(EmailChange.tries) < TRIES)
        .values(tries=EmailChange.tries + 1)
        .returning(col(EmailChange.tries))
    ).scalar_one_or_none()
    return Attempt(NothingWaits()) if tries is None else Attempt(method="email", tries_left=TRIES - tries)


def settle(session: Session, actor: Subscriber, *, attempt: Attempt, typed: str, now: datetime) -> Fault | None:
    """Compares a counted try and takes the address; the refusal, which is not raised: the try must stay counted."""
    if attempt.fault is not None:
        return attempt.fault
    line = _own(session, actor)
    row = session.get(EmailChange, line.id, with_for_update=True, populate_existing=True)
    if row is None:
        return NothingWaits()
    address, keys = _unsealed(session, row), keys_of(session)
    if not keys.same(_CODE_KEY, row.mac, str(line.id), address, typed):
        event.record(session, "email", "wrong", line_id=line.id, session_id=actor.session_id, now=now)
        return Wrong(left=attempt.tries_left) if attempt.tries_left else NothingWaits()
    before = recovery_email.of_line(session, line)
    session.delete(row)
    recovery_email.keep(session, line_id=line.id, address=address, now=now)
    _changed(session, actor, line, "email_changed", before, now)
    return None


def forget(session: Session, actor: Subscriber, *, now: datetime) -> None:
    """The address that waits is not to be taken after all. Raises kit.OwnOnly, NotOffered."""
    line = _own(session, actor)
    session.execute(delete(EmailChange).where(col(EmailChange.line_id) == line.id))


def remove(session: Session, actor: Subscriber, *, now: datetime) -> None:
    """The address is kept no more; the contract's, if there is one, is written to again. The proof is used up.

    Raises kit.OwnOnly, NotOffered, kit.ProofNeeded, NothingWaits where none is kept.
    """
    line = _own(session, actor)
    _check_proof(session, actor, now)
    row, before = session.get(RecoveryEmail, line.id), recovery_email.of_line(session, line)
    if row is None:
        raise NothingWaits()
    code.use_up(session, actor, purpose=PURPOSE, now=now)
    session.delete(row)
    session.flush()
    _changed(session, actor, line, "email_removed", before, now)


def _own(session: Session, actor: Subscriber) -> Line:
    actor.require_own()
    if not is_kept(operators.of(session)):
        raise NotOffered()
    return session.get_one(Line, actor.line_id)


def _check_proof(session: Session, actor: Subscriber, now: datetime) -> None:
    """Fresh proof of this purpose; where the SIM is new since it was made, only a passkey's counts (T5)."""
    actor.require_proof(PURPOSE, now)
    fault = code.stopped(session, actor, purpose=PURPOSE)
    by_passkey = any(
        proof.method == Method.PASSKEY and proof.purpose == PURPOSE and proof.expires_at > now for proof in actor.proofs
    )
    if fault is None and not by_passkey:
        fault = code.why_not(session, actor, purpose=PURPOSE, now=now)
    if fault is not None:
        raise fault


def _take_letter(session: Session, line: Line, address: str, now: datetime) -> None:
    """Counts the letter for the line and for the mailbox, which may be a stranger's."""
    mailbox = keys_of(session).mac(_CODE_KEY, address.casefold())
    for scope, subject in (("email.line", str(line.id)), ("email.mailbox", mailbox)):
        if quota.take(session, scope=scope, subject=subject, limit=LETTERS_PER_DAY, seconds=_DAY, now=now) is None:
            raise LettersOver(until=quota.resets_at(session, scope=scope, subject=subject, now=now))


def _changed(session: Session, actor: Subscriber, line: Line, what: str, before: str, now: datetime) -> None:
    """A link that is on its way to the address before opens nothing; that address, the new one and the handset hear."""
    mine = (col(RecoveryLink.line_id) == line.id, col(RecoveryLink.used_at).is_(None))
    session.execute(update(RecoveryLink).where(*mine).values(used_at=now))
    event.record(session, "email", what, line_id=line.id, session_id=actor.session_id, now=now)
    record(session, actor, line_id=line.id, action=what, now=now)
    alarm.tell(session, line_id=line.id, kind=what, mailboxes=(before,), now=now)


def _unsealed(session: Session, row: EmailChange) -> str:
    return keys_of(session).unseal(_KEY, f"email_change.sealed.{row.line_id}", row.sealed).decode()


def _place(line: Line) -> str:
    return f"email_change.sealed.{line.id}"
