"""Adds another number of the same person to one sign-in, after a code that goes to that very number."""

from datetime import datetime

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import alarm, delegation, grants, halt, one_time_code, rights, sim_window
from selfcare_app.access.delegation_tables import DelegationGrant
from selfcare_app.access.one_time_code import Holder
from selfcare_app.access.views import Attempt, Proving
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.msisdn import Msisdn, NotANumber
from selfcare_app.subscribers.tables import Account, Client, Line

PURPOSE = "own_number"


class NotYours(Refused):
    """No other number of the same person: another's, unknown, out of service or closed, all alike."""

    code = "delegation.not_yours"


def send(session: Session, actor: Subscriber, *, number: str, now: datetime) -> Msisdn:
    """Sends a code to another number of the same person, which it gives in its canonical form.

    Raises kit.OwnOnly, NotANumber, NotYours, delegation.Already, sim_window.SimChanged, one_time_code's refusals.
    """
    actor.require_own()
    line = _other(session, actor, number)
    if stopped := halt.why_not(session, line_id=actor.line_id) or halt.why_not(session, line_id=line.id):
        raise stopped
    if _is_added(session, actor, line, now):
        raise delegation.Already()
    if refusal := sim_window.sim_changed(session, line, now):
        raise refusal
    one_time_code.send(session, _holder(session, actor, line), purpose=PURPOSE, digest=str(line.id), now=now)
    return Msisdn(line.msisdn or "")


def count(session: Session, actor: Subscriber, *, number: str, now: datetime) -> Attempt:
    """Counts a try at the code. Commit before `settle`. Raises kit.OwnOnly, NotANumber, NotYours."""
    actor.require_own()
    line = _other(session, actor, number)
    return one_time_code.count(session, _holder(session, actor, line), purpose=PURPOSE, now=now)


def settle(session: Session, actor: Subscriber, *, number: str, attempt: Attempt, typed: str, now: datetime) -> Proving:
    """Compares a counted try and adds the number; the refusal is not raised, so that the try stays counted."""
    actor.require_own()
    line = _other(session, actor, number)
    holder = _holder(session, actor, line)
    fault = one_time_code.settle(
        session, holder, attempt=attempt, purpose=PURPOSE, digest=str(line.id), typed=typed, now=now
    )
    if fault is None and not _is_added(session, actor, line, now):
        delegation.grant(
            session, actor, delegate=session.get_one(Line, actor.line_id), role=rights.OWN, level=rights.MANAGE,
            sees_calls=True, over="line", over_id=line.id, now=now,
        )  # fmt: skip
        details = {"role": rights.OWN}
        record(session, actor, line_id=line.id, action="delegate_granted", now=now, details=details)
        alarm.tell(session, line_id=line.id, kind="delegate_granted", now=now)
    return Proving(fault=fault)


def _other(session: Session, actor: Subscriber, number: str) -> Line:
    """The number's line, if it is another one of the person who signed in."""
    numbering = operators.of(session).numbering
    try:
        msisdn = Msisdn.parse(number, numbering)
    except NotANumber as wrong:
        raise NotANumber(example=numbering.input_hint) from wrong
    mine = (
        select(Account.client_id)
        .join(Line, col(Line.account_id) == Account.id)
        .where(Line.id == actor.line_id)
        .scalar_subquery()
    )
    query = (
        select(Line)
        .join(Account, col(Account.id) == Line.account_id)
        .join(Client, col(Client.id) == Account.client_id)
        .where(
            Client.id == mine,
            Client.kind == "person",
            Line.msisdn == msisdn,
            Line.id != actor.line_id,
            Line.state == "active",
            Line.access == "open",
        )
    )
    found = session.exec(query).one_or_none()
    if found is None:
        raise NotYours()
    return found


def _is_added(session: Session, actor: Subscriber, line: Line, now: datetime) -> bool:
    query = select(DelegationGrant.id).where(
        DelegationGrant.delegate_line_id == actor.line_id,
        DelegationGrant.over_id == line.id,
        DelegationGrant.role == rights.OWN,
        *grants.live(now),
    )
    return session.exec(query).first() is not None


def _holder(session: Session, actor: Subscriber, line: Line) -> Holder:
    language = actor.language or line.language or operators.of(session).default_language
    return Holder(actor.session_id, line.msisdn or "", line.id, language)
