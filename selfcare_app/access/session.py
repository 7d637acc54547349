"""Sessions of signed-in browsers: begun, resumed, kept alive, ended; all by the server's clock."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, case, literal, update
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import event, grants, rules, token
from selfcare_app.access.tables import Credential, OneTimeCode, ProofGiven, WebSession
from selfcare_app.access.views import AccessDates, Entered, Signed
from selfcare_app.db import Moment
from selfcare_app.kit.actor import Actor, Proof, SignInNeeded, Subscriber, System, Visitor
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line

SWEEP = 500
RENEWING = timedelta(seconds=5)
"""How long a post that still has the value before the last one is asked to come again."""

on_end: list[Callable[[Session, tuple[UUID, ...], datetime], None]] = []
"""What belongs to a session and ends with it (drafts, holds): called in the transaction that ends the sessions."""

_ENTERED = (col(WebSession.id), col(WebSession.line_id), col(WebSession.idle_until), col(WebSession.absolute_until))
_OF_ONE = {"id", "token_digest", "previous_digest", "renewed_at", "grant_id", "subject_id"}
_COLUMNS = (
    WebSession.id,
    WebSession.line_id,
    # The witness below leaves these two out.
    WebSession.idle_until,
    WebSession.absolute_until,
    WebSession.address,
    WebSession.language,
    WebSession.grant_id,
    WebSession.subject_id,
    Credential.set_at,
    Credential.temporary_until,
    Line.language,
    ProofGiven.purpose,
    ProofGiven.method,
    ProofGiven.made_at,
    ProofGiven.expires_at,
    ProofGiven.params_digest,
)

WITNESS = (
    select(  # type: ignore[call-overload]
        *_COLUMNS[:2],
        *_COLUMNS[4:],
        WebSession.ended_at,
        Line.state,
        Line.access,
    )
    .join(Line, col(Line.id) == WebSession.line_id)
    .outerjoin(Credential, col(Credential.line_id) == WebSession.line_id)
    .outerjoin(ProofGiven, col(ProofGiven.session_id) == WebSession.id)
    .where(col(WebSession.id) == bindparam("session_id"))
    .order_by(col(ProofGiven.id))
)
"""All that `of_id` depends on but time and the rights of delegates: the same rows, the same answer."""


def start(
    session: Session, *, line_id: UUID, method: str, address: str, agent: str, language: str, now: datetime
) -> Entered:
    """Begins a session. Beyond the profile's number of sessions at once, the oldest ends (ASVS 7.1.2)."""
    limits = operators.of(session).session
    live = session.exec(
        select(WebSession.id)
        .where(WebSession.line_id == line_id, *_live(now))
        .order_by(col(WebSession.created_at), col(WebSession.id))
    ).all()
    _end(session, live[: max(0, len(live) - limits.max_concurrent + 1)], "too_many", now)
    value = token.make()
    row = WebSession(
        id=new_id(),
        token_digest=token.digest(value),
        line_id=line_id,
        method=method,
        created_at=now,
        seen_at=now,
        idle_until=now + timedelta(seconds=limits.idle_seconds),
        absolute_until=now + timedelta(seconds=limits.absolute_seconds),
        address=address,
        agent=agent[:200],
        language=language,
    )
    session.add(row)
    session.flush()
    event.record(
        session, "session", "begun", line_id=line_id, session_id=row.id, address=address, now=now, method=method
    )
    return Entered(row.id, line_id, value, row.idle_until, row.absolute_until)


def resume(session: Session, actor: Visitor, *, token: str, now: datetime) -> Signed | None:
    """The live session that a cookie's value opens, in one indexed query; None where there is none."""
    if not token:
        return None
    return _signed(session, col(WebSession.token_digest) == _digest(token), now)


def of_id(session: Session, actor: System, *, session_id: UUID, now: datetime) -> Signed | None:
    """The session if it is still alive, in one indexed query: asked on every event, to see an ending at once."""
    return _signed(session, col(WebSession.id) == session_id, now)


