"""Who signed in to the line and who tried: time, address, result, for its subscriber alone (AS-035)."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, and_, col, or_, select

from selfcare_app.access.tables import AccessEvent
from selfcare_app.db import micros, moment
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.page import Page

PAGE_SIZE = 20
_SHOWN: dict[tuple[str, str], str] = {
    ("session", "begun"): "signed_in",
    ("sign_in", "code_asked"): "code_asked",
    ("sign_in", "wrong"): "wrong_password",
    ("sign_in", "closed"): "access_closed",
    ("sign_in", "locked"): "locked",
    ("sign_in", "unlocked"): "unlocked",
}
_GOOD = frozenset({"signed_in", "unlocked"})


@dataclass(frozen=True, slots=True)
class SignIn:
    """One attempt: `result` names what came of it, `address` is empty once it was forgotten."""

    at: datetime
    address: str
    result: str
    succeeded: bool
    is_own: bool
    """Whether it began the very session that asks."""


def list_own(session: Session, actor: Subscriber, *, cursor: str = "") -> Page[SignIn]:
    """The newest attempts first. Raises kit.OwnOnly."""
    actor.require_own()
    kinds = or_(*(and_(AccessEvent.kind == kind, AccessEvent.outcome == outcome) for kind, outcome in _SHOWN))
    query = select(AccessEvent).where(AccessEvent.line_id == actor.line_id, kinds)
    after = _opened(cursor)
    if after is not None:
        at, last = after
        older = or_(col(AccessEvent.at) < at, and_(col(AccessEvent.at) == at, col(AccessEvent.id) < last))
        query = query.where(older)
    newest_first = query.order_by(col(AccessEvent.at).desc(), col(AccessEvent.id).desc())
    rows = session.exec(newest_first.limit(PAGE_SIZE + 1)).all()
    shown = rows[:PAGE_SIZE]
    return Page(tuple(_view(row, actor) for row in shown), _closed(shown) if len(rows) > PAGE_SIZE else None)


def _view(row: AccessEvent, actor: Subscriber) -> SignIn:
    result = _SHOWN[row.kind, row.outcome]
    return SignIn(row.at, row.address, result, result in _GOOD, row.session_id == actor.session_id)


def _closed(shown: Sequence[AccessEvent]) -> str:
    last = shown[-1]
    return base64.urlsafe_b64encode(f"{micros(last.at)}:{last.id}".encode()).decode()


def _opened(cursor: str) -> tuple[datetime, UUID] | None:
    """Where the next page begins; what is no cursor of ours begins at the newest."""
    try:
        at, _, last = base64.urlsafe_b64decode(cursor.encode()).decode().partition(":")
        return moment(int(at)), UUID(last)
    except (ValueError, OverflowError):
        return None
