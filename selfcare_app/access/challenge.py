"""Challenge mode: while the doors are being tried by many, strangers show that they are persons (T2, T14).

A job counts what the doors have written down anyway; a door reads the few rows of the mode every few seconds.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, and_, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, select

from selfcare_app import operators
from selfcare_app.access import device, rules, standing
from selfcare_app.access.challenge_tables import Breaker, HourOfCodes
from selfcare_app.access.tables import AccessEvent, OneTimeCode
from selfcare_app.kit.actor import System, Visitor
from selfcare_app.kit.errors import Refused

SIGN_INS, GUESSES, SENDS = "sign_ins", "guesses", "sends"
_READ_EVERY = timedelta(seconds=5)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


class CheckNeeded(Refused):
    """Many are trying the doors now: whoever is not known here answers the picture first."""

    code = "access.check_needed"


@dataclass(frozen=True, slots=True)
class Change:
    """A breaker that has opened or closed just now."""

    name: str
    is_open: bool


_seen: WeakKeyDictionary[Any, tuple[datetime, datetime | None]] = WeakKeyDictionary()
"""By database: when the mode was read last, and until when it lasts."""


def is_on(session: Session, *, now: datetime) -> bool:
    """Whether the mode is on; a change is noticed within `_READ_EVERY`, so that it costs no query a request."""
    bind = session.get_bind()
    if not _is_fresh(bind, now):
        _seen[bind] = (now, session.exec(select(func.max(Breaker.open_until))).one())
    until = _seen[bind][1]
    return until is not None and until > now


def mode(session: Session, actor: Visitor, *, now: datetime) -> bool:
    """The same as a use case."""
    return is_on(session, now=now)


def may_be_on(bind: Any, now: datetime) -> bool:
    """Whether it is worth asking: not where it was off a moment ago."""
    return not _is_fresh(bind, now) or _seen[bind][1] is not None


def _is_fresh(bind: Any, now: datetime) -> bool:
    read_at, _ = _seen.get(bind, (None, None))
    return read_at is not None and read_at <= now < read_at + _READ_EVERY


def is_asked(session: Session, actor: Visitor, *, number: str, audience: str = "", now: datetime) -> bool:
    """Whether this visitor has to answer the picture: a browser that the number's line knows never has.

    Raises NotANumber.
    """
    if not is_on(session, now=now):
        return False
    found = standing.find(session, number, audience)
    if found.line is None:
        return True
    return not device.is_known_to(session, actor, line_id=found.line.id, now=now)


def tries(session: Session, *, stranger: bool, usual: int, now: datetime) -> int:
    """How many tries a code has."""
    return min(usual, rules.CHALLENGED_TRIES) if stranger and is_on(session, now=now) else usual


def open_breakers(session: Session, actor: System, *, now: datetime) -> tuple[str, ...]:
    """Which are open, for whoever watches over the program."""
    query = select(Breaker.name).where(col(Breaker.open_until) > now).order_by(Breaker.name)
    return tuple(session.exec(query).all())


def watch(session: Session, actor: System, *, now: datetime) -> tuple[Change, ...]:
    """Measures, opens what has to be opened, and lets the rest close by itself; gives what has changed."""
    limits = operators.of(session).sign_in.breakers
    found = {
        SIGN_INS: _failing(session, now) > limits.failed_sign_ins_percent / 100,
        GUESSES: _failed_out(session, now) > limits.failed_codes_per_thousand,
        SENDS: _is_flooding(session, limits.codes_times_median, now),
    }
    changes = []
    for name, is_over in found.items():
        row = session.get(Breaker, name, with_for_update=True)
        if row is None:
            _make(session, Breaker, name=name, open_until=now, told_open=False)
            row = session.get_one(Breaker, name, with_for_update=True)
        if is_over:
            row.open_until = now + timedelta(seconds=limits.open_seconds)
        is_open = row.open_until > now
        if is_open != row.told_open:
            row.told_open = is_open
            changes.append(Change(name, is_open))
    return tuple(changes)


def _failing(session: Session, now: datetime) -> float:
    """What part of the sign-ins of five minutes has failed; none while there are few."""
    wrong = _count(session, "sign_in", "wrong", now - rules.SIGN_INS_WATCHED, now)
    right = _count(session, "session", "begun", now - rules.SIGN_INS_WATCHED, now)
    total = wrong + right
    return wrong / total if total >= rules.SIGN_INS_AT_LEAST else 0.0


def _failed_out(session: Session, now: datetime) -> int:
    """How many of the last thousand codes, none older than an hour, had all their tries spent on wrong digits."""
    last = (
        select(OneTimeCode.tries, OneTimeCode.used_at, OneTimeCode.created_at)
        .order_by(col(OneTimeCode.id).desc())
        .limit(rules.CODES_WATCHED)
        .subquery()
    )
    spent = and_(last.c.tries >= rules.CHALLENGED_TRIES, last.c.used_at.is_(None), last.c.created_at > now - _HOUR)
    return int(session.execute(select(func.count()).select_from(last).where(spent)).scalar_one())


def _is_flooding(session: Session, times: int, now: datetime) -> bool:
    """Whether more codes were sent in this hour than so many times the median of the hours before it."""
    this = now.replace(minute=0, second=0, microsecond=0)
    known = dict(session.exec(select(HourOfCodes.hour, HourOfCodes.sent).where(HourOfCodes.hour >= this - _DAY)).all())
    for ago in range(1, rules.HOURS_WATCHED + 1):
        hour = this - ago * _HOUR
        if hour not in known:
            known[hour] = _count(session, "code", "sent", hour, hour + _HOUR)
            _make(session, HourOfCodes, hour=hour, sent=known[hour])
    sent = _count(session, "code", "sent", now - _HOUR, now)
    usual = sorted(known[this - ago * _HOUR] for ago in range(1, rules.HOURS_WATCHED + 1))
    median = usual[len(usual) // 2]
    return sent >= rules.CODES_AN_HOUR_AT_LEAST and sent > times * median


def _make(session: Session, table: type[SQLModel], **columns: object) -> None:
    """A row that another process may be making at the same moment."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(dialect.insert(table).values(**columns).on_conflict_do_nothing())


def _count(session: Session, kind: str, outcome: str, since: datetime, until: datetime) -> int:
    during: tuple[ColumnElement[bool], ...] = (col(AccessEvent.at) > since, col(AccessEvent.at) <= until)
    query = select(func.count()).where(*during, AccessEvent.kind == kind, AccessEvent.outcome == outcome)
    return session.exec(query).one()
