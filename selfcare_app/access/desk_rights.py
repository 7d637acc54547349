"""Rights over an organisation's or a person's lines at the desk, given and taken on a written application.

Power over all lines of an organisation is given by two employees: `desk_second` keeps what waits for the second.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import delegation, desk_look, desk_second, grants, rights
from selfcare_app.access.delegation_tables import DelegationGrant
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.subscribers.tables import Account, Client, Line

_BY_TWO = (rights.ADMINISTRATOR, rights.SUPERVISOR)


class NotAnOrganisation(Refused):
    """Only an organisation has administrators and supervisors (ISSA-027)."""

    code = "delegation.not_an_organisation"


class NoSuchRole(NotFound):
    """The operator has no such role, or it does not reach so far."""

    code = "desk.no_role"


@dataclass(frozen=True, slots=True)
class Right:
    """A right over the line's account or client that this line has (`is_held`), or that reaches this line."""

    grant_id: UUID
    msisdn: str
    role: str
    over: str
    expires_at: datetime
    is_held: bool


def grant(
    session: Session, actor: Staff, *, look_id: UUID, role: str, over: str, application: str, now: datetime
) -> UUID | None:
    """Makes the line a curator of its whole account or client at once, on a written application; gives the right.

    An administrator or supervisor is asked for, and None is given: another employee confirms (ASVS 2.3.5).
    ISSA-026, ISSA-027, AS-038, AS-039. Raises LookOver, NoApplication, NoSuchRole, NotAnOrganisation, Already,
    desk_second.AskedAlready.
    """
    line = desk_look.applied(session, actor, look_id=look_id, application=application, act=f"grant_{role}", now=now)
    terms = {"role": role, "over": over, "application": application.strip()}
    over_id = _reach(session, line, role, over)
    if role not in _BY_TWO:
        return _give(session, actor, line, over_id, terms, now)
    if delegation.is_granted(session, delegate=line, role=role, over_id=over_id, now=now):
        raise delegation.Already()
    desk_second.ask(session, actor, kind="grant", line_id=line.id, terms=terms, reason=terms["application"], now=now)
    record(session, actor, line_id=line.id, action="delegate_asked", now=now, details=terms)
    return None


def carry_out(session: Session, actor: Staff, *, line_id: UUID, terms: dict[str, str], now: datetime) -> None:
    """Gives the right that another employee asked for. Not a use case: `desk_second` has made sure of both.

    Raises NoSuchRole, NotAnOrganisation, Already, desk_look.NoLine.
    """
    line = session.exec(select(Line).where(Line.id == line_id, Line.state != "closed")).one_or_none()
    if line is None:
        raise desk_look.NoLine()
    _give(session, actor, line, _reach(session, line, terms["role"], terms["over"]), terms, now)


def revoke(session: Session, actor: Staff, *, look_id: UUID, grant_id: UUID, application: str, now: datetime) -> None:
    """Ends a right that the line has or that reaches it; whoever works by it is out at once.

    Raises LookOver, NoApplication, delegation.NoGrant.
    """
    line = desk_look.applied(session, actor, look_id=look_id, application=application, act="revoke", now=now)
    account = session.get_one(Account, line.account_id)
    query = select(DelegationGrant).where(DelegationGrant.id == grant_id, _touches(line, account), *grants.live(now))
    found = session.exec(query.with_for_update()).one_or_none()
    if found is None:
        raise delegation.NoGrant()
    delegation.end(session, actor, row=found, now=now)
    if found.over != "line":
        record(session, actor, line_id=line.id, action="delegate_revoked", now=now, details={"role": found.role})


def roles(session: Session, *, client: Client) -> tuple[str, ...]:
    """The roles that a line of the client may be given over its account or client. Not a use case."""
    rules = operators.of(session).delegation
    if rules is None:
        return ()
    closed_to_people = {rights.ADMINISTRATOR, rights.SUPERVISOR} | set(rules.legal_entity_roles)
    return tuple(role for role in rules.roles if client.kind == "organisation" or role not in closed_to_people)


def of_line(session: Session, *, line: Line, account: Account, now: datetime) -> tuple[Right, ...]:
    """The rights that the line has and that reach it. Not a use case."""
    query = (
        select(DelegationGrant, Line.msisdn)
        .join(Line, col(Line.id) == DelegationGrant.delegate_line_id)
        .where(_touches(line, account), *grants.live(now))
        .order_by(col(DelegationGrant.granted_at))
    )
    return tuple(
        Right(row.id, msisdn or "", row.role, row.over, row.expires_at, row.delegate_line_id == line.id)
        for row, msisdn in session.exec(query).all()
    )


def _give(session: Session, actor: Staff, line: Line, over_id: UUID, terms: dict[str, str], now: datetime) -> UUID:
    role, over = terms["role"], terms["over"]
    made = delegation.grant(
        session, actor, delegate=line, role=role, level=rights.MANAGE, over=over, over_id=over_id, now=now
    )
    details = {"role": role, "application": terms["application"]}
    record(session, actor, line_id=line.id, action="delegate_granted", now=now, details=details)
    return made


def _reach(session: Session, line: Line, role: str, over: str) -> UUID:
    """The account or client that the right would be over. Raises NoSuchRole, NotAnOrganisation."""
    account = session.get_one(Account, line.account_id)
    client = session.get_one(Client, account.client_id)
    over_id: UUID | None = {"account": account.id, "client": client.id}.get(over)
    if role in _BY_TWO and client.kind != "organisation":
        raise NotAnOrganisation()
    if over_id is None or role not in roles(session, client=client):
        raise NoSuchRole()
    return over_id


def _touches(line: Line, account: Account) -> ColumnElement[bool]:
    return col(DelegationGrant.over_id).in_((line.id, account.id, account.client_id)) | (
        col(DelegationGrant.delegate_line_id) == line.id
    )


desk_second.carried_out_by["grant"] = carry_out
