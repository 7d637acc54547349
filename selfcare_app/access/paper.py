"""What the desk does with a written application beside it: a temporary password on paper, a stop that is lifted.

The employee sees the password: that is how the operator issues it (AS-002). It is good for one sign-in within a day,
has to be changed at once, and the subscriber's handset says that it was issued.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.access import halt, temporary
from selfcare_app.access.desk_look import applied
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import NotFound
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.operators.schema.vocabulary import Method


class NoPaper(NotFound):
    """The operator issues no passwords on paper."""

    code = "paper.not_offered"


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed; `password` is kept nowhere."""

    msisdn: Msisdn
    password: str = field(repr=False)
    until: datetime
    language: str


def issue(session: Session, actor: Staff, *, look_id: UUID, application: str, now: datetime) -> Slip:
    """Makes a temporary password the line's only one, also for a line that never registered (AS-002).

    Raises NoPaper, LookOver, NoApplication, temporary.NoSuchLine.
    """
    profile = operators.of(session)
    if Method.PAPER not in profile.registration.methods:
        raise NoPaper()
    line = applied(session, actor, look_id=look_id, application=application, act="password_on_paper", now=now)
    made = temporary.issue_on_paper(session, actor, line_id=line.id, application=application.strip(), now=now)
    return Slip(Msisdn(line.msisdn or ""), made.password, made.until, line.language or profile.default_language)


def release(session: Session, actor: Staff, *, look_id: UUID, application: str, now: datetime) -> None:
    """Lifts "this was not me" for a subscriber who has shown his document.

    Raises LookOver, NoApplication, halt.NothingStopped.
    """
    line = applied(session, actor, look_id=look_id, application=application, act="released", now=now)
    halt.release_at_desk(session, actor, line_id=line.id, application=application.strip(), now=now)
