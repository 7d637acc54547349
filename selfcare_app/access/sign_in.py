"""Signing in with number and password, and the code that an unknown device is asked for."""

from datetime import datetime

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.access import admission, device, enumeration, event, quota, rules, standing, temporary
from selfcare_app.access.entrance import enter, notify
from selfcare_app.access.tables import Credential, KnownDevice
from selfcare_app.access.views import Attempt, Browser, Claim, Step
from selfcare_app.kit.actor import Visitor
from selfcare_app.kit.errors import Denied, Fault, Refused
from selfcare_app.operators.schema.vocabulary import SecondFactor, SignInFailure
from selfcare_app.subscribers.tables import Line

_HOUR, _DAY = 3600, 86_400
_NETWORK = "sign_in.network"


class WrongPassword(Refused):
    """The number and the password do not belong together (AS-017)."""

    code = "access.wrong_password"


class AttemptsLeft(Refused):
    """The same, with `left` more tries before the lock (AS-018)."""

    code = "access.attempts_left"


class Locked(Denied):
    """Too many wrong passwords in a row: passwords from this device are off until a new one is set (AS-019)."""

    code = "access.locked"


class TooSoon(Refused):
    """After several wrong passwords the next try waits `seconds`."""

    code = "access.too_soon"


class NetworkOff(Denied):
    """Too many numbers were tried from this network; passwords are taken again at `until`."""

    code = "access.network_off"


def claim(session: Session, actor: Visitor, *, number: str, audience: str = "", now: datetime) -> Claim:
    """Counts a try before anything is compared. Commit, compare off the transaction, then `settle`.

    Raises NotANumber. A try of a known device counts for that device alone, so that a stranger's lock harms nobody.
    """
    found = standing.find(session, number, audience)
    if found.credential is None or found.line is None:
        return _claim_of_nobody(session, actor, found, now)
    browser = device.known(session, device=actor.device, line_id=found.line.id, now=now)
    counter = browser or session.get_one(Credential, found.line.id, with_for_update=True, populate_existing=True)
    is_uniform = browser is None and enumeration.is_spent(session, actor, now=now)
    fault = _why_not_now(session, actor, counter, browser, found.msisdn, now)
    if fault is not None:
        hidden = is_uniform and not isinstance(fault, NetworkOff)
        return Claim(found.msisdn, found.line.id, is_uniform=is_uniform, fault=None if hidden else fault)
    counter.failed += 1
    counter.next_try_at = now + rules.delay(counter.failed, operators.of(session).lockout.delays_seconds)
    device_id = browser.id if browser else None
    return Claim(found.msisdn, found.line.id, device_id, counter.failed, is_uniform, found.credential.password_hash)


def settle(session: Session, actor: Visitor, *, claim: Claim, right: bool, browser: Browser, now: datetime) -> Step:
    """What comes of a claimed try: inside, a code to type, or the refusal (never raised: the try must stay counted)."""
    if claim.fault is not None:
        return Step(claim.fault, msisdn=claim.msisdn)
    if not right or claim.line_id is None or not claim.kept:
        return Step(note_wrong(session, actor, claim=claim, now=now), msisdn=claim.msisdn)
    line = session.get_one(Line, claim.line_id)
    forgive(session, actor, claim=claim, now=now)
    if line.access != "open":
        event.record(session, "sign_in", "closed", line_id=line.id, address=actor.address, now=now)
        return Step(standing.closed(session, line), msisdn=claim.msisdn)
    if over := temporary.over(session, line_id=line.id, now=now):
        return Step(over, msisdn=claim.msisdn)
    if _needs_code(session, claim):
        event.record(session, "sign_in", "code_asked", line_id=line.id, address=actor.address, now=now)
        return admission.begin(
            session,
            actor,
            purpose=admission.SIGN_IN,
            msisdn=claim.msisdn,
            line=line,
            admission_token=browser.admission_token,
            next_path=browser.next_path,
            now=now,
        )
    temporary.use(session, line_id=line.id, now=now)
    entered = enter(session, actor, line=line, method="password", browser=browser, remember=True, now=now)
    return Step(msisdn=claim.msisdn, entered=entered)


def second_factor(
    session: Session, actor: Visitor, *, attempt: Attempt, code: str, browser: Browser, remember: bool, now: datetime
) -> Step:
    """Compares a counted try at the code; a right one lets in (ISSA-017, ASVS 6.3.3). Raises admission.Over."""
    step = admission.check_code(
        session,
        actor,
        purpose=admission.SIGN_IN,
        admission_token=browser.admission_token,
        attempt=attempt,
        code=code,
        now=now,
    )
    if step.fault is not None:
        return step
    row, line = admission.proven(session, purpose=admission.SIGN_IN, admission_token=step.token, now=now)
    row.ended_at = now
    if line.access != "open":
        return Step(standing.closed(session, line), msisdn=step.msisdn)
    if over := temporary.over(session, line_id=line.id, now=now):
        return Step(over, msisdn=step.msisdn)
    temporary.use(session, line_id=line.id, now=now)
    entered = enter(
        session,
        actor,
        line=line,
        method="password+code",
        browser=browser,
        remember=remember,
        next_path=row.next_path,
        now=now,
    )
    return Step(msisdn=step.msisdn, entered=entered)


