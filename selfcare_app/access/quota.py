"""Guarded counters: how often somebody may do something in a window of time, exact under any number at once."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, case, literal, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from selfcare_app.access.tables import Quota
from selfcare_app.db import Moment

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)


def take(session: Session, *, scope: str, subject: str, limit: int, seconds: int, now: datetime) -> int | None:
    """Counts one use. The count that it makes, or None where `limit` is spent: nothing is counted then.

    The window begins with the first use and lasts `seconds`.
    """
    return take_until(
        session, scope=scope, subject=subject, limit=limit, until=now + timedelta(seconds=seconds), now=now
    )


def take_until(
    session: Session, *, scope: str, subject: str, limit: int, until: datetime, now: datetime, units: int = 1
) -> int | None:
    """The same for a window that ends at a given moment, such as the end of a calendar day; `units` at once.

    With `units` an amount is counted, in minor units: so much a month.
    """
    if units > limit:
        return None
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    fresh = dialect.insert(Quota).values(scope=scope, subject=subject, count=units, resets_at=until)
    over = col(Quota.resets_at) <= now
    guarded = fresh.on_conflict_do_update(
        index_elements=["scope", "subject"],
        set_={
            "count": case((over, units), else_=Quota.count + units),
            "resets_at": case((over, literal(until, Moment())), else_=Quota.resets_at),
        },
        where=over | (col(Quota.count) <= limit - units),
    ).returning(Quota.count)
    return session.execute(guarded).scalar_one_or_none()


def give_back(session: Session, *, scope: str, subject: str, now: datetime, units: int = 1) -> None:
    """Takes back uses that turned out not to count."""
    session.execute(
        update(Quota).where(*_is_live(scope, subject, now), col(Quota.count) >= units).values(count=Quota.count - units)
    )


def used(session: Session, *, scope: str, subject: str, now: datetime) -> int:
    """How many uses are counted now."""
    row = _live(session, scope, subject, now)
    return row[0] if row else 0


def resets_at(session: Session, *, scope: str, subject: str, now: datetime) -> datetime | None:
    """When the count starts anew; None where nothing is counted."""
    row = _live(session, scope, subject, now)
    return row[1] if row else None


def take_distinct(
    session: Session, *, scope: str, group: str, member: str, limit: int, seconds: int, now: datetime
) -> bool:
    """Whether `member` is, or may still become, one of `limit` distinct members that `group` has in the window."""
    place = f"{group}|{member}"
    if take(session, scope=f"{scope}.member", subject=place, limit=1, seconds=seconds, now=now) is None:
        return True
    if take(session, scope=scope, subject=group, limit=limit, seconds=seconds, now=now) is not None:
        return True
    give_back(session, scope=f"{scope}.member", subject=place, now=now)
    return False


def give_back_distinct(session: Session, *, scope: str, group: str, member: str, now: datetime) -> None:
    """Takes back a member that turned out not to count."""
    place = f"{group}|{member}"
    if used(session, scope=f"{scope}.member", subject=place, now=now):
        give_back(session, scope=f"{scope}.member", subject=place, now=now)
        give_back(session, scope=scope, subject=group, now=now)


def restart(session: Session, *, scope: str, subject: str, until: datetime) -> None:
    """One use, counted from now until a given moment, whatever was counted before."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    fresh = dialect.insert(Quota).values(scope=scope, subject=subject, count=1, resets_at=until)
    session.execute(
        fresh.on_conflict_do_update(index_elements=["scope", "subject"], set_={"count": 1, "resets_at": until})
    )


def _live(session: Session, scope: str, subject: str, now: datetime) -> tuple[int, datetime] | None:
    return session.exec(select(Quota.count, Quota.resets_at).where(*_is_live(scope, subject, now))).one_or_none()


def _is_live(scope: str, subject: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return col(Quota.scope) == scope, col(Quota.subject) == subject, col(Quota.resets_at) > now
