"""Employees at the desk: set up once, signed in by password and one-time code together, one session each."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import pyotp
from sqlalchemy import update
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import event, password, quota, rules, token
from selfcare_app.access.desk_tables import StaffMember, StaffSession
from selfcare_app.db import keys_of
from selfcare_app.kit.actor import Staff, System, Visitor
from selfcare_app.kit.errors import Denied, Fault, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.operators.schema import Profile

SHORTEST, LONGEST = 15, 128
SETUP_LASTS = timedelta(hours=24)
TRIES_PER_HOUR_PER_ADDRESS = 30
_STEP = 30
_DIGITS = 6
_HOUR = 3_600
_LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,31}")
_SEED = "staff"


class BadLogin(Refused):
    """A login is 2 to 32 of a-z, 0-9, dot, dash and underscore, a letter first."""

    code = "desk.bad_login"


class NoSetup(Refused):
    """The setup code is another one, was used, or its day is over."""

    code = "desk.no_setup"


class TooShort(Refused):
    """A password at the desk has `least` characters or more."""

    code = "desk.too_short"


class WrongCode(Refused):
    """The one-time code of the authenticator is another one."""

    code = "desk.wrong_code"


class Wrong(Refused):
    """One answer for every failure to sign in: login, password or code."""

    code = "desk.wrong"


class Locked(Denied):
    """Too many failures in a row; the operator's administrator sets the employee up anew."""

    code = "desk.locked"


class TooSoon(Refused):
    """After several failures the next try waits `seconds`."""

    code = "desk.too_soon"


class TooMany(Refused):
    """Too many tries from this address; again at `until`."""

    code = "desk.too_many"


@dataclass(frozen=True, slots=True)
class Setup:
    """What an employee needs to set himself up: the seed for his authenticator, in groups and as an address."""

    login: str
    seed: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeskClaim:
    """A counted try to sign in: what to compare with, or why there is nothing to compare."""

    staff_id: UUID | None = None
    kept: str = field(default="", repr=False)
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class AtDesk:
    """A session just begun, or the refusal; never raised, so that the try stays counted."""

    token: str = field(default="", repr=False)
    fault: Fault | None = None


def add(session: Session, actor: System, *, login: str, now: datetime) -> str:
    """A new employee, or one to be set up anew (which unlocks him and ends his session); gives the setup code.

    Raises BadLogin.
    """
    if not _LOGIN.fullmatch(login):
        raise BadLogin()
    row = session.exec(select(StaffMember).where(StaffMember.login == login)).one_or_none()
    if row is None:
        row = StaffMember(id=new_id(), login=login, seed=b"", created_at=now)
    made = token.make()
    row.seed = keys_of(session).seal(_SEED, f"staff.seed.{row.id}", pyotp.random_base32().encode())
    row.password_hash, row.failed, row.next_try_at, row.disabled_at = "", 0, None, None
    row.setup_digest, row.setup_until = token.digest(made), now + SETUP_LASTS
    session.add(row)
    session.flush()
    _end(session, row.id, "set_up_anew", now)
    event.record(session, "desk", "added", now=now, login=login)
    return made


def disable(session: Session, actor: System, *, login: str, now: datetime) -> bool:
    """Takes an employee's access away at once; False where there is no such one."""
    row = session.exec(select(StaffMember).where(StaffMember.login == login)).one_or_none()
    if row is None:
        return False
    row.disabled_at, row.setup_digest = now, ""
    _end(session, row.id, "disabled", now)
    event.record(session, "desk", "disabled", now=now, login=login)
    return True


def setup(session: Session, actor: Visitor, *, code: str, now: datetime) -> Setup:
    """What the employee with that setup code sets his authenticator up with. Raises NoSetup."""
    row = _waiting(session, code, now)
    seed, profile = _seed(session, row), operators.of(session)
    groups = " ".join(seed[at : at + 4] for at in range(0, len(seed), 4))
    return Setup(row.login, groups, pyotp.TOTP(seed).provisioning_uri(name=row.login, issuer_name=profile.host))


def check_password(typed: str, again: str, profile: Profile) -> None:
    """Raises TooShort, password.Common, password.Printable, password.Different for a password not to be taken."""
    if not SHORTEST <= len(typed) <= LONGEST:
        raise TooShort(least=SHORTEST, most=LONGEST)
    if not typed.isprintable():
        raise password.Printable()
    if password.is_common(typed) or profile.key in typed.casefold():
        raise password.Common()
    password.check_same(typed, again)


def finish(session: Session, actor: Visitor, *, code: str, password_hash: str, typed: str, now: datetime) -> None:
    """Sets the employee's password, once his authenticator shows the right code. Raises NoSetup, WrongCode."""
    row = _waiting(session, code, now)
    step = _step_of(session, row, typed, now)
    if step is None:
        raise WrongCode()
    row.password_hash, row.setup_digest, row.setup_until, row.last_step = password_hash, "", None, step
    event.record(session, "desk", "set_up", address=actor.address, now=now, login=row.login)


