"""Signing in at the desk by password and one-time code together, and the same two as fresh proof of who sits there.

Tries from a browser that the employee has used are counted for it alone, so that nobody else locks him out of it. To
any other browser every failure is the same answer, whether the login exists, waits or is locked (ASVS 6.3.8).
"""

from datetime import datetime

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import desk_device, desk_session, event, quota, rules, staff
from selfcare_app.access.desk_tables import StaffDevice, StaffMember
from selfcare_app.access.desk_views import AtDesk, DeskClaim
from selfcare_app.kit.actor import Staff, Visitor
from selfcare_app.kit.errors import Denied, Fault, Refused

TRIES_PER_HOUR_PER_ADDRESS = 30
_HOUR, _DAY = 3_600, 86_400
_ADDRESS, _PROOF = "desk.address", "desk.proof"


class Wrong(Refused):
    """One answer for every failure to sign in: login, password or code."""

    code = "desk.wrong"


class Locked(Denied):
    """Too many failures in a row in this browser; another employee or the command unlocks."""

    code = "desk.locked"


class TooSoon(Refused):
    """After several failures the next try in this browser waits `seconds`."""

    code = "desk.too_soon"


class TooMany(Refused):
    """Too many tries from this address; again at `until`."""

    code = "desk.too_many"


class WrongProof(Refused):
    """The password or the code of the employee who is in is another one."""

    code = "desk.wrong_proof"


class ProofsOver(Denied):
    """Too many wrong proofs today; again at `until`."""

    code = "desk.proofs_over"


def claim(session: Session, actor: Visitor, *, login: str, now: datetime) -> DeskClaim:
    """Counts a try. Commit, compare off the transaction, then `settle`. An unknown login costs as much."""
    limit, subject = TRIES_PER_HOUR_PER_ADDRESS, actor.address
    if quota.take(session, scope=_ADDRESS, subject=subject, limit=limit, seconds=_HOUR, now=now) is None:
        return DeskClaim(fault=TooMany(until=quota.resets_at(session, scope=_ADDRESS, subject=subject, now=now)))
    query = select(StaffMember).where(
        StaffMember.login == login.strip().casefold(), col(StaffMember.disabled_at).is_(None)
    )
    row = session.exec(query.with_for_update()).one_or_none()
    if row is None or not row.password_hash:
        return DeskClaim()
    browser = desk_device.known(session, device=actor.device, staff_id=row.id, now=now)
    counter = browser or row
    if fault := _why_not_now(session, counter, now):
        # Nothing to compare with: to a strange browser that is a wrong password like any other.
        return DeskClaim(fault=fault if browser else None)
    counter.failed += 1
    counter.next_try_at = now + rules.delay(counter.failed, operators.of(session).lockout.delays_seconds)
    return DeskClaim(row.id, row.password_hash, browser.id if browser else None, counter.failed)


def settle(
    session: Session,
    actor: Visitor,
    *,
    claim: DeskClaim,
    right: bool,
    typed: str,
    device_token: str = "",
    now: datetime,
) -> AtDesk:
    """Begins the session where password and one-time code are both right (ASVS 8.4.2); one answer where not."""
    if claim.fault is not None:
        return AtDesk(fault=claim.fault)
    row = session.get(StaffMember, claim.staff_id, with_for_update=True) if claim.staff_id else None
    step = staff.step_of(session, row=row, typed=typed, now=now) if row is not None else None
    if row is None or step is None or not right or row.disabled_at or row.password_hash != claim.kept:
        _wrong(session, actor, row, claim, now)
        return AtDesk(fault=Wrong())
    counter = session.get(StaffDevice, claim.device_id) if claim.device_id else row
    if counter is not None:
        counter.failed, counter.next_try_at = 0, None
    row.last_step = step
    quota.give_back(session, scope=_ADDRESS, subject=actor.address, now=now)
    return AtDesk(
        desk_session.begin(session, actor, row=row, method="password+code", device_token=device_token, now=now)
    )


def claim_proof(session: Session, actor: Staff, *, now: datetime) -> DeskClaim:
    """Counts a try of the employee who is in to prove himself anew. Commit, compare, then `settle_proof`."""
    subject, limit = str(actor.staff_id), operators.of(session).desk.wrong_proofs_per_day
    if quota.take(session, scope=_PROOF, subject=subject, limit=limit, seconds=_DAY, now=now) is None:
        return DeskClaim(fault=ProofsOver(until=quota.resets_at(session, scope=_PROOF, subject=subject, now=now)))
    row = staff.by_id(session, actor.staff_id)
    return DeskClaim(row.id, row.password_hash) if row else DeskClaim()


def settle_proof(
    session: Session, actor: Staff, *, claim: DeskClaim, right: bool, typed: str, now: datetime
) -> Fault | None:
    """The refusal, or None where password and code are both right. Not raised: the try must stay counted."""
    if claim.fault is not None:
        return claim.fault
    row = staff.by_id(session, actor.staff_id)
    step = staff.step_of(session, row=row, typed=typed, now=now) if row else None
    if row is None or step is None or not right or row.password_hash != claim.kept:
        event.record(session, "desk", "wrong_proof", address=actor.address, now=now, login=actor.login)
        return WrongProof()
    row.last_step = step
    quota.give_back(session, scope=_PROOF, subject=str(actor.staff_id), now=now)
    return None


def _why_not_now(session: Session, counter: StaffMember | StaffDevice, now: datetime) -> Fault | None:
    if counter.failed >= operators.of(session).lockout.attempts:
        return Locked()
    if counter.next_try_at is not None and counter.next_try_at > now:
        return TooSoon(seconds=rules.whole_seconds(counter.next_try_at, now))
    return None


def _wrong(session: Session, actor: Visitor, row: StaffMember | None, claim: DeskClaim, now: datetime) -> None:
    login = row.login if row else ""
    event.record(session, "desk", "wrong", address=actor.address, now=now, login=login)
    if row is not None and claim.failures >= operators.of(session).lockout.attempts:
        known = claim.device_id is not None
        event.record(session, "desk", "locked", address=actor.address, now=now, login=login, known=known)
