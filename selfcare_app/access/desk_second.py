"""Acts that take two employees: one asks, another one with that duty confirms or declines (ASVS 2.3.5, T16).

Nobody confirms what he asked for himself, nor what is about himself; what nobody confirms in time is over.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, true, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import event, staff
from selfcare_app.access.desk_tables import StaffMember, StaffRequest
from selfcare_app.access.staff import Duty
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import Denied, NotFound, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line

LONGEST_REASON = 120
_TELLING = ("role", "refund", "correction", "dispute")
"""What tells requests of one kind apart."""

_ASKER, _ABOUT = aliased(StaffMember), aliased(StaffMember)

carried_out_by: dict[str, Callable[..., None]] = {}
"""Kind of request about a line -> what does it: called with (session, actor, line_id=, terms=, now=)."""


class NoWords(Refused):
    """Why is to be said in `most` characters or fewer."""

    code = "desk.no_words"


class AskedAlready(Refused):
    """The same already waits for a second employee."""

    code = "desk.asked_already"


class NoRequest(NotFound):
    """There is no such request that waits: it was decided, is over, or is another's."""

    code = "desk.no_request"


class OwnRequest(Denied):
    """Nobody confirms what he asked for himself, or what is about himself."""

    code = "desk.own_request"


class Unchanged(Refused):
    """The employee's access is as it is asked for already."""

    code = "desk.unchanged"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits: about a number, masked, or an employee's login."""

    id: UUID
    kind: str
    about: str
    terms: dict[str, Any]
    reason: str
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    is_own: bool


@dataclass(frozen=True, slots=True)
class Colleague:
    """Another employee, as whoever looks after employees sees him: works, disabled, locked, new."""

    login: str
    state: str
    duties: tuple[str, ...]


def ask(
    session: Session,
    actor: Staff,
    *,
    kind: str,
    line_id: UUID | None = None,
    staff_id: UUID | None = None,
    terms: dict[str, str],
    reason: str,
    now: datetime,
) -> UUID:
    """Keeps an act for a second employee. Not a use case: the caller decides who may ask. Raises AskedAlready."""
    # Two at once wait for one another, so that the same is asked for once.
    session.get_one(StaffMember, actor.staff_id, with_for_update=True)
    same = select(StaffRequest).where(
        StaffRequest.kind == kind, StaffRequest.line_id == line_id, StaffRequest.staff_id == staff_id, *_waits(now)
    )
    if any(_is_same(row.terms, terms) for row in session.exec(same).all()):
        raise AskedAlready()
    until = now + timedelta(seconds=operators.of(session).desk.request_seconds)
    row = StaffRequest(
        id=new_id(), kind=kind, line_id=line_id, staff_id=staff_id, terms=terms, reason=reason,
        asked_by=actor.staff_id, asked_at=now, expires_at=until,
    )  # fmt: skip
    session.add(row)
    event.record(session, "desk", f"asked_{kind}", line_id=line_id, now=now, login=actor.login, request=str(row.id))
    session.flush()
    return row.id


def asked_for(session: Session, *, kind: str, now: datetime) -> dict[str, str]:
    """Who asked for each thing of a kind that waits, by what the terms name under that kind. Not a use case."""
    query = (
        select(StaffRequest.terms, StaffMember.login)
        .join(StaffMember, col(StaffMember.id) == StaffRequest.asked_by)
        .where(StaffRequest.kind == kind, *_waits(now))
    )
    return {str(terms.get(kind, "")): login for terms, login in session.exec(query).all()}


def ask_access(session: Session, actor: Staff, *, login: str, is_open: bool, reason: str, now: datetime) -> UUID:
    """Asks that another employee's access be taken or given back.

    Raises staff.NotYourDuty, staff.NoEmployee, NoWords, Unchanged, AskedAlready.
    """
    staff.require(actor, Duty.EMPLOYEES)
    row, said = staff.found(session, actor, login=login), reason.strip()
    if not 0 < len(said) <= LONGEST_REASON or not said.isprintable():
        raise NoWords(most=LONGEST_REASON)
    if (row.disabled_at is None) == is_open:
        raise Unchanged()
    kind = "enable" if is_open else "disable"
    return ask(session, actor, kind=kind, staff_id=row.id, terms={}, reason=said, now=now)


def waiting(session: Session, actor: Staff, *, now: datetime) -> tuple[Waiting, ...]:
    """What waits, the oldest first: one's own, and with the duty to confirm that of others."""
    query = (
        select(StaffRequest, _ASKER.login, _ABOUT.login, Line.msisdn)
        .join(_ASKER, col(_ASKER.id) == StaffRequest.asked_by)
        .join(_ABOUT, col(_ABOUT.id) == StaffRequest.staff_id, isouter=True)
        .join(Line, col(Line.id) == StaffRequest.line_id, isouter=True)
        .where(*_waits(now), _seen_by(actor))
        .order_by(col(StaffRequest.asked_at), col(StaffRequest.id))
    )
    return tuple(
        Waiting(
            id=row.id,
            kind=row.kind,
            about=about or msisdn or "",
            terms=row.terms,
            reason=row.reason,
            asked_by=asker,
            asked_at=row.asked_at,
            expires_at=row.expires_at,
            is_own=row.asked_by == actor.staff_id,
        )
        for row, asker, about, msisdn in session.exec(query).all()
    )


