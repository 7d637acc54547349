"""The one place that reads the clock; everybody else is handed `now`."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment as aware UTC."""
    return datetime.now(UTC)  # noqa: TID251 - this is the clock