def touch(session: Session, actor: Actor, *, session_id: UUID, now: datetime) -> datetime:
    """Counts a thing that the person did: the new end of idleness (ISSA-023). Raises SignInNeeded."""
    idle_until = now + timedelta(seconds=operators.of(session).session.idle_seconds)
    capped = case(
        (col(WebSession.absolute_until) < idle_until, col(WebSession.absolute_until)),
        else_=literal(idle_until, Moment()),
    )
    touched: datetime | None = session.execute(
        update(WebSession)
        .where(col(WebSession.id) == session_id, *_live(now))
        .values(seen_at=now, idle_until=capped)
        .returning(col(WebSession.idle_until))
    ).scalar_one_or_none()
    if touched is None:
        raise SignInNeeded()
    return touched


def renew(session: Session, actor: Visitor, *, token: str, now: datetime) -> Entered | None:
    """The session of a cookie's value goes on under a new one; the old opens nothing from here on (ASVS 7.2.4).

    None where the session is over or another post of it renewed the value first.
    """
    value, old = _new_value(), _digest(token)
    renewed = session.execute(
        update(WebSession)
        .where(col(WebSession.token_digest) == old, *_live(now))
        .values(token_digest=_digest(value), previous_digest=old, renewed_at=now)
        .returning(*_ENTERED)
    ).one_or_none()
    if renewed is None:
        return None
    session_id, line_id, idle_until, absolute_until = renewed
    return Entered(session_id, line_id, value, idle_until, absolute_until)


def was_renewed(session: Session, actor: Visitor, *, token: str, now: datetime) -> bool:
    """Whether the value was a living session's a moment ago: what was sent with it was on its way meanwhile."""
    query = select(WebSession.id).where(
        WebSession.previous_digest == _digest(token), col(WebSession.renewed_at) > now - RENEWING, *_live(now)
    )
    return session.exec(query).one_or_none() is not None


def end(session: Session, actor: Actor, *, session_id: UUID, reason: str, now: datetime) -> None:
    """Ends a session and annuls what belongs to it; a session that has ended stays as it is (ISSA-024, ISSA-036)."""
    _end(session, [session_id], reason, now)


def end_others(session: Session, *, line_id: UUID, keep: UUID | None, reason: str, now: datetime) -> tuple[UUID, ...]:
    """Ends every session of a line but `keep`: what was done with the old credential is over. Gives their ids."""
    query = select(WebSession.id).where(WebSession.line_id == line_id, col(WebSession.ended_at).is_(None))
    return _end(session, [each for each in session.exec(query).all() if each != keep], reason, now)


def end_idle(session: Session, actor: System, *, now: datetime) -> tuple[UUID, ...]:
    """Ends sessions whose idleness or whole time is over, up to SWEEP of them; gives their ids (ISSA-023, ISSA-024)."""
    query = select(WebSession.id, WebSession.absolute_until).where(
        col(WebSession.ended_at).is_(None), col(WebSession.idle_until) <= now
    )
    due = session.exec(query.order_by(col(WebSession.idle_until)).limit(SWEEP)).all()
    idle = _end(session, [each for each, absolute_until in due if absolute_until > now], "idle", now)
    return idle + _end(session, [each for each, absolute_until in due if absolute_until <= now], "absolute", now)


def rotate(
    session: Session,
    *,
    session_id: UUID,
    grant_id: UUID | None,
    subject_id: UUID | None,
    until: datetime | None = None,
    now: datetime,
) -> Entered:
    """Goes on in a new session for another line: what the old one had begun and proven is over (ASVS 7.2.4).

    The whole time goes on being counted from the sign-in, and is over at `until` at the latest. Raises SignInNeeded.
    """
    limits = operators.of(session).session
    query = select(WebSession).where(WebSession.id == session_id, *_live(now)).with_for_update()
    old = session.exec(query).one_or_none()
    if old is None:
        raise SignInNeeded()
    absolute = old.created_at + timedelta(seconds=limits.absolute_seconds)
    absolute = min(absolute, until) if until else absolute
    value = token.make()
    row = WebSession(
        **old.model_dump(exclude=_OF_ONE) | {"seen_at": now, "absolute_until": absolute},
        id=new_id(),
        token_digest=token.digest(value),
        grant_id=grant_id,
        subject_id=subject_id,
    )
    row.idle_until = min(now + timedelta(seconds=limits.idle_seconds), absolute)
    session.add(row)
    session.flush()
    _end(session, [session_id], "switched", now)
    return Entered(row.id, row.line_id, value, row.idle_until, row.absolute_until)


