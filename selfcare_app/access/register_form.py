"""Registration by one form: number, password, e-mail; who asks is shown by РУНА or by the operator's own network."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.access import alarm, enumeration, event, network, password, recovery_email, runa, standing
from selfcare_app.access.password import Owner
from selfcare_app.access.tables import Credential
from selfcare_app.access.unlock import NotRight
from selfcare_app.access.views import Attempt, Step
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Visitor
from selfcare_app.kit.errors import Fault, Refused
from selfcare_app.operators.schema.vocabulary import Asked, Method
from selfcare_app.subscribers.tables import Line


class RunaNeeded(Refused):
    """Not from the operator's network with this number, so РУНА has to be given (AS-011, AS-012)."""

    code = "runa.needed_here"


@dataclass(frozen=True, slots=True)
class Filled:
    """The form: the typed number, the e-mail address, РУНА as digits or nothing."""

    number: str
    email: str = ""
    code: str = field(default="", repr=False)


def owner(session: Session, actor: Visitor, *, number: str) -> Owner:
    """Whose password is being chosen, as far as a stranger may know. Raises NotANumber."""
    return Owner(standing.find(session, number).msisdn)


def email_of(typed: str, asked: Asked) -> str:
    """The e-mail address of the form as the operator asks for it (AS-009). Raises NotAnAddress, AddressNeeded."""
    if asked == Asked.NO or (asked == Asked.OPTIONAL and not typed.strip()):
        return ""
    if not typed.strip():
        raise recovery_email.AddressNeeded()
    return recovery_email.plain(typed)


def count(
    session: Session, actor: Visitor, *, filled: Filled, ranges: Sequence[network.Network], now: datetime
) -> Attempt:
    """Counts a try at РУНА, or sees that none is needed (AS-010). Commit before `finish`. Raises NotANumber."""
    methods = operators.of(session).registration.methods
    if Method.RUNA not in methods:
        return Attempt(standing.NoSmsWay())
    found = standing.find(session, filled.number)
    own = network.own_line(session, actor, ranges=ranges, now=now) if Method.OWN_NETWORK in methods else None
    if own is not None and found.line is not None and own.id == found.line.id:
        return Attempt(None, Method.OWN_NETWORK, own.id)
    if not filled.code:
        return Attempt(RunaNeeded(), Method.RUNA)
    if found.line is None:
        return Attempt(_unknown(session, actor, found, now), Method.RUNA)
    return runa.count(session, line_id=found.line.id, now=now)


def finish(
    session: Session,
    actor: Visitor,
    *,
    filled: Filled,
    attempt: Attempt,
    chosen: str,
    password_hash: str,
    now: datetime,
) -> Step:
    """Sets the first password; nobody is signed in by it (AS-014). The refusal is not raised: the try stays counted.

    What only the owner may hear (registered already, closed, the own name in the password) is said after the proof.
    """
    found = standing.find(session, filled.number)
    if found.line is None or attempt.target_id is None:
        return Step(_told(attempt.fault), msisdn=found.msisdn)
    line = session.get_one(Line, found.line.id, with_for_update=True)
    if attempt.method == Method.RUNA and not runa.is_right(session, attempt, filled.code):
        runa.settle(session, line_id=line.id, attempt=attempt, typed=filled.code, now=now)
        return Step(NotRight(), msisdn=found.msisdn)
    fault = _why_not(session, found, line, chosen)
    if fault is None and attempt.method == Method.RUNA:
        fault = _told(runa.settle(session, line_id=line.id, attempt=attempt, typed=filled.code, now=now))
    if fault is not None:
        return Step(fault, msisdn=found.msisdn)
    session.add(Credential(line_id=line.id, password_hash=password_hash, set_by="web", set_at=now, registered_at=now))
    session.flush()
    if filled.email:
        recovery_email.keep(session, line_id=line.id, address=filled.email, now=now)
    event.record(session, "register", "done", line_id=line.id, address=actor.address, method=attempt.method, now=now)
    record(session, actor, line_id=line.id, action="registered", now=now)
    alarm.tell(session, line_id=line.id, kind="registered", now=now)
    return Step(msisdn=found.msisdn)


def _why_not(session: Session, found: standing.Found, line: Line, chosen: str) -> Fault | None:
    if found.credential is not None:
        return standing.AlreadyRegistered()
    if line.access != "open":
        return standing.closed(session, line)
    try:
        about = Owner(found.msisdn, standing.words_about(session, line))
        password.check(chosen, operators.of(session), about)
    except Refused as refusal:
        return refusal
    return None


def _unknown(session: Session, actor: Visitor, found: standing.Found, now: datetime) -> Fault:
    """The truth within the visitor's budget, and after it the same as for any other number."""
    fault = standing.why_not_register(session, found)
    told = fault is not None and enumeration.is_told(session, actor, msisdn=found.msisdn, now=now)
    return fault if fault is not None and told else NotRight()


def _told(fault: Fault | None) -> Fault | None:
    """What a stranger hears of a РУНА: whether one is active, and how often it may be tried, is the owner's alone."""
    return NotRight() if isinstance(fault, runa.Needed | runa.Wrong | runa.Spent) else fault
