"""Lets somebody else work on a line, and ends it: curators by the subscriber himself (AS-037, ISSA-028)."""

import hmac
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, or_, select

from selfcare_app import operators
from selfcare_app.access import alarm, event, grants, quota, rights
from selfcare_app.access import session as web_session
from selfcare_app.access.delegation_tables import DelegationGrant
from selfcare_app.access.delegation_views import Appointment, Delegate
from selfcare_app.access.tables import Credential
from selfcare_app.db import keys_of
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Staff, Subscriber
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.msisdn import Msisdn, NotANumber
from selfcare_app.subscribers.tables import Account, Line

PURPOSE = "delegation"
LASTS = timedelta(days=365)
CURATORS = 10
"""How many a line may have at a time."""
TRIES_PER_DAY = 10
"""How many numbers a line may name in a day: the answer tells whether a number uses the cabinet."""
_DAY = 86_400


class NotOffered(NotFound):
    """The operator has no curators."""

    code = "delegation.not_offered"


class NoSuchDelegate(Refused):
    """Nobody with this number uses the cabinet."""

    code = "delegation.no_such_delegate"


class Oneself(Refused):
    """A line needs no right to work on itself."""

    code = "delegation.oneself"


class Already(Refused):
    """That number has this right already."""

    code = "delegation.already"


class TooMany(Refused):
    """The line has as many curators as it may: `limit`."""

    code = "delegation.too_many"


class TriesOver(Refused):
    """As many numbers were named today as may be; again at `until`."""

    code = "delegation.tries_over"


class NoGrant(NotFound):
    """There is no such right that the actor could end."""

    code = "delegation.no_grant"


def name_one(session: Session, actor: Subscriber, *, now: datetime) -> None:
    """Counts a number that is about to be named. Commit before `check`. Raises kit.OwnOnly, TriesOver."""
    actor.require_own()
    subject, limit = str(actor.line_id), TRIES_PER_DAY
    if quota.take(session, scope="delegation.named", subject=subject, limit=limit, seconds=_DAY, now=now) is None:
        raise TriesOver(until=quota.resets_at(session, scope="delegation.named", subject=subject, now=now))


def check(
    session: Session, actor: Subscriber, *, number: str, level: str, sees_calls: bool, now: datetime
) -> Appointment:
    """What would be granted, for the proof to be bound to.

    Raises kit.OwnOnly, NotOffered, NotANumber, NoSuchDelegate, Oneself, Already, TooMany.
    """
    actor.require_own()
    _require_offer(session, level)
    delegate = _delegate(session, number)
    _require_room(session, actor, delegate, now)
    return _appointment(session, actor, Msisdn(delegate.msisdn or ""), level, sees_calls, now)


def read(session: Session, actor: Subscriber, *, subject: str, now: datetime) -> Appointment:
    """The appointment that `check` has named so; nobody else can have made the word up. Raises kit.OwnOnly, NoGrant."""
    actor.require_own()
    number, level, calls, digest = (*subject.split("-", 3), "", "", "", "")[:4]
    made = _appointment(session, actor, Msisdn(number), level, calls == "1", now)
    if not hmac.compare_digest(made.digest, digest):
        raise NoGrant()
    return made


def appoint(session: Session, actor: Subscriber, *, subject: str, digest: str, now: datetime) -> UUID:
    """Grants what `check` has said, after proof that is bound to it; gives the right's id.

    AS-037, T18. Raises kit.OwnOnly, kit.ProofNeeded, NoGrant, and what `check` raises.
    """
    actor.require_own()
    session.exec(select(Line).where(Line.id == actor.line_id).with_for_update()).one()
    terms = read(session, actor, subject=subject, now=now)
    _require_offer(session, terms.level)
    if terms.digest != digest:
        raise NoGrant()
    actor.require_proof(PURPOSE, now, digest=digest)
    delegate = _delegate(session, terms.msisdn)
    _require_room(session, actor, delegate, now)
    granted = grant(
        session, actor, delegate=delegate, role=rights.CURATOR, level=terms.level, sees_calls=terms.sees_calls,
        over="line", over_id=actor.line_id, now=now,
    )  # fmt: skip
    details = {"number": terms.msisdn.masked, "level": terms.level}
    record(session, actor, line_id=actor.line_id, action="delegate_granted", now=now, details=details)
    alarm.tell(session, line_id=actor.line_id, kind="delegate_granted", now=now)
    return granted


def revoke(session: Session, actor: Subscriber, *, grant_id: UUID, now: datetime) -> None:
    """Ends a right over the actor's line, or one that he has himself; whoever works by it is out at once (ASVS 8.3.2).

    Raises kit.OwnOnly, NoGrant.
    """
    actor.require_own()
    query = select(DelegationGrant).where(
        DelegationGrant.id == grant_id,
        or_(
            (col(DelegationGrant.over) == "line") & (col(DelegationGrant.over_id) == actor.line_id),
            col(DelegationGrant.delegate_line_id) == actor.line_id,
        ),
        *grants.live(now),
    )
    found = session.exec(query.with_for_update()).one_or_none()
    if found is None:
        raise NoGrant()
    end(session, actor, row=found, now=now)