def _claim_of_nobody(session: Session, actor: Visitor, found: standing.Found, now: datetime) -> Claim:
    """A number without a password: told so within the budget, and after it answered as a wrong password."""
    if not _is_network_on(session, actor, found.msisdn, now):
        return Claim(found.msisdn, fault=_network_off(session, actor, now))
    if not enumeration.is_told(session, actor, msisdn=found.msisdn, now=now):
        return Claim(found.msisdn, is_uniform=True)
    why = standing.why_not_recover(session, found) or standing.not_registered(session)
    return Claim(found.msisdn, fault=standing.not_registered(session) if found.line else why)


def _why_not_now(
    session: Session,
    actor: Visitor,
    counter: Credential | KnownDevice,
    browser: KnownDevice | None,
    msisdn: str,
    now: datetime,
) -> Fault | None:
    attempts = operators.of(session).lockout.attempts
    if counter.failed >= attempts:
        return Locked(attempts=attempts)
    if counter.next_try_at is not None and counter.next_try_at > now:
        return TooSoon(seconds=rules.whole_seconds(counter.next_try_at, now))
    if browser is None and not _is_network_on(session, actor, msisdn, now):
        return _network_off(session, actor, now)
    return None


def _is_network_on(session: Session, actor: Visitor, msisdn: str, now: datetime) -> bool:
    """Counts the number for the visitor's network; a right password takes it back."""
    return quota.take_distinct(
        session,
        scope=_NETWORK,
        group=enumeration.network_of(session, actor.address),
        member=msisdn,
        limit=rules.FAILED_NUMBERS_PER_HOUR_PER_NETWORK,
        seconds=_HOUR,
        now=now,
    )


def _network_off(session: Session, actor: Visitor, now: datetime) -> NetworkOff:
    network = enumeration.network_of(session, actor.address)
    return NetworkOff(until=quota.resets_at(session, scope=_NETWORK, subject=network, now=now))


def forgive(session: Session, actor: Visitor, *, claim: Claim, now: datetime) -> None:
    """A right password ends the run of wrong ones, for the device or for all unknown ones."""
    if claim.device_id is not None:
        counter: Credential | KnownDevice = session.get_one(KnownDevice, claim.device_id)
    else:
        counter = session.get_one(Credential, claim.line_id)
        counter.locked_at = None
        quota.give_back_distinct(
            session, scope=_NETWORK, group=enumeration.network_of(session, actor.address), member=claim.msisdn, now=now
        )
    counter.failed, counter.next_try_at = 0, None


def note_wrong(session: Session, actor: Visitor, *, claim: Claim, now: datetime) -> Fault:
    """Writes a failed try down, locks where it was the last, and says what the visitor is told."""
    profile = operators.of(session)
    event.record(session, "sign_in", "wrong", line_id=claim.line_id, address=actor.address, now=now)
    locked = claim.failures >= profile.lockout.attempts
    if locked and claim.device_id is None and claim.line_id is not None:
        _lock(session, claim, now)
    if claim.is_uniform or claim.failures < profile.lockout.remaining_shown_from:
        return WrongPassword(mark=standing.mark(profile, SignInFailure.WRONG_PASSWORD))
    if locked:
        return Locked(attempts=profile.lockout.attempts)
    left = rules.attempts_left(claim.failures, profile.lockout.attempts)
    return AttemptsLeft(left=left, mark=standing.mark(profile, SignInFailure.ATTEMPTS_LEFT))


def _lock(session: Session, claim: Claim, now: datetime) -> None:
    """Notes the lock, and tells the owner once a day at most."""
    credential, line = session.get_one(Credential, claim.line_id), session.get_one(Line, claim.line_id)
    credential.locked_at = now
    event.record(session, "sign_in", "locked", line_id=line.id, now=now)
    subject = str(line.id)
    if quota.take(session, scope="sign_in.lock_notice", subject=subject, limit=1, seconds=_DAY, now=now) is not None:
        notify(session, line, about="locked", now=now)


def _needs_code(session: Session, claim: Claim) -> bool:
    factor = operators.of(session).sign_in.second_factor
    return factor == SecondFactor.ALWAYS or (factor == SecondFactor.UNKNOWN_DEVICE and claim.device_id is None)
