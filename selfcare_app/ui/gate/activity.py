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
    unwritten_since: datetime | None


@dataclass(slots=True)
class Activity:
    """Uses that were noted; a session's row is written when its oldest unwritten use is `delay` old.

    The row is therefore never behind by more than `delay`, and by nothing once a session has been left alone so long.
    """

    _uses: dict[UUID, _Use] = field(default_factory=dict)

    def note(self, session_id: UUID, now: datetime) -> None:
        """Somebody did something in the session."""
        use = self._uses.setdefault(session_id, _Use(now, now))
        use.last = now
        use.unwritten_since = use.unwritten_since or now

    def last(self, session_id: UUID) -> datetime | None:
        """The last use that was noted here, if any."""
        use = self._uses.get(session_id)
        return use.last if use else None

    def unwritten(self, session_id: UUID) -> datetime | None:
        """The last use if it is not written yet; it is taken for written."""
        use = self._uses.get(session_id)
        if use is None or use.unwritten_since is None:
            return None
        use.unwritten_since = None
        return use.last

    def due(self, now: datetime, *, idle: timedelta) -> Iterator[tuple[UUID, datetime]]:
        """Sessions whose last use is to be written now, with its moment; each is taken for written."""
        delay = min(WRITTEN_AT_LATEST, idle / PART_OF_IDLE)
        for session_id, use in tuple(self._uses.items()):
            if use.unwritten_since is not None and now - use.unwritten_since >= delay:
                use.unwritten_since = None
                yield session_id, use.last
            elif use.unwritten_since is None and now - use.last > idle:
                del self._uses[session_id]

    def forget(self, session_id: UUID) -> None:
        """The session is over."""
        self._uses.pop(session_id, None)


ACTIVITY = Activity()
