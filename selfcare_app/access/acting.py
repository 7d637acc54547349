"""Works on another's line: goes over to it and back, and checks the right in the transaction of each act."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app.access import event, grants, rights
from selfcare_app.access import session as web_session
from selfcare_app.access.delegation_tables import DelegationGrant
from selfcare_app.access.tables import WebSession
from selfcare_app.access.views import Entered
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import NotAllowed, OwnOnly, Subscriber
from selfcare_app.kit.errors import Denied, NotFound, Refused


class NoSuchSubject(NotFound):
    """The subscriber may not work on that line, or there is none."""

    code = "delegation.no_such_line"


class Over(Denied):
    """The right to work on this line was taken or has run out."""

    code = "delegation.over"


class SubjectChanged(Refused):
    """The page was shown for another line than the one that the session works on now (S-16)."""

    code = "delegation.subject_changed"


def require_shown(actor: Subscriber, line: str) -> None:
    """Raises SubjectChanged unless a delegate's page says for which line it was shown, and another's says nothing."""
    if line != (str(actor.line_id) if actor.acting else ""):
        raise SubjectChanged()


def switch(session: Session, actor: Subscriber, *, line_id: UUID, now: datetime) -> Entered:
    """Goes over to another line, or back to the own one, in a new session (ASVS 7.2.4, S-15, S-16).

    The right is always that of the line which signed in: what a delegate may do he can't hand on (T18).
    Raises NoSuchSubject, SignInNeeded.
    """
    own = actor.signed_line_id
    if line_id == own:
        entered = web_session.rotate(session, session_id=actor.session_id, grant_id=None, subject_id=None, now=now)
    else:
        acting = grants.acting_of(session, delegate_id=own, subject_id=line_id, now=now, is_locking=True)
        if acting is None or acting.grant_id is None:
            raise NoSuchSubject()
        entered = web_session.rotate(
            session,
            session_id=actor.session_id,
            grant_id=acting.grant_id,
            subject_id=line_id,
            until=session.get_one(DelegationGrant, acting.grant_id).expires_at,
            now=now,
        )
        began = Subscriber(line_id, entered.session_id, acting=acting)
        record(session, began, line_id=line_id, action="began_to_act", now=now, details={"role": acting.role})
    event.record(session, "session", "switched", line_id=own, session_id=entered.session_id, now=now)
    return entered


def admit(
    session: Session, actor: Subscriber, *, use_case: Callable[..., Any], named: Mapping[str, Any], now: datetime
) -> None:
    """Lets a delegate's act pass, in the transaction of the act, and writes it down under both names.

    The right is locked until the act is done, so that no act follows its end (R20). Raises OwnOnly, NotAllowed, Over.
    """
    if actor.acting is None:
        return
    rule = rights.rule_of(use_case)
    if rule is None:
        raise OwnOnly()
    acting = grants.acting_of(
        session,
        delegate_id=actor.acting.line_id,
        subject_id=actor.line_id,
        grant_id=actor.acting.grant_id,
        now=now,
        is_locking=True,
    )
    if acting is None or not _goes_on(session, actor.session_id):
        raise Over()
    held, purpose = rights.rights_of(acting), named.get("purpose")
    if rule.right not in held or (purpose is not None and rights.PURPOSES.get(purpose) not in held):
        raise NotAllowed()
    if rule.action and not (rule.unless and named.get(rule.unless)):
        record(session, actor, line_id=actor.line_id, action=rule.action, now=now)


def _goes_on(session: Session, session_id: UUID) -> bool:
    query = select(WebSession.id).where(WebSession.id == session_id, col(WebSession.ended_at).is_(None))
    return session.exec(query).first() is not None