def confirm(session: Session, actor: Staff, *, request_id: UUID, now: datetime) -> None:
    """Does what another employee asked for, under both names.

    Raises staff.NotYourDuty, NoRequest, OwnRequest, and what the act itself raises.
    """
    row = _decide(session, actor, request_id, "confirmed", now)
    if staff.by_id(session, row.asked_by) is None:
        # Whoever lost his access meanwhile has nothing done in his name.
        raise NoRequest()
    if row.line_id is not None:
        carried_out_by[row.kind](session, actor, line_id=row.line_id, terms=row.terms, now=now)
    else:
        _give_or_take(session, row, now)


def decline(session: Session, actor: Staff, *, request_id: UUID, now: datetime) -> None:
    """Has nothing done of what another employee asked for. Raises staff.NotYourDuty, NoRequest, OwnRequest."""
    row = _decide(session, actor, request_id, "declined", now)
    if row.line_id is not None and row.kind == "grant":
        details = {"role": str(row.terms.get("role", ""))}
        record(session, actor, line_id=row.line_id, action="delegate_declined", now=now, details=details)


def withdraw(session: Session, actor: Staff, *, request_id: UUID, now: datetime) -> None:
    """Takes back what one asked for oneself. Raises NoRequest."""
    mine = (col(StaffRequest.id) == request_id, col(StaffRequest.asked_by) == actor.staff_id)
    _close(session, actor, mine, "withdrawn", now)


def colleagues(session: Session, actor: Staff, *, now: datetime) -> tuple[Colleague, ...]:
    """The other employees, by login. Raises staff.NotYourDuty."""
    staff.require(actor, Duty.EMPLOYEES)
    attempts = operators.of(session).lockout.attempts
    query = select(StaffMember).where(StaffMember.id != actor.staff_id).order_by(col(StaffMember.login))
    return tuple(Colleague(row.login, _state(row, attempts), tuple(row.duties)) for row in session.exec(query).all())


def _is_same(asked: dict[str, Any], terms: dict[str, str]) -> bool:
    """Whether two requests of one kind about one line or employee ask for the same."""
    return all(asked.get(name) == terms.get(name) for name in _TELLING)


def _state(row: StaffMember, attempts: int) -> str:
    if row.disabled_at is not None:
        return "disabled"
    if not row.password_hash:
        return "new"
    return "locked" if row.failed >= attempts else "works"


def _decide(session: Session, actor: Staff, request_id: UUID, outcome: str, now: datetime) -> StaffRequest:
    """Closes another's request, of two who decide at once for the first. Raises NotYourDuty, NoRequest, OwnRequest."""
    staff.require(actor, Duty.CONFIRM)
    named = col(StaffRequest.id) == request_id
    row = session.exec(select(StaffRequest).where(named, _seen_by(actor))).one_or_none()
    if row is None:
        raise NoRequest()
    if actor.staff_id in (row.asked_by, row.staff_id):
        raise OwnRequest()
    return _close(session, actor, (named, col(StaffRequest.asked_by) != actor.staff_id), outcome, now)


def _close(
    session: Session, actor: Staff, which: tuple[ColumnElement[bool], ...], outcome: str, now: datetime
) -> StaffRequest:
    decided = {"outcome": outcome, "decided_by": actor.staff_id, "decided_at": now}
    won = session.execute(
        update(StaffRequest).where(*which, *_waits(now)).values(**decided).returning(col(StaffRequest.id))
    ).one_or_none()
    if won is None:
        raise NoRequest()
    row = session.get_one(StaffRequest, won[0], populate_existing=True)
    about: dict[str, Any] = {"login": actor.login, "request": str(row.id), "reason": row.reason}
    event.record(session, "desk", f"{outcome}_{row.kind}", line_id=row.line_id, now=now, **about)
    return row


def _give_or_take(session: Session, row: StaffRequest, now: datetime) -> None:
    member = session.get_one(StaffMember, row.staff_id, with_for_update=True)
    if row.kind == "disable":
        staff.put_out(session, row=member, now=now)
    else:
        member.disabled_at = None


def _waits(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return col(StaffRequest.outcome) == "", col(StaffRequest.expires_at) > now


def _seen_by(actor: Staff) -> ColumnElement[bool]:
    return true() if Duty.CONFIRM in actor.duties else col(StaffRequest.asked_by) == actor.staff_id
