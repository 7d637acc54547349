"""Fresh proof in a session: an M-code by SMS, РУНА, or PUK1 for lines that the profile names (ISSA-043, ISSA-078)."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from selfcare_app import operators
from selfcare_app.access import event, halt, handset_password, one_time_code, puk1, rules, runa, sim_window
from selfcare_app.access.one_time_code import Holder
from selfcare_app.access.tables import ProofGiven, WebSession
from selfcare_app.access.views import Attempt, CodeState, Proving
from selfcare_app.kit.actor import Proof, Subscriber
from selfcare_app.kit.errors import Fault, NotFound, Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.operators.schema.proof import ProofRule
from selfcare_app.operators.schema.vocabulary import LineKind, Method, Scope
from selfcare_app.subscribers.tables import Line

_BUILT = (Method.SMS, Method.PUK1, Method.RUNA)
_MOVES_NOTHING = frozenset({"call_detail", "internet_statistics"})
"""What an SMS code may prove at once after the SIM was replaced, or by it the password: nothing here moves anything."""


class NoSuchPurpose(NotFound):
    """The operator asks for no proof under that name."""

    code = "access.no_such_purpose"


class NoNumber(Refused):
    """The line has no number that an SMS could go to."""

    code = "access.no_number"


def send(session: Session, actor: Subscriber, *, purpose: str, digest: str = "", now: datetime) -> CodeState:
    """Sends an M-code for an act whose parameters have the digest; for a PUK1 line there is nothing to send.

    Raises NoSuchPurpose, NoNumber, sim_window.SimChanged, handset_password.SetLately, and Wait, Off, SendsOver of
    one_time_code.
    """
    line = session.get_one(Line, actor.signed_line_id)
    if _method(session, purpose, line) == Method.SMS:
        refusal = why_not(session, actor, purpose=purpose, now=now)
        if refusal is not None:
            raise refusal
        one_time_code.send(session, _holder(session, actor, line), purpose=purpose, digest=digest, now=now)
    return state(session, actor, purpose=purpose, digest=digest, now=now)


def state(session: Session, actor: Subscriber, *, purpose: str, digest: str = "", now: datetime) -> CodeState:
    """How the code for a purpose stands: what the code screen shows. Raises NoSuchPurpose."""
    line = session.get_one(Line, actor.signed_line_id)
    profile, msisdn = operators.of(session), line.msisdn or ""
    number = rules.masked(msisdn, profile.numbering.display)
    proven = actor.has_proof(purpose, now, digest=digest)
    method = _method(session, purpose, line)
    if method == Method.PUK1:
        left = puk1.tries_left(session, line_id=line.id, now=now)
        return CodeState(Method.PUK1, profile.puk1.digits, number, left, proven=proven)
    if method == Method.RUNA:
        left = runa.tries_left(session, line_id=line.id, now=now)
        return CodeState(Method.RUNA, runa.rule(session).digits, number, left, proven=proven)
    row = one_time_code.latest(session, actor.session_id, purpose)
    live = row is not None and row.used_at is None and row.replaced_at is None and row.expires_at > now
    fits = row if live and row is not None and row.params_digest == digest else None
    return CodeState(
        method=Method.SMS,
        digits=profile.code.digits,
        number=number,
        tries_left=max(0, profile.code.tries - fits.tries) if fits else 0,
        sent_at=fits.created_at if fits else None,
        resend_at=one_time_code.resend_at(session, msisdn, purpose, now),
        expires_at=fits.expires_at if fits else None,
        proven=proven,
    )


def count(session: Session, actor: Subscriber, *, purpose: str, now: datetime) -> Attempt:
    """Counts a try. Commit before `settle`. Raises NoSuchPurpose."""
    line = session.get_one(Line, actor.signed_line_id)
    method = _method(session, purpose, line)
    fault = stopped(session, actor, purpose=purpose)
    if fault is not None:
        return Attempt(fault, method)
    if method == Method.PUK1:
        return puk1.count(session, line_id=line.id, now=now)
    if method == Method.RUNA:
        # It comes from the handset as an SMS does, so a SIM that was replaced lately proves as little by it.
        refusal = why_not(session, actor, purpose=purpose, now=now)
        return Attempt(refusal, Method.RUNA) if refusal else runa.count(session, line_id=line.id, now=now)
    return one_time_code.count(session, _holder(session, actor, line), purpose=purpose, now=now)


def settle(
    session: Session, actor: Subscriber, *, attempt: Attempt, purpose: str, code: str, digest: str = "", now: datetime
) -> Proving:
    """Compares a counted try and keeps the proof for as long as the profile says; the refusal is not raised."""
    line = session.get_one(Line, actor.signed_line_id)
    if attempt.method == Method.PUK1:
        fault = puk1.settle(session, line_id=line.id, attempt=attempt, typed=code, now=now)
    elif attempt.method == Method.RUNA:
        fault = runa.settle(session, line_id=line.id, attempt=attempt, typed=code, now=now)
    else:
        holder = _holder(session, actor, line)
        fault = one_time_code.settle(
            session, holder, attempt=attempt, purpose=purpose, digest=digest, typed=code, now=now
        )
    if fault is not None:
        return Proving(fault=fault)
    return Proving(give(session, actor, purpose=purpose, method=attempt.method, digest=digest, now=now))


def prove(session: Session, actor: Subscriber, *, purpose: str, code: str, digest: str = "", now: datetime) -> Proving:
    """`count` and `settle` in one transaction. Raises NoSuchPurpose and, at no cost, one_time_code.Malformed."""
    plain = typed(session, actor, purpose=purpose, code=code)
    attempt = count(session, actor, purpose=purpose, now=now)
    return settle(session, actor, attempt=attempt, purpose=purpose, code=plain, digest=digest, now=now)


def typed(session: Session, actor: Subscriber, *, purpose: str, code: str) -> str:
    """The digits that a person typed, if they can be a code of this purpose. Raises Malformed, NoSuchPurpose."""
    line = session.get_one(Line, actor.signed_line_id)
    method = _method(session, purpose, line)
    if method == Method.PUK1:
        return puk1.digits(code, operators.of(session))
    if method == Method.RUNA:
        return runa.digits(code, runa.rule(session))
    return one_time_code.digits(code, operators.of(session))


def give(session: Session, actor: Subscriber, *, purpose: str, method: str, digest: str = "", now: datetime) -> Proof:
    """Keeps a proof whose making the caller has seen, for as long as the profile says. Raises NoSuchPurpose."""
    rule = rule_of(session, purpose=purpose)
    until = now + timedelta(seconds=rule.freshness_seconds)
    if rule.scope == Scope.SESSION:
        until = session.get_one(WebSession, actor.session_id).absolute_until
    session.add(
        ProofGiven(
            id=new_id(),
            session_id=actor.session_id,
            purpose=purpose,
            method=method,
            params_digest=digest,
            made_at=now,
            expires_at=until,
        )
    )
    event.record(
        session,
        "proof",
        "given",
        line_id=actor.signed_line_id,
        session_id=actor.session_id,
        purpose=purpose,
        method=method,
        now=now,
    )
    return Proof(purpose, method, now, until, digest)


def use_up(session: Session, actor: Subscriber, *, purpose: str, now: datetime) -> None:
    """An act has been done by the session's proofs of a purpose: they prove no second one."""
    mine = (col(ProofGiven.session_id) == actor.session_id, col(ProofGiven.purpose) == purpose)
    session.execute(update(ProofGiven).where(*mine, col(ProofGiven.expires_at) > now).values(expires_at=now))


