"""Which of many sessions are alive: asked about once a second for the browsers that are connected."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app.access import grants
from selfcare_app.access.tables import WebSession
from selfcare_app.kit.actor import System
from selfcare_app.subscribers.tables import Line

_AT_ONCE = 500
_ASKED: Any = (
    WebSession.id,
    WebSession.idle_until,
    WebSession.absolute_until,
    WebSession.line_id,
    WebSession.subject_id,
    WebSession.grant_id,
)


class Ends(NamedTuple):
    """Until when a session lives: unused, and however much it is used."""

    idle_until: datetime
    absolute_until: datetime


def living(session: Session, actor: System, *, session_ids: Collection[UUID], now: datetime) -> dict[UUID, Ends]:
    """Of those sessions the live ones, each with its ends."""
    asked = list(session_ids)
    found: dict[UUID, Ends] = {}
    for start in range(0, len(asked), _AT_ONCE):
        query = (
            select(*_ASKED)
            .join(Line, col(Line.id) == WebSession.line_id)
            .where(
                col(WebSession.id).in_(asked[start : start + _AT_ONCE]),
                col(WebSession.ended_at).is_(None),
                col(WebSession.idle_until) > now,
                Line.state != "closed",
                Line.access == "open",
            )
        )
        for session_id, idle_until, absolute_until, line_id, subject_id, grant_id in session.exec(query).all():
            if subject_id is None or grants.acting_of(
                session, delegate_id=line_id, subject_id=subject_id, grant_id=grant_id, now=now
            ):
                found[session_id] = Ends(idle_until, absolute_until)
    return found