def delegates(session: Session, actor: Subscriber, *, now: datetime) -> tuple[Delegate, ...]:
    """Who may work on the actor's line, also by a right over the whole account or client. Raises kit.OwnOnly."""
    actor.require_own()
    own = session.exec(
        select(Line.account_id, Account.client_id)
        .join(Account, col(Account.id) == Line.account_id)
        .where(Line.id == actor.line_id)
    ).one()
    query = (
        select(DelegationGrant, Line.msisdn)
        .join(Line, col(Line.id) == DelegationGrant.delegate_line_id)
        .where(
            col(DelegationGrant.over_id).in_((actor.line_id, *own)),
            DelegationGrant.delegate_line_id != actor.line_id,
            *grants.live(now),
        )
        .order_by(col(DelegationGrant.granted_at), col(DelegationGrant.id))
    )
    return tuple(
        Delegate(
            grant_id=row.id,
            msisdn=Msisdn(msisdn) if msisdn else None,
            role=row.role,
            level=row.level,
            sees_calls=row.sees_calls,
            granted_at=row.granted_at,
            expires_at=row.expires_at,
            is_revocable=row.over == "line",
        )
        for row, msisdn in session.exec(query).all()
    )


def grant(
    session: Session,
    actor: Subscriber | Staff,
    *,
    delegate: Line,
    role: str,
    level: str,
    over: str,
    over_id: UUID,
    sees_calls: bool = False,
    now: datetime,
) -> UUID:
    """Writes the right down; it lasts twelve months. Raises Already. Not a use case: the caller decides who may."""
    same = select(DelegationGrant).where(
        DelegationGrant.delegate_line_id == delegate.id,
        DelegationGrant.over_id == over_id,
        DelegationGrant.role == role,
        col(DelegationGrant.revoked_at).is_(None),
    )
    for old in session.exec(same.with_for_update()).all():
        if old.expires_at > now:
            raise Already()
        old.revoked_at, old.revoked_by = now, "expired"
        session.flush()
    row = DelegationGrant(
        id=new_id(), delegate_line_id=delegate.id, role=role, level=level, sees_calls=sees_calls, over=over,
        over_id=over_id, granted_by=actor.name, granted_at=now, expires_at=now + LASTS,
    )  # fmt: skip
    session.add(row)
    session.flush()
    event.record(session, "delegation", "granted", line_id=delegate.id, now=now, role=role, over=over, by=actor.name)
    return row.id


def is_granted(session: Session, *, delegate: Line, role: str, over_id: UUID, now: datetime) -> bool:
    """Whether the right is in force. Not a use case."""
    query = select(DelegationGrant.id).where(
        DelegationGrant.delegate_line_id == delegate.id,
        DelegationGrant.over_id == over_id,
        DelegationGrant.role == role,
        *grants.live(now),
    )
    return session.exec(query).first() is not None


def end(session: Session, actor: Subscriber | Staff, *, row: DelegationGrant, now: datetime) -> None:
    """Ends the right and the sessions that live by it. Not a use case: the caller has found the row for the actor."""
    row.revoked_at, row.revoked_by = now, actor.name
    session.flush()
    web_session.end_of_grant(session, grant_id=row.id, now=now)
    event.record(session, "delegation", "revoked", line_id=row.delegate_line_id, now=now, role=row.role, by=actor.name)
    if row.over == "line":
        record(session, actor, line_id=row.over_id, action="delegate_revoked", now=now, details={"role": row.role})
        alarm.tell(session, line_id=row.over_id, kind="delegate_revoked", now=now)


def _require_offer(session: Session, level: str) -> None:
    offered = operators.of(session).delegation
    if offered is None or rights.CURATOR not in offered.roles or level not in offered.access_levels:
        raise NotOffered()


def _delegate(session: Session, number: str) -> Line:
    """The line with that number, if it uses the cabinet; any other is answered alike."""
    numbering = operators.of(session).numbering
    try:
        msisdn = Msisdn.parse(number, numbering)
    except NotANumber as wrong:
        raise NotANumber(example=numbering.input_hint) from wrong
    query = (
        select(Line)
        .join(Credential, col(Credential.line_id) == Line.id)
        .where(Line.msisdn == msisdn, Line.state != "closed", Line.access == "open")
    )
    found = session.exec(query).one_or_none()
    if found is None:
        raise NoSuchDelegate()
    return found


def _require_room(session: Session, actor: Subscriber, delegate: Line, now: datetime) -> None:
    if delegate.id == actor.line_id:
        raise Oneself()
    query = select(DelegationGrant.delegate_line_id).where(
        DelegationGrant.over_id == actor.line_id, DelegationGrant.role == rights.CURATOR, *grants.live(now)
    )
    present = session.exec(query).all()
    if delegate.id in present:
        raise Already()
    if len(present) >= CURATORS:
        raise TooMany(limit=CURATORS)


def _appointment(
    session: Session, actor: Subscriber, msisdn: Msisdn, level: str, sees_calls: bool, now: datetime
) -> Appointment:
    calls = "1" if sees_calls else "0"
    # Without the padding, so that it can stand in an address.
    digest = keys_of(session).mac("delegation_terms", str(actor.line_id), msisdn, level, calls).rstrip("=")
    return Appointment(msisdn, level, sees_calls, f"{msisdn}-{level}-{calls}-{digest}", digest, now + LASTS)
