"""Employees of the desk: added, set up once, locked and unlocked, their access taken and given back."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import pyotp
from sqlalchemy import delete
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import desk_device, desk_session, event, password, rules, token
from selfcare_app.access.desk_tables import StaffMember, StaffPasskey
from selfcare_app.access.desk_views import Setup
from selfcare_app.db import keys_of
from selfcare_app.kit.actor import Staff, System, Visitor
from selfcare_app.kit.errors import Denied, NotFound, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.operators.schema import Profile

SHORTEST, LONGEST = 15, 128
SETUP_LASTS = timedelta(hours=24)
_STEP = 30
_DIGITS = 6
_LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,31}")
_SEED = "staff"


class Duty(StrEnum):
    """What an employee may do beyond the cards of lines."""

    EMPLOYEES = "employees"
    CONFIRM = "confirm"
    REFUNDS = "refunds"
    QUESTIONS = "questions"


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


class NotYourDuty(Denied):
    """The employee has no such duty."""

    code = "desk.not_your_duty"


class NoEmployee(NotFound):
    """There is no such employee, or it is the one who asks."""

    code = "desk.no_employee"


def require(actor: Staff, duty: Duty) -> None:
    """Raises NotYourDuty for an employee without it."""
    if duty not in actor.duties:
        raise NotYourDuty()


def add(session: Session, actor: System, *, login: str, duties: Sequence[str] | None = None, now: datetime) -> str:
    """A new employee, or one to be set up anew; gives the setup code. `duties` None leaves those that he has.

    Setting up anew unlocks him, ends his session and forgets his browsers and passkeys. Raises BadLogin.
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
    if duties is not None:
        row.duties = sorted({Duty(each).value for each in duties})
    session.add(row)
    session.flush()
    desk_session.end(session, staff_id=row.id, reason="set_up_anew", now=now)
    desk_device.forget_all(session, staff_id=row.id)
    session.execute(delete(StaffPasskey).where(col(StaffPasskey.staff_id) == row.id))
    event.record(session, "desk", "added", now=now, login=login, duties=row.duties)
    return made


def disable(session: Session, actor: System, *, login: str, now: datetime) -> bool:
    """Takes an employee's access away at once, by command; False where there is no such one."""
    row = session.exec(select(StaffMember).where(StaffMember.login == login).with_for_update()).one_or_none()
    if row is None:
        return False
    put_out(session, row=row, now=now)
    event.record(session, "desk", "disabled", now=now, login=login, by=actor.job)
    return True


def unlock(session: Session, actor: System | Staff, *, login: str, now: datetime) -> None:
    """Ends the runs of wrong tries of another employee; nobody is let in by it. Raises NotYourDuty, NoEmployee."""
    if isinstance(actor, Staff):
        require(actor, Duty.EMPLOYEES)
    row = found(session, actor, login=login)
    row.failed, row.next_try_at = 0, None
    desk_device.forgive_all(session, staff_id=row.id)
    by = actor.login if isinstance(actor, Staff) else actor.job
    event.record(session, "desk", "unlocked", now=now, login=row.login, by=by)


def found(session: Session, actor: System | Staff, *, login: str) -> StaffMember:
    """Another employee, locked. Not a use case. Raises NoEmployee."""
    query = select(StaffMember).where(StaffMember.login == login.strip().casefold())
    if isinstance(actor, Staff):
        query = query.where(StaffMember.id != actor.staff_id)
    row = session.exec(query.with_for_update()).one_or_none()
    if row is None:
        raise NoEmployee()
    return row


def put_out(session: Session, *, row: StaffMember, now: datetime) -> None:
    """Takes the access away and ends the session. Not a use case: the caller decides who may."""
    row.disabled_at, row.setup_digest = now, ""
    desk_session.end(session, staff_id=row.id, reason="disabled", now=now)


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
    step = step_of(session, row=row, typed=typed, now=now)
    if step is None:
        raise WrongCode()
    row.password_hash, row.setup_digest, row.setup_until, row.last_step = password_hash, "", None, step
    event.record(session, "desk", "set_up", address=actor.address, now=now, login=row.login)


def step_of(session: Session, *, row: StaffMember, typed: str, now: datetime) -> int | None:
    """The step whose code was typed, one before and after the present allowed; None for another, or one used before.

    Not a use case.
    """
    code, present = rules.typed_code(typed, _DIGITS), int(now.timestamp()) // _STEP
    if code is None:
        return None
    otp = pyotp.TOTP(_seed(session, row))
    steps = (step for step in (present - 1, present, present + 1) if step > row.last_step)
    return next((step for step in steps if pyotp.utils.strings_equal(otp.generate_otp(step), code)), None)


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


def by_id(session: Session, staff_id: UUID) -> StaffMember | None:
    """An employee whose access is not taken, locked. Not a use case."""
    query = select(StaffMember).where(StaffMember.id == staff_id, col(StaffMember.disabled_at).is_(None))
    return session.exec(query.with_for_update()).one_or_none()
