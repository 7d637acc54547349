"""The cabinet of a line closed and opened: by its subscriber, organisation or operator (ISSA-025, 029, 030, 034)."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, literal
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from selfcare_app.access import alarm, event, puk1, standing
from selfcare_app.access import session as web_session
from selfcare_app.access.views import Attempt
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Handset, Staff, Subscriber
from selfcare_app.kit.errors import Denied, Fault, NotFound, Refused
from selfcare_app.subscribers.tables import Account, Client, Line

By = Literal["subscriber", "organisation", "operator"]

_OWN = aliased(Line)
_STRENGTH = {"open": 0, "closed_by_subscriber": 1, "closed_by_organisation": 2, "closed_by_operator": 3}
_OPENS = {
    "closed_by_subscriber": ("subscriber", "operator"),
    "closed_by_organisation": ("organisation", "operator"),
    "closed_by_operator": ("operator",),
}


class NoSuchLine(NotFound):
    """No such line among those whose cabinet the actor may close."""

    code = "access.no_such_line"


class OpenAlready(Refused):
    """The cabinet is open."""

    code = "access.open_already"


class NotYours(Denied):
    """Whoever closed the cabinet is not the one who opens it."""

    code = "access.opened_by_closer"


def close(session: Session, actor: Handset | Subscriber | Staff, *, line_id: UUID, by: By, now: datetime) -> None:
    """Closes the cabinet and ends all its sessions; a stronger hand closes anew what a weaker one has closed.

    A subscriber who is not the line's own closes as the organisation; that he may is his caller's to ask (ISSA-030).
    Raises NoSuchLine, standing.AccessClosed where it is closed as firmly already.
    """
    line = _line(session, actor, line_id, by)
    if _STRENGTH[line.access] >= _STRENGTH[f"closed_by_{by}"]:
        raise standing.closed(session, line)
    line.access = f"closed_by_{by}"
    web_session.end_others(session, line_id=line.id, keep=None, reason="closed", now=now)
    _told(session, actor, line, "access_closed", by, now)


def open_(session: Session, actor: Subscriber | Staff, *, line_id: UUID, by: By, now: datetime) -> None:
    """Opens the cabinet for whoever closed it, or for the operator. The subscriber opens by PUK1 alone: `open_own`.

    Raises NoSuchLine, OpenAlready, NotYours.
    """
    line = _line(session, actor, line_id, by)
    if by == "subscriber":
        raise NotYours()
    _open(session, actor, line, by, now)


def count(session: Session, actor: Handset, *, now: datetime) -> Attempt:
    """Counts a try of the subscriber to open the cabinet by PUK1. Commit before `open_own`."""
    line = _line(session, actor, actor.line_id, "subscriber")
    fault = _why_not(session, line, "subscriber")
    return Attempt(fault) if fault else puk1.count(session, line_id=line.id, now=now)


def open_own(session: Session, actor: Handset, *, attempt: Attempt, typed: str, now: datetime) -> Fault | None:
    """Compares a counted PUK1 of the SIM in use; a right one opens what the subscriber closed (ISSA-025).

    The refusal is not raised: the try must stay counted.
    """
    line = _line(session, actor, actor.line_id, "subscriber")
    fault = puk1.settle(session, line_id=line.id, attempt=attempt, typed=typed, now=now)
    if fault is None:
        fault = _why_not(session, line, "subscriber")
    if fault is None:
        _open(session, actor, line, "subscriber", now)
    return fault


def state(session: Session, actor: Handset) -> str:
    """How the cabinet of the handset's line stands, as `Line.access` says it."""
    return session.exec(select(Line.access).where(Line.id == actor.line_id)).one()


def why_not_open(session: Session, actor: Handset) -> Fault | None:
    """Why the subscriber can't open the cabinet of the handset's line; None where PUK1 opens it."""
    return _why_not(session, _line(session, actor, actor.line_id, "subscriber"), "subscriber")


def _open(session: Session, actor: Handset | Subscriber | Staff, line: Line, by: By, now: datetime) -> None:
    fault = _why_not(session, line, by)
    if fault is not None:
        raise fault
    line.access = "open"
    _told(session, actor, line, "access_opened", by, now)


def _why_not(session: Session, line: Line, by: By) -> Fault | None:
    if line.access == "open":
        return OpenAlready()
    if by in _OPENS[line.access]:
        return None
    return standing.closed(session, line) if by == "subscriber" else NotYours()


def _line(session: Session, actor: Handset | Subscriber | Staff, line_id: UUID, by: By) -> Line:
    """The line if the actor may speak of its cabinet as `by`. Raises NoSuchLine."""
    query = select(Line).where(Line.id == line_id, Line.state != "closed", _scope(actor, by)).with_for_update()
    line = session.exec(query).one_or_none()
    if line is None:
        raise NoSuchLine()
    return line


def _scope(actor: Handset | Subscriber | Staff, by: By) -> ColumnElement[bool]:
    if isinstance(actor, Staff):
        return literal(by != "subscriber")
    acting = actor.acting if isinstance(actor, Subscriber) else None
    if by == "subscriber" and acting is None:
        return col(Line.id) == actor.line_id
    if by == "organisation" and isinstance(actor, Subscriber):
        own = acting.line_id if acting else actor.line_id
        organisation = (
            select(Client.id)
            .join(Account, col(Account.client_id) == Client.id)
            .join(_OWN, col(_OWN.account_id) == Account.id)
            .where(_OWN.id == own, Client.kind == "organisation")
        )
        accounts = select(Account.id).where(col(Account.client_id).in_(organisation))
        return and_(col(Line.account_id).in_(accounts), col(Line.id) != own)
    return literal(False)


def _told(session: Session, actor: Handset | Subscriber | Staff, line: Line, what: str, by: By, now: datetime) -> None:
    event.record(session, "access", what.removeprefix("access_"), line_id=line.id, by=by, now=now)
    record(session, actor, line_id=line.id, action=what, details={"by": by}, now=now)
    alarm.tell(session, line_id=line.id, kind=what, now=now)
