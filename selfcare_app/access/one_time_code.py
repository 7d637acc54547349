"""One-time codes by SMS: sent within quotas, tried a few times, used once.

A code belongs to a holder (a visitor's admission or a session), a purpose and the parameters of the act. A try is
counted in a transaction of its own before anything is compared, so that guesses at once get no more than the tries.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import challenge, event, quota, rules, sim_window
from selfcare_app.access.enumeration import network_of
from selfcare_app.access.tables import OneTimeCode
from selfcare_app.access.views import Attempt
from selfcare_app.db import keys_of
from selfcare_app.kit.errors import Fault, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.messaging import outbox
from selfcare_app.operators.schema import Profile

_KEY = "otp"
_HOUR, _DAY = 3600, 86_400
_FAILS = "code.fails"
_SIGN_IN = "sign_in"


class Wait(Refused):
    """A code was sent a moment ago; the next one may be asked for at `until` (ISSA-009)."""

    code = "access.code_wait"


class SendsOver(Refused):
    """As many codes as may be were sent; the next one may be asked for at `until`."""

    code = "access.code_sends_over"


class Off(Refused):
    """Too many wrong codes for this number; codes are taken again at `until`."""

    code = "access.code_off"


class Needed(Refused):
    """No code is waiting to be typed: it was never sent, was used, or a newer page took its place."""

    code = "access.code_needed"


class Expired(Refused):
    """The code was typed after its time."""

    code = "access.code_expired"


class Spent(Refused):
    """The code was tried as often as may be; a new one has to be sent."""

    code = "access.code_spent"


class Wrong(Refused):
    """Another code was sent; `left` tries are left."""

    code = "access.code_wrong"


class Malformed(Refused):
    """A code has `digits` digits; what was typed is not counted as a try."""

    code = "access.code_malformed"


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose code it is: an admission or a session, and the number that the SMS goes to.

    `line_id` is None where the number is not to be written to: all else goes on alike, so that nothing is told.
    `address` is filled for somebody who has shown nothing yet, and has quotas of its own.
    """

    id: UUID
    msisdn: str
    line_id: UUID | None
    language: str
    address: str = ""


def send(session: Session, holder: Holder, *, purpose: str, digest: str, now: datetime) -> OneTimeCode:
    """Sends a code and puts the holder's older ones out of use. Raises Wait, Off, SendsOver."""
    profile = operators.of(session)
    _take_turn(session, holder.msisdn, purpose, now)
    if quota.used(session, scope=_FAILS, subject=holder.msisdn, now=now) >= profile.code.fails_per_day:
        raise _off(session, holder.msisdn, now)
    _take_quotas(session, holder, now)
    session.execute(update(OneTimeCode).where(*_waiting(holder.id, purpose)).values(replaced_at=now))
    secret = fresh(profile.code.digits)
    row = OneTimeCode(
        id=new_id(),
        holder_id=holder.id,
        msisdn=holder.msisdn,
        purpose=purpose,
        params_digest=digest,
        mac="",
        created_at=now,
        expires_at=now + timedelta(seconds=profile.code.valid_seconds),
    )
    row.mac = keys_of(session).mac(_KEY, *_bound(row.id, holder.id, purpose, digest), secret)
    session.add(row)
    if holder.line_id is not None:
        outbox.enqueue(
            session,
            recipient=holder.msisdn,
            language=holder.language,
            key=f"access.sms.code_{purpose}",
            args={"code": secret, "host": profile.host, "service": profile.short_name},
            dedup_key=f"code.{row.id}",
            valid_seconds=profile.code.valid_seconds,
            now=now,
        )
    event.record(session, "code", "sent", line_id=holder.line_id, address=holder.address, purpose=purpose, now=now)
    return row


def count(session: Session, holder: Holder, *, purpose: str, now: datetime) -> Attempt:
    """Counts a try at the live code. Commit before `settle`, which compares."""
    profile = operators.of(session)
    row = latest(session, holder.id, purpose)
    if row is None or row.used_at is not None or row.replaced_at is not None:
        return Attempt(fault=Needed())
    if row.expires_at <= now:
        return Attempt(fault=Expired())
    limit, seconds = profile.code.fails_per_day, _DAY
    if quota.take(session, scope=_FAILS, subject=holder.msisdn, limit=limit, seconds=seconds, now=now) is None:
        return Attempt(fault=_off(session, holder.msisdn, now))
    stranger = bool(holder.address) or purpose == _SIGN_IN
    allowed = challenge.tries(session, stranger=stranger, usual=profile.code.tries, now=now)
    tries = session.execute(
        update(OneTimeCode)
        .where(
            col(OneTimeCode.id) == row.id,
            col(OneTimeCode.used_at).is_(None),
            col(OneTimeCode.replaced_at).is_(None),
            col(OneTimeCode.tries) < allowed,
        )
        .values(tries=OneTimeCode.tries + 1)
        .returning(col(OneTimeCode.tries))
    ).scalar_one_or_none()
    if tries is None:
        quota.give_back(session, scope=_FAILS, subject=holder.msisdn, now=now)
        return Attempt(fault=Spent())
    return Attempt(target_id=row.id, tries_left=allowed - tries)


