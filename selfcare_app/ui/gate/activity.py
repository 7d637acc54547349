"""When each session was last used: noted at once, written to the database a moment later and exactly."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

WRITTEN_AT_LATEST = timedelta(seconds=15)
PART_OF_IDLE = 10


@dataclass(slots=True)
class _Use:
    last: datetime
    written_at: datetime | None = None
    unwritten: bool = True


@dataclass(slots=True)
class Activity:
    """Uses that were noted. A session's row is written at most once in a while, which is WRITTEN_AT_LATEST or less.

    The row is therefore never behind by more than that, and by nothing once a session has been left alone so long.
    """

    _uses: dict[UUID, _Use] = field(default_factory=dict)

    def note(self, session_id: UUID, now: datetime) -> None:
        """Somebody did something in the session."""
        use = self._uses.setdefault(session_id, _Use(now))
        use.last, use.unwritten = now, True

    def last(self, session_id: UUID) -> datetime | None:
        """The last use that was noted here, if any."""
        use = self._uses.get(session_id)
        return use.last if use else None

    def take(self, session_id: UUID, now: datetime) -> datetime | None:
        """The last use if it is not written yet; it is taken for written."""
        use = self._uses.get(session_id)
        if use is None or not use.unwritten:
            return None
        use.unwritten, use.written_at = False, now
        return use.last

    def due(self, now: datetime, *, idle: timedelta) -> Iterator[tuple[UUID, datetime]]:
        """Sessions whose last use is to be written now, with its moment; each is taken for written."""
        while_ = min(WRITTEN_AT_LATEST, idle / PART_OF_IDLE)
        for session_id, use in tuple(self._uses.items()):
            if use.unwritten and (use.written_at is None or now - use.written_at >= while_):
                if used := self.take(session_id, now):
                    yield session_id, used
            elif not use.unwritten and now - use.last > idle:
                del self._uses[session_id]

    def forget(self, session_id: UUID) -> None:
        """The session is over."""
        self._uses.pop(session_id, None)


ACTIVITY = Activity()
