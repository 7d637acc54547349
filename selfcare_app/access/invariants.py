"""What must hold of counters and codes: no counter passes its limit, no code outlives its session."""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import change_password, delegation, email_recovery
from selfcare_app.access.tables import OneTimeCode, Quota, WebSession
from selfcare_app.kit.invariant import Check, Rows
from selfcare_app.operators import Profile


def checks() -> tuple[Check, ...]:
    """I13 for counters with one limit for everybody, and the part of I15 that is the codes'."""
    return (
        Check("I13", "no counter is above its limit", _counters),
        Check("I15", "no one-time code outlives its session", _codes),
    )


def _limits(profile: Profile) -> dict[str, int]:
    """The most that a counter may say, by its scope."""
    return {
        "code.fails": profile.code.fails_per_day,
        "delegation.named": delegation.TRIES_PER_DAY,
        "desk.looks": profile.desk.looks_per_day,
        "letter": email_recovery.LETTERS_PER_DAY,
        change_password.SCOPE: profile.lockout.attempts,
    }


def _counters(session: Session, now: datetime) -> Iterator[dict[str, object]]:
    limits = _limits(operators.of(session))
    query = select(Quota.scope, Quota.count).where(col(Quota.scope).in_(limits), col(Quota.resets_at) > now)
    for scope, count in session.exec(query).all():
        # Whose counter it is would be a number or an address.
        if count > limits[scope]:
            yield {"counter": scope, "count": count, "limit": limits[scope]}


def _codes(session: Session, now: datetime) -> Rows:
    alive = (
        select(OneTimeCode.id)
        .join(WebSession, col(WebSession.id) == OneTimeCode.holder_id)
        .where(
            col(WebSession.ended_at).is_not(None),
            col(OneTimeCode.used_at).is_(None),
            col(OneTimeCode.replaced_at).is_(None),
            col(OneTimeCode.expires_at) > now,
        )
    )
    for code_id in session.exec(alive).all():
        yield {"code": code_id}