def settle(
    session: Session, holder: Holder, *, attempt: Attempt, purpose: str, digest: str, typed: str, now: datetime
) -> Fault | None:
    """Compares what was typed with the code of a counted try, and uses the code up; the refusal, or None."""
    if attempt.target_id is None:
        return attempt.fault
    row = session.get_one(OneTimeCode, attempt.target_id)
    if not keys_of(session).same(_KEY, row.mac, *_bound(row.id, holder.id, purpose, digest), typed):
        event.record(session, "code", "wrong", line_id=holder.line_id, address=holder.address, purpose=purpose, now=now)
        return Wrong(left=attempt.tries_left) if attempt.tries_left else Spent()
    quota.give_back(session, scope=_FAILS, subject=holder.msisdn, now=now)
    unused = (col(OneTimeCode.id) == row.id, col(OneTimeCode.used_at).is_(None), col(OneTimeCode.replaced_at).is_(None))
    won = session.execute(
        update(OneTimeCode).where(*unused).values(used_at=now).returning(col(OneTimeCode.id))
    ).scalar_one_or_none()
    return None if won else Needed()


def latest(session: Session, holder_id: UUID, purpose: str) -> OneTimeCode | None:
    """The newest code of a holder for a purpose, whatever became of it."""
    query = select(OneTimeCode).where(OneTimeCode.holder_id == holder_id, OneTimeCode.purpose == purpose)
    return session.exec(
        query.order_by(col(OneTimeCode.created_at).desc(), col(OneTimeCode.id).desc()).limit(1)
    ).one_or_none()


def is_live(session: Session, holder_id: UUID, purpose: str, now: datetime) -> bool:
    """Whether a code waits to be typed."""
    row = latest(session, holder_id, purpose)
    return row is not None and row.used_at is None and row.replaced_at is None and row.expires_at > now


def resend_at(session: Session, msisdn: str, purpose: str, now: datetime) -> datetime | None:
    """When the next code for this number and purpose may be asked for; None where it may be at once."""
    return quota.resets_at(session, scope=_wait(purpose), subject=msisdn, now=now)


def fresh(length: int) -> str:
    """A code of so many digits, every one of them as likely."""
    return f"{secrets.randbelow(10**length):0{length}d}"


def digits(typed: str, profile: Profile) -> str:
    """The digits of a typed code. Raises Malformed, which costs no try."""
    plain = rules.typed_code(typed, profile.code.digits)
    if plain is None:
        raise Malformed(digits=profile.code.digits)
    return plain


def _take_turn(session: Session, msisdn: str, purpose: str, now: datetime) -> None:
    seconds = operators.of(session).code.resend_seconds
    if quota.take(session, scope=_wait(purpose), subject=msisdn, limit=1, seconds=seconds, now=now) is None:
        until = resend_at(session, msisdn, purpose, now) or now
        raise Wait(until=until, seconds=rules.whole_seconds(until, now))


def _wait(purpose: str) -> str:
    return f"code.wait.{purpose}"


def _take_quotas(session: Session, holder: Holder, now: datetime) -> None:
    limits = operators.of(session).code
    factor = sim_window.limits_factor(session, line_id=holder.line_id, now=now) if holder.line_id else sim_window.FULL
    counted = [
        ("code.hour", holder.msisdn, sim_window.halved(limits.sends_per_hour, factor), _HOUR),
        ("code.day", holder.msisdn, sim_window.halved(limits.sends_per_day, factor), _DAY),
    ]
    if holder.address:
        network = network_of(session, holder.address)
        counted.append(("code.network", network, limits.sends_per_hour_per_network, _HOUR))
    for scope, subject, limit, seconds in counted:
        if quota.take(session, scope=scope, subject=subject, limit=limit, seconds=seconds, now=now) is None:
            raise SendsOver(until=quota.resets_at(session, scope=scope, subject=subject, now=now))
    if holder.address and not quota.take_distinct(
        session,
        scope="code.address",
        group=holder.address,
        member=holder.msisdn,
        limit=limits.numbers_per_hour_per_address,
        seconds=_HOUR,
        now=now,
    ):
        raise SendsOver(until=quota.resets_at(session, scope="code.address", subject=holder.address, now=now))


def _off(session: Session, msisdn: str, now: datetime) -> Off:
    return Off(until=quota.resets_at(session, scope=_FAILS, subject=msisdn, now=now))


def _waiting(holder_id: UUID, purpose: str) -> tuple[ColumnElement[bool], ...]:
    return (
        col(OneTimeCode.holder_id) == holder_id,
        col(OneTimeCode.purpose) == purpose,
        col(OneTimeCode.used_at).is_(None),
        col(OneTimeCode.replaced_at).is_(None),
    )


def _bound(code_id: UUID, holder_id: UUID, purpose: str, digest: str) -> tuple[str, ...]:
    return str(code_id), str(holder_id), purpose, digest