def claim(session: Session, actor: Visitor, *, login: str, now: datetime) -> DeskClaim:
    """Counts a try. Commit, compare off the transaction, then `settle`. An unknown login costs as much."""
    scope, limit = "desk.address", TRIES_PER_HOUR_PER_ADDRESS
    if quota.take(session, scope=scope, subject=actor.address, limit=limit, seconds=_HOUR, now=now) is None:
        return DeskClaim(fault=TooMany(until=quota.resets_at(session, scope=scope, subject=actor.address, now=now)))
    query = select(StaffMember).where(
        StaffMember.login == login.strip().casefold(), col(StaffMember.disabled_at).is_(None)
    )
    row = session.exec(query.with_for_update()).one_or_none()
    if row is None or not row.password_hash:
        return DeskClaim()
    lockout = operators.of(session).lockout
    if row.failed >= lockout.attempts:
        return DeskClaim(fault=Locked())
    if row.next_try_at is not None and row.next_try_at > now:
        return DeskClaim(fault=TooSoon(seconds=rules.whole_seconds(row.next_try_at, now)))
    row.failed += 1
    row.next_try_at = now + rules.delay(row.failed, lockout.delays_seconds)
    return DeskClaim(row.id, row.password_hash)


def settle(session: Session, actor: Visitor, *, claim: DeskClaim, right: bool, typed: str, now: datetime) -> AtDesk:
    """Begins the session where password and one-time code are both right (ASVS 8.4.2); one answer where not."""
    if claim.fault is not None:
        return AtDesk(fault=claim.fault)
    row = session.get(StaffMember, claim.staff_id, with_for_update=True) if claim.staff_id else None
    step = _step_of(session, row, typed, now) if row is not None else None
    if row is None or step is None or not right or row.disabled_at or row.password_hash != claim.kept:
        event.record(session, "desk", "wrong", address=actor.address, now=now, login=row.login if row else "")
        return AtDesk(fault=Wrong())
    row.failed, row.next_try_at, row.last_step = 0, None, step
    quota.give_back(session, scope="desk.address", subject=actor.address, now=now)
    return AtDesk(_begin(session, row, actor, now))


def resume(session: Session, actor: Visitor, *, token_value: str, now: datetime) -> Staff | None:
    """The employee whose live session the desk's cookie opens, which this keeps alive; None where there is none."""
    if not token_value:
        return None
    query = (
        select(StaffSession, StaffMember)
        .join(StaffMember, col(StaffMember.id) == StaffSession.staff_id)
        .where(
            StaffSession.token_digest == token.digest(token_value),
            col(StaffSession.ended_at).is_(None),
            StaffSession.idle_until > now,
            col(StaffMember.disabled_at).is_(None),
        )
    )
    found = session.exec(query).one_or_none()
    if found is None:
        return None
    kept, member = found
    idle = timedelta(seconds=operators.of(session).session.idle_seconds)
    kept.idle_until = min(now + idle, kept.absolute_until)
    return Staff(member.id, kept.id, member.login, address=actor.address, language=actor.language)


def leave(session: Session, actor: Staff, *, now: datetime) -> None:
    """Ends the employee's session."""
    _end(session, actor.staff_id, "sign_out", now)
    event.record(session, "desk", "left", address=actor.address, now=now, login=actor.login)


def _begin(session: Session, row: StaffMember, actor: Visitor, now: datetime) -> str:
    rule, value = operators.of(session).session, token.make()
    _end(session, row.id, "replaced", now)
    absolute = now + timedelta(seconds=rule.desk_absolute_seconds)
    session.add(
        StaffSession(
            id=new_id(), token_digest=token.digest(value), staff_id=row.id, created_at=now,
            idle_until=min(now + timedelta(seconds=rule.idle_seconds), absolute), absolute_until=absolute,
            address=actor.address,
        )
    )  # fmt: skip
    event.record(session, "desk", "entered", address=actor.address, now=now, login=row.login)
    return value


def _end(session: Session, staff_id: UUID, reason: str, now: datetime) -> None:
    mine = (col(StaffSession.staff_id) == staff_id, col(StaffSession.ended_at).is_(None))
    session.execute(update(StaffSession).where(*mine).values(ended_at=now, end_reason=reason))


def _waiting(session: Session, code: str, now: datetime) -> StaffMember:
    if not code:
        raise NoSetup()
    query = select(StaffMember).where(
        StaffMember.setup_digest == token.digest(code),
        col(StaffMember.setup_until) > now,
        col(StaffMember.disabled_at).is_(None),
    )
    row = session.exec(query.with_for_update()).one_or_none()
    if row is None:
        raise NoSetup()
    return row


def _seed(session: Session, row: StaffMember) -> str:
    return keys_of(session).unseal(_SEED, f"staff.seed.{row.id}", row.seed).decode()


def _step_of(session: Session, row: StaffMember, typed: str, now: datetime) -> int | None:
    """The step whose code was typed, one before and after the present allowed; None for another, or one used before."""
    code, present = rules.typed_code(typed, _DIGITS), int(now.timestamp()) // _STEP
    if code is None:
        return None
    otp = pyotp.TOTP(_seed(session, row))
    steps = (step for step in (present - 1, present, present + 1) if step > row.last_step)
    return next((step for step in steps if pyotp.utils.strings_equal(otp.generate_otp(step), code)), None)
