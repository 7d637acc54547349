"""The journal of the door: what was tried, by whom it was tried, and what came of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from selfcare_app.access.tables import AccessEvent
from selfcare_app.kit.ids import new_id


def record(
    session: Session,
    kind: str,
    outcome: str,
    *,
    now: datetime,
    line_id: UUID | None = None,
    session_id: UUID | None = None,
    address: str = "",
    **details: Any,
) -> None:
    """Adds one row; `details` are plain values and never a secret."""
    session.add(
        AccessEvent(
            id=new_id(),
            at=now,
            kind=kind,
            outcome=outcome,
            line_id=line_id,
            session_id=session_id,
            address=address,
            details=details,
        )
    )