def why_not(session: Session, actor: Subscriber, *, purpose: str, now: datetime) -> Fault | None:
    """Why a code from the handset proves too little for an act now: its SIM or, by it, the password was replaced lately
    (T5, T11), or the owner has stopped what moves anything."""
    if purpose in _MOVES_NOTHING:
        return None
    line = session.get_one(Line, actor.signed_line_id)
    return (
        stopped(session, actor, purpose=purpose)
        or sim_window.code_too_weak(session, line, session_id=actor.session_id, now=now)
        or handset_password.set_lately(session, line, now)
    )


def stopped(session: Session, actor: Subscriber, *, purpose: str) -> Fault | None:
    """Why nothing is proven for such an act by any method: the owner of either line has stopped it."""
    if purpose in _MOVES_NOTHING or purpose == halt.PURPOSE:
        return None
    lines = dict.fromkeys((actor.line_id, actor.signed_line_id))
    return next(filter(None, (halt.why_not(session, line_id=each) for each in lines)), None)


def rule_of(session: Session, *, purpose: str) -> ProofRule:
    """What the operator asks for under that name. Raises NoSuchPurpose."""
    try:
        rule = operators.of(session).proofs.rule(purpose)
    except KeyError:
        rule = None
    if rule is None:
        raise NoSuchPurpose()
    return rule


def _method(session: Session, purpose: str, line: Line) -> Method:
    """The first of the profile's methods for this kind of line that a browser can be asked for; SMS where none is."""
    methods = rule_of(session, purpose=purpose).methods_for(LineKind(line.kind))
    return next((method for method in methods if method in _BUILT), Method.SMS)


def _holder(session: Session, actor: Subscriber, line: Line) -> Holder:
    if line.msisdn is None:
        raise NoNumber()
    language = actor.language or line.language or operators.of(session).default_language
    return Holder(actor.session_id, line.msisdn, line.id, language)
