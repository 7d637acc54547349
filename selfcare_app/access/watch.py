"""Which of many sessions are alive: asked about once a second for the browsers that are connected."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app.access.tables import WebSession
from selfcare_app.kit.actor import System
from selfcare_app.subscribers.tables import Line

_AT_ONCE = 500


def living(session: Session, actor: System, *, session_ids: Collection[UUID], now: datetime) -> dict[UUID, datetime]:
    """Of those sessions the live ones, each with the end of its idleness (never past its whole time)."""
    asked = list(session_ids)
    found: dict[UUID, datetime] = {}
    for start in range(0, len(asked), _AT_ONCE):
        query = (
            select(WebSession.id, WebSession.idle_until)
            .join(Line, col(Line.id) == WebSession.line_id)
            .where(
                col(WebSession.id).in_(asked[start : start + _AT_ONCE]),
                col(WebSession.ended_at).is_(None),
                col(WebSession.idle_until) > now,
                Line.state != "closed",
                Line.access == "open",
            )
        )
        found.update((session_id, idle_until) for session_id, idle_until in session.exec(query))
    return found
