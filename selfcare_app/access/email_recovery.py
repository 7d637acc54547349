"""A forgotten password replaced through the mailbox: a link that is good once and for a while (AS-020).

For a number that nobody is written to the same rows are made and the same answer given, so that nothing is told.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import (
    admission,
    alarm,
    device,
    enumeration,
    event,
    passkey_recovery,
    quota,
    recovery_email,
    standing,
    token,
)
from selfcare_app.access import session as web_session
from selfcare_app.access.password import Owner
from selfcare_app.access.tables import Credential, RecoveryLink
from selfcare_app.access.views import Step
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Visitor
from selfcare_app.kit.errors import Denied, NotFound, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.messaging import outbox
from selfcare_app.operators.schema.vocabulary import Method
from selfcare_app.subscribers.tables import Line

LETTERS_PER_DAY = 5
_HOUR, _DAY = 3600, 86_400
_NOBODY = "nobody"


class NotByEmail(NotFound):
    """The operator replaces passwords by other ways."""

    code = "runa.not_by_email"


class LettersOver(Refused):
    """As many letters as may be were asked for; the next at `until`."""

    code = "runa.letters_over"


class LinkOver(Denied):
    """The link was used, a newer one was sent, or its time is over."""

    code = "runa.link_over"


def begin(session: Session, actor: Visitor, *, number: str, page: str, now: datetime) -> None:
    """Has a letter sent with a link to `page`, if the number has a password and a mailbox.

    Raises NotANumber, NotByEmail, LettersOver.
    """
    profile = operators.of(session)
    seconds = profile.recovery.email_valid_seconds
    if Method.EMAIL not in profile.recovery.methods or seconds is None:
        raise NotByEmail()
    found = standing.find(session, number)
    _take_quotas(session, actor, found.msisdn, now)
    line = found.line if found.credential is not None else None
    mailbox = recovery_email.of_line(session, line) if line is not None else ""
    line_id = line.id if line is not None and mailbox else None
    value = token.make()
    session.execute(
        update(RecoveryLink).where(col(RecoveryLink.line_id) == (line_id or new_id()), *_live(now)).values(used_at=now)
    )
    session.add(
        RecoveryLink(
            id=new_id(),
            token_digest=token.digest(value),
            line_id=line_id,
            created_at=now,
            expires_at=now + timedelta(seconds=seconds),
        )
    )
    outbox.enqueue(
        session,
        recipient=mailbox or _NOBODY,
        language=(line.language if line else "") or actor.language or profile.default_language,
        key="mail.recover",
        # What stands after the sign is never sent to a server: no log and no preview of the letter uses the link up.
        args={"link": f"{page}#{value}", "service": profile.short_name, "minutes": seconds // 60},
        dedup_key=f"recover:{new_id()}",
        kind="email",
        valid_seconds=seconds if line_id else 0,
        now=now,
    )
    event.record(session, "recover", "letter", line_id=line_id, address=actor.address, now=now)


def owner(session: Session, actor: Visitor, *, value: str, now: datetime) -> Owner:
    """Whose password is being chosen, for its rules; the link stays good. Raises LinkOver."""
    line = session.get_one(Line, _line_of(session, value, now))
    return Owner(line.msisdn or "", standing.words_about(session, line))


def finish(session: Session, actor: Visitor, *, value: str, password_hash: str, now: datetime) -> None:
    """Sets the new password, uses the link up, ends every session, forgets every device, tells the owner.

    Nobody is let in by it: the sign-in that follows asks the handset for a code. Raises LinkOver.
    """
    line_id = _used_up(session, value, now)
    if passkey_recovery.is_due(session, line_id=line_id, now=now):
        raise LinkOver()
    passkey_recovery.spend(session, line_id=line_id, now=now)
    credential = session.get_one(Credential, line_id, with_for_update=True, populate_existing=True)
    credential.choose(password_hash, by="email", now=now)
    web_session.end_others(session, line_id=line_id, keep=None, reason="password", now=now)
    device.forget_all(session, line_id=line_id)
    event.record(session, "recover", "done", line_id=line_id, address=actor.address, method="email", now=now)
    record(session, actor, line_id=line_id, action="password_recovered", now=now)
    alarm.tell(session, line_id=line_id, kind="password_changed", now=now)


def guard(session: Session, actor: Visitor, *, value: str, now: datetime) -> Step | None:
    """Where the link's line has a passkey: uses the link up and leads to where that is asked for; else None.

    Raises LinkOver.
    """
    if not passkey_recovery.is_due(session, line_id=_line_of(session, value, now), now=now):
        return None
    line = session.get_one(Line, _used_up(session, value, now))
    event.record(session, "recover", "guarded", line_id=line.id, address=actor.address, method="email", now=now)
    return admission.begin_guarded(session, actor, line=line, method=Method.EMAIL, now=now)


def _line_of(session: Session, value: str, now: datetime) -> UUID:
    query = select(RecoveryLink.line_id).where(RecoveryLink.token_digest == token.digest(value), *_live(now))
    line_id = session.exec(query).one_or_none()
    if line_id is None:
        raise LinkOver()
    return line_id


def _used_up(session: Session, value: str, now: datetime) -> UUID:
    line_id: UUID | None = session.execute(
        update(RecoveryLink)
        .where(col(RecoveryLink.token_digest) == token.digest(value), *_live(now))
        .values(used_at=now)
        .returning(col(RecoveryLink.line_id))
    ).scalar_one_or_none()
    if line_id is None:
        raise LinkOver()
    return line_id


def _take_quotas(session: Session, actor: Visitor, msisdn: str, now: datetime) -> None:
    """Counts the letter for the number and the number for its asker, whether or not it is anybody's."""
    limit = operators.of(session).code.numbers_per_hour_per_address
    here = enumeration.network_of(session, actor.address)
    counted = quota.take_distinct(
        session, scope="letter.network", group=here, member=msisdn, limit=limit, seconds=_HOUR, now=now
    )
    if not counted:
        raise LettersOver(until=quota.resets_at(session, scope="letter.network", subject=here, now=now))
    if quota.take(session, scope="letter", subject=msisdn, limit=LETTERS_PER_DAY, seconds=_DAY, now=now) is None:
        raise LettersOver(until=quota.resets_at(session, scope="letter", subject=msisdn, now=now))


def _live(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return col(RecoveryLink.used_at).is_(None), col(RecoveryLink.expires_at) > now
