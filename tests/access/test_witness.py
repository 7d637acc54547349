"""The glance that spares the gate a question: it sees everything that the answer hangs on, and nothing else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session

from selfcare_app.access import session as web_session
from selfcare_app.access.tables import Credential, ProofGiven, WebSession
from selfcare_app.access.views import Signed
from selfcare_app.kit.actor import Visitor
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line
from tests.access.door import Door

Change = Callable[[Session, Signed, Door], None]


def _ended(session: Session, signed: Signed, door: Door) -> None:
    web_session.end(session, signed.actor, session_id=signed.session_id, reason="sign_out", now=door.now)


def _closed(session: Session, signed: Signed, _door: Door) -> None:
    session.get_one(Line, signed.line_id).access = "closed_by_operator"


def _blocked(session: Session, signed: Signed, _door: Door) -> None:
    session.get_one(Line, signed.line_id).state = "closed"


def _language(session: Session, signed: Signed, _door: Door) -> None:
    session.get_one(WebSession, signed.session_id).language = "en"


def _temporary(session: Session, signed: Signed, door: Door) -> None:
    session.get_one(Credential, signed.line_id).temporary_until = door.now


def _password(session: Session, signed: Signed, door: Door) -> None:
    session.get_one(Credential, signed.line_id).set_at = door.now + timedelta(seconds=1)


def _proof(session: Session, signed: Signed, door: Door) -> None:
    later = door.now + timedelta(minutes=5)
    session.add(
        ProofGiven(
            id=new_id(),
            session_id=signed.session_id,
            purpose="call_detail",
            method="sms",
            made_at=door.now,
            expires_at=later,
        )
    )


def _counted(session: Session, signed: Signed, _door: Door) -> None:
    session.get_one(Credential, signed.line_id).failed += 1


def _touched(session: Session, signed: Signed, door: Door) -> None:
    web_session.touch(session, signed.actor, session_id=signed.session_id, now=door.now + timedelta(seconds=20))


@pytest.mark.security("S-20", "asvs_7_4_1")
@pytest.mark.parametrize("change", [_ended, _closed, _blocked, _language, _temporary, _password, _proof])
def test_what_changes_the_answer_changes_what_is_glanced_at(door: Door, change: Change) -> None:
    assert _differs(door, change)


@pytest.mark.parametrize("change", [_counted, _touched])
def test_wrong_passwords_and_uses_leave_it_as_it_is(door: Door, change: Change) -> None:
    assert not _differs(door, change)


def _differs(door: Door, change: Change) -> bool:
    line = door.line()
    with door.wires.db.transaction() as session:
        entered = web_session.start(
            session, line_id=line.id, method="password", address="", agent="", language="", now=door.now
        )
    with door.wires.db.transaction() as session:
        signed = web_session.resume(session, Visitor(), token=entered.token, now=door.now)
    assert signed is not None
    before = door.wires.db.glance(web_session.WITNESS, signed.session_id)
    assert before
    with door.wires.db.transaction() as session:
        change(session, signed, door)
    return door.wires.db.glance(web_session.WITNESS, signed.session_id) != before
