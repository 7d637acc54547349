"""People who work on the lines of others, for tests."""

from typing import Any
from uuid import UUID

from selfcare_app.access import acting, delegation
from selfcare_app.access import session as web_session
from selfcare_app.kit.actor import Proof, Staff, Subscriber
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line
from tests.access.door import Door

CLERK = Staff(staff_id=new_id(), session_id=new_id(), login="clerk")


def organisation(door: Door, *, lines: int = 2) -> list[Line]:
    """Lines of one organisation, all on one account."""
    first = door.line(client_kind="organisation")
    return [first, *(door.line(account_id=first.account_id) for _ in range(lines - 1))]


def granted(
    door: Door, delegate: Line, subject: Line, *, role: str = "curator", level: str = "manage", **more: Any
) -> UUID:
    """A right, as the desk or the subscriber has given it."""
    values = {"over": "line", "over_id": subject.id} | more
    made: UUID = door.do(_grant, CLERK, delegate=delegate, role=role, level=level, **values)
    return made


def _grant(session: Any, actor: Any, **named: Any) -> UUID:
    return delegation.grant(session, actor, **named)


def signed(door: Door, token: str) -> Subscriber | None:
    """The actor that a cookie makes now."""
    found = door.ask(web_session.resume, token=token)
    return found.actor if found else None


def over(door: Door, actor: Subscriber, subject: Line) -> Subscriber:
    """The actor, gone over to another line."""
    entered = door.do(acting.switch, actor, line_id=subject.id)
    found = signed(door, entered.token)
    assert found is not None
    return found


def proven(door: Door, actor: Subscriber, purpose: str, digest: str = "") -> Subscriber:
    """The actor with a fresh proof."""
    until = door.now.replace(year=door.now.year + 1)
    proof = Proof(purpose, "sms", door.now, until, digest)
    return Subscriber(actor.line_id, actor.session_id, (proof,), acting=actor.acting)
