"""Which line may work on which: looked up in the database each time, so that a right ends when it is taken."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from selfcare_app.access.delegation_tables import DelegationGrant
from selfcare_app.access.rights import ADMINISTRATOR, CURATOR, MANAGE, OWN, SUPERVISOR
from selfcare_app.kit.actor import Acting
from selfcare_app.subscribers.tables import Account, Line

_OWN_LINE, _OWN_ACCOUNT = aliased(Line), aliased(Account)
_BEST = (OWN, ADMINISTRATOR, SUPERVISOR, CURATOR)


def acting_of(
    session: Session,
    *,
    delegate_id: UUID,
    subject_id: UUID,
    grant_id: UUID | None = None,
    now: datetime,
    is_locking: bool = False,
) -> Acting | None:
    """How the delegate may work on the subject's line, by that right or by the best of all that he has; None: not.

    With `is_locking` nobody revokes the right before this transaction ends.
    """
    query = _pairs(delegate_id, now).where(Line.id == subject_id)
    if grant_id is not None:
        query = query.where(DelegationGrant.id == grant_id)
    if is_locking:
        query = query.with_for_update(read=True, of=DelegationGrant)
    found: Sequence[tuple[DelegationGrant, Line, str | None]] = session.exec(query).all()
    if not found:
        return None
    grant, line, own_msisdn = min(found, key=lambda row: rank(row[0]))
    return Acting(
        line_id=delegate_id,
        role=grant.role,
        level=grant.level,
        sees_calls=grant.sees_calls,
        grant_id=grant.id,
        msisdn=line.msisdn or "",
        own_msisdn=own_msisdn or "",
    )


def rank(grant: DelegationGrant) -> tuple[int, bool]:
    """What to sort rights by, so that the farthest-reaching comes first."""
    return _BEST.index(grant.role), grant.level != MANAGE


def live(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """What is true of a right in force."""
    return (
        col(DelegationGrant.revoked_at).is_(None),
        col(DelegationGrant.granted_at) <= now,
        col(DelegationGrant.expires_at) > now,
    )


def _pairs(delegate_id: UUID, now: datetime) -> Any:
    grant: Any = DelegationGrant
    line: Any = Line
    account: Any = Account
    own_line: Any = _OWN_LINE
    own_account: Any = _OWN_ACCOUNT
    reaches = or_(
        and_(grant.over == "line", grant.over_id == line.id),
        and_(grant.over == "account", grant.over_id == line.account_id),
        and_(grant.over == "client", grant.over_id == account.client_id),
    )
    # A curator of one line may be anybody; any other right is between lines of one client, while they are that.
    is_fitting = or_(and_(grant.over == "line", grant.role == CURATOR), own_account.client_id == account.client_id)
    is_open = or_(
        line.access == "open",
        and_(grant.role.in_((ADMINISTRATOR, SUPERVISOR)), line.access != "closed_by_operator"),
    )
    return (
        select(DelegationGrant, Line, own_line.msisdn)
        .select_from(DelegationGrant)
        .join(own_line, own_line.id == grant.delegate_line_id)
        .join(own_account, own_account.id == own_line.account_id)
        .join(line, line.id != grant.delegate_line_id)
        .join(account, account.id == line.account_id)
        .where(grant.delegate_line_id == delegate_id, *live(now), reaches, is_fitting, is_open, line.state != "closed")
    )
