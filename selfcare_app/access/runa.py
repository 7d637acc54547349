"""РУНА: six digits that the subscriber chooses and activates from the own handset; good once and for a short time.

A try is counted in a transaction of its own before anything is compared, as with every other code at the door.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import event, quota, rules, runa_rules
from selfcare_app.access.tables import RunaActivation, WebSession
from selfcare_app.access.views import Attempt
from selfcare_app.db import keys_of
from selfcare_app.kit.actor import Handset
from selfcare_app.kit.errors import Fault, NotFound, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.operators.schema.access import Runa
from selfcare_app.operators.schema.vocabulary import Method
from selfcare_app.subscribers.tables import Line

_KEY = "runa"
_HOUR, _DAY = 3600, 86_400
_PER_HOUR, _PER_DAY = "runa.hour", "runa.day"


class NotOffered(NotFound):
    """The operator has no РУНА."""

    code = "runa.not_offered"


class Needed(Refused):
    """No РУНА is active: never activated, used, ended with the cabinet, or its time is over (AS-030, AS-031)."""

    code = "runa.needed"


class Wrong(Refused):
    """Another РУНА is active; `left` tries are left."""

    code = "runa.wrong"


class Spent(Refused):
    """The active РУНА was tried as often as may be; a new one has to be activated."""

    code = "runa.spent"


class Malformed(Refused):
    """A РУНА has `digits` digits; what was typed is not counted as a try."""

    code = "runa.malformed"


class Outcome(StrEnum):
    """What came of an activation; the ends of the sentences that the handset is answered with."""

    ACTIVE = "active"
    FORMAT = "format"
    GUESSABLE = "guessable"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Activation:
    """The outcome, and for a good one the code that the reply repeats: nothing else keeps it readable."""

    outcome: Outcome
    code: str = ""


def rule(session: Session) -> Runa:
    """What the operator says about РУНА. Raises NotOffered."""
    found = operators.of(session).runa
    if found is None:
        raise NotOffered()
    return found


def activate(session: Session, actor: Handset, *, typed: str, now: datetime) -> Activation:
    """Makes the code the line's only active РУНА for `runa.valid_seconds` (AS-021, AS-030). Raises NotOffered.

    Codes that are guessed first are not taken; what the quotas of an hour and a day refuse is not counted.
    """
    limits, line = rule(session), session.get_one(Line, actor.line_id, with_for_update=True)
    plain = runa_rules.plain_code(typed, limits.digits)
    if plain is None:
        return Activation(Outcome.FORMAT)
    if line.state != "active" or not _take_quotas(session, line.id, limits, now):
        return Activation(Outcome.FAILED)
    if runa_rules.is_guessed_first(plain, line.msisdn or ""):
        event.record(session, "runa", "guessable", line_id=line.id, now=now)
        return Activation(Outcome.GUESSABLE)
    session.execute(update(RunaActivation).where(*_live(line.id, now)).values(ended_at=now))
    row = RunaActivation(
        id=new_id(),
        line_id=line.id,
        mac="",
        created_at=now,
        expires_at=now + timedelta(seconds=limits.valid_seconds),
    )
    row.mac = keys_of(session).mac(_KEY, *_bound(row), plain)
    session.add(row)
    event.record(session, "runa", "activated", line_id=line.id, now=now)
    return Activation(Outcome.ACTIVE, plain)


def count(session: Session, *, line_id: UUID, now: datetime) -> Attempt:
    """Counts a try at the active РУНА. Commit before `settle`, which compares (AS-022)."""
    limits = rule(session)
    row = active(session, line_id, now)
    if row is None:
        return Attempt(Needed(), Method.RUNA)
    tries = session.execute(
        update(RunaActivation)
        .where(*_live(line_id, now), col(RunaActivation.id) == row.id)
        .where(col(RunaActivation.tries) < limits.entries_per_activation)
        .values(tries=RunaActivation.tries + 1)
        .returning(col(RunaActivation.tries))
    ).scalar_one_or_none()
    if tries is None:
        return Attempt(Spent(), Method.RUNA)
    return Attempt(None, Method.RUNA, row.id, limits.entries_per_activation - tries)


def is_right(session: Session, attempt: Attempt, typed: str) -> bool:
    """Whether a counted try is the active РУНА; it is not used up by this."""
    if attempt.target_id is None:
        return False
    row = session.get_one(RunaActivation, attempt.target_id)
    return keys_of(session).same(_KEY, row.mac, *_bound(row), typed)


def settle(session: Session, *, line_id: UUID, attempt: Attempt, typed: str, now: datetime) -> Fault | None:
    """Compares a counted try and uses the code up: the refusal, or None (AS-031)."""
    if attempt.target_id is None:
        return attempt.fault
    if not is_right(session, attempt, typed):
        event.record(session, "runa", "wrong", line_id=line_id, now=now)
        return Wrong(left=attempt.tries_left) if attempt.tries_left else Spent()
    won = session.execute(
        update(RunaActivation)
        .where(*_live(line_id, now), col(RunaActivation.id) == attempt.target_id)
        .values(used_at=now)
        .returning(col(RunaActivation.id))
    ).scalar_one_or_none()
    if won is None:
        return Needed()
    event.record(session, "runa", "used", line_id=line_id, now=now)
    return None


def active(session: Session, line_id: UUID, now: datetime) -> RunaActivation | None:
    """The line's active РУНА."""
    return session.exec(select(RunaActivation).where(*_live(line_id, now))).first()


def tries_left(session: Session, *, line_id: UUID, now: datetime) -> int:
    """How often the active РУНА may still be tried; 0 where none is active."""
    row = active(session, line_id, now)
    return max(0, rule(session).entries_per_activation - row.tries) if row else 0


def digits(typed: str, limits: Runa) -> str:
    """The digits of a typed РУНА. Raises Malformed, which costs no try."""
    plain = rules.typed_code(typed, limits.digits)
    if plain is None:
        raise Malformed(digits=limits.digits)
    return plain


def end_with(session: Session, session_ids: tuple[UUID, ...], now: datetime) -> None:
    """Whoever signs out takes the active РУНА of the line along (AS-031)."""
    limits = operators.of(session).runa
    if limits is None or not limits.ends_on_sign_out:
        return
    lines = select(WebSession.line_id).where(
        col(WebSession.id).in_(session_ids), col(WebSession.end_reason) == "sign_out"
    )
    for line_id in session.exec(lines).all():
        session.execute(update(RunaActivation).where(*_live(line_id, now)).values(ended_at=now))


def _take_quotas(session: Session, line_id: UUID, limits: Runa, now: datetime) -> bool:
    subject = str(line_id)
    if quota.used(session, scope=_PER_DAY, subject=subject, now=now) >= limits.activations_per_day:
        return False
    hourly = limits.activations_per_hour
    if quota.take(session, scope=_PER_HOUR, subject=subject, limit=hourly, seconds=_HOUR, now=now) is None:
        return False
    daily = limits.activations_per_day
    return quota.take(session, scope=_PER_DAY, subject=subject, limit=daily, seconds=_DAY, now=now) is not None


def _live(line_id: UUID, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(RunaActivation.line_id) == line_id,
        col(RunaActivation.used_at).is_(None),
        col(RunaActivation.ended_at).is_(None),
        col(RunaActivation.expires_at) > now,
    )


def _bound(row: RunaActivation) -> tuple[str, str]:
    return str(row.line_id), str(row.id)
