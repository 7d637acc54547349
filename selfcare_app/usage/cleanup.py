"""Forgets call detail of months that the operator shows nobody any more."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlmodel import Session, col

from selfcare_app import operators
from selfcare_app.kit.actor import System
from selfcare_app.operators import Profile
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage.rating.rating_tables import RatedUse
from selfcare_app.usage.tables import UsageRecord

LINES_AT_ONCE = 200


def purge(session: Session, actor: System, *, after_no: int, now: datetime) -> tuple[int, int | None]:
    """Deletes the old records of the next lines; gives how many, and the line to go on after or None at the end.

    A line's records lie together in the order of time: each line is one short range, and nobody waits long.
    """
    numbers = select(col(Line.no)).where(col(Line.no) > after_no).order_by(col(Line.no)).limit(LINES_AT_ONCE)
    lines = session.execute(numbers).scalars().all()
    if not lines:
        return 0, None
    since = kept_since(operators.of(session), now)
    old = delete(UsageRecord).where(col(UsageRecord.line_no).in_(lines), col(UsageRecord.started_at) < since)
    receipts = delete(RatedUse).where(col(RatedUse.line_no).in_(lines), col(RatedUse.started_at) < since)
    session.execute(receipts)
    return session.execute(old).rowcount, lines[-1]  # type: ignore[attr-defined]


def kept_since(profile: Profile, now: datetime) -> datetime:
    """The beginning of the oldest month that is kept: that of the longest history that the operator shows."""
    shown = (profile.call_detail, profile.expense_history, profile.internet_statistics)
    back = max(part.months_back for part in shown if part is not None)
    today = now.astimezone(profile.zone).date()
    months = today.year * 12 + today.month - 1 - back
    return _midnight(date(months // 12, months % 12 + 1, 1), profile.zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