def end_of_grant(session: Session, *, grant_id: UUID, now: datetime) -> tuple[UUID, ...]:
    """Ends every session that works on another's line by a right that was taken. Gives their ids (ASVS 8.3.2)."""
    query = select(WebSession.id).where(WebSession.grant_id == grant_id, col(WebSession.ended_at).is_(None))
    return _end(session, session.exec(query).all(), "right_taken", now)


def ended_by(session: Session, actor: System, *, session_id: UUID) -> str:
    """Why a session ended; empty where it lives or was never there."""
    return session.exec(select(WebSession.end_reason).where(WebSession.id == session_id)).one_or_none() or ""


def dates(session: Session, actor: Subscriber) -> AccessDates:
    """When the subscriber registered and when the cabinet was used before this session (ISSA-050)."""
    registered = session.exec(select(Credential.registered_at).where(Credential.line_id == actor.line_id)).one_or_none()
    before = (
        select(WebSession.seen_at)
        .where(WebSession.line_id == actor.line_id, WebSession.id != actor.session_id)
        .order_by(col(WebSession.seen_at).desc())
    )
    return AccessDates(registered, session.exec(before.limit(1)).one_or_none())


def _signed(session: Session, which: ColumnElement[bool], now: datetime) -> Signed | None:
    query = (
        select(*_COLUMNS)  # type: ignore[call-overload]
        .join(Line, col(Line.id) == WebSession.line_id)
        .outerjoin(Credential, col(Credential.line_id) == WebSession.line_id)
        .outerjoin(ProofGiven, and_(col(ProofGiven.session_id) == WebSession.id, col(ProofGiven.expires_at) > now))
        .where(which, *_live(now), Line.state != "closed", Line.access == "open")
    )
    rows: Sequence[Any] = session.execute(query).all()
    if not rows:
        return None
    session_id, line_id, idle_until, absolute_until, address, chosen, grant_id, subject_id = rows[0][:8]
    set_at, temporary_until, lines = rows[0][8:11]
    language = chosen or lines
    proofs = tuple(Proof(*row[11:]) for row in rows if row[11] is not None)
    max_age = operators.of(session).password.max_age_days
    is_due = bool(temporary_until) or rules.is_old(set_at, max_age, now)
    actor = Subscriber(line_id, session_id, proofs, address, language, must_change_password=is_due)
    if subject_id is not None:
        acting = grants.acting_of(session, delegate_id=line_id, subject_id=subject_id, grant_id=grant_id, now=now)
        if acting is None:
            return None
        actor = replace(actor, line_id=subject_id, acting=acting)
    return Signed(session_id, line_id, actor, idle_until, absolute_until, language)


def _live(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return col(WebSession.ended_at).is_(None), col(WebSession.idle_until) > now


def _end(session: Session, session_ids: Sequence[UUID], reason: str, now: datetime) -> tuple[UUID, ...]:
    if not session_ids:
        return ()
    ended = session.execute(
        update(WebSession)
        .where(col(WebSession.id).in_(session_ids), col(WebSession.ended_at).is_(None))
        .values(ended_at=now, end_reason=reason)
        .returning(col(WebSession.id), col(WebSession.line_id))
    ).all()
    ids = tuple(row[0] for row in ended)
    if not ids:
        return ()
    session.execute(
        update(OneTimeCode)
        .where(col(OneTimeCode.holder_id).in_(ids), col(OneTimeCode.used_at).is_(None))
        .values(replaced_at=now)
    )
    for call in on_end:
        call(session, ids, now)
    for session_id, line_id in ended:
        event.record(session, "session", "ended", line_id=line_id, session_id=session_id, now=now, reason=reason)
    return ids


def _new_value() -> str:
    return token.make()


def _digest(value: str) -> str:
    return token.digest(value)
