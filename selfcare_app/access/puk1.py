"""PUK1 typed as a proof: few tries a day and few ever, because the SIM's own code never changes."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, select

from selfcare_app import operators
from selfcare_app.access import event, quota, rules
from selfcare_app.access.one_time_code import Malformed
from selfcare_app.access.views import Attempt
from selfcare_app.db import keys_of
from selfcare_app.kit.errors import Denied, Fault, Refused
from selfcare_app.operators.schema import Profile
from selfcare_app.operators.schema.vocabulary import Method
from selfcare_app.subscribers import sim_seal
from selfcare_app.subscribers.tables import Sim

DISABLED_SECONDS = 72 * 3600
"""How long PUK1 proves nothing after it was shown in the cabinet."""

_DAY = 86_400
_TODAY, _EVER, _SHOWN = "puk1.day", "puk1.ever", "puk1.shown"


class Wrong(Refused):
    """Another PUK1; `left` tries are left today."""

    code = "access.puk1_wrong"


class TriesOver(Refused):
    """No more tries today; the next at `until`."""

    code = "access.puk1_tries_over"


class Dead(Denied):
    """PUK1 was mistyped as often as it ever may be: only a service centre helps."""

    code = "access.puk1_dead"


class Shown(Denied):
    """PUK1 was shown in the cabinet lately and proves nothing until `until`."""

    code = "access.puk1_shown"


class NoSim(Refused):
    """The line has no SIM in use."""

    code = "access.no_sim"


def sim_of(session: Session, line_id: UUID) -> Sim | None:
    """The SIM in use on a line."""
    return session.exec(select(Sim).where(Sim.line_id == line_id, Sim.retired_at == None)).first()  # noqa: E711 - SQL


def tries_left(session: Session, *, line_id: UUID, now: datetime) -> int:
    """How often PUK1 may still be tried today."""
    sim, limits = sim_of(session, line_id), operators.of(session).puk1
    if sim is None:
        return 0
    today = limits.tries_per_day - quota.used(session, scope=_TODAY, subject=str(sim.id), now=now)
    ever = limits.tries_lifetime - quota.used(session, scope=_EVER, subject=str(sim.id), now=now)
    return max(0, min(today, ever))


def count(session: Session, *, line_id: UUID, now: datetime) -> Attempt:
    """Counts a try, for today and for ever. Commit before `settle`."""
    sim, limits = sim_of(session, line_id), operators.of(session).puk1
    if sim is None:
        return Attempt(NoSim(), Method.PUK1)
    subject = str(sim.id)
    shown_until = quota.resets_at(session, scope=_SHOWN, subject=subject, now=now)
    if shown_until is not None:
        return Attempt(Shown(until=shown_until), Method.PUK1)
    today = quota.take(session, scope=_TODAY, subject=subject, limit=limits.tries_per_day, seconds=_DAY, now=now)
    if today is None:
        until = quota.resets_at(session, scope=_TODAY, subject=subject, now=now)
        return Attempt(TriesOver(until=until), Method.PUK1)
    ever = quota.take_until(
        session, scope=_EVER, subject=subject, limit=limits.tries_lifetime, until=quota.FOREVER, now=now
    )
    if ever is None:
        return Attempt(Dead(), Method.PUK1)
    return Attempt(None, Method.PUK1, sim.id, min(limits.tries_per_day - today, limits.tries_lifetime - ever))


def settle(session: Session, *, line_id: UUID, attempt: Attempt, typed: str, now: datetime) -> Fault | None:
    """Compares a counted try; a right one does not count. The refusal, or None."""
    if attempt.target_id is None:
        return attempt.fault
    sim = session.get_one(Sim, attempt.target_id)
    if not sim_seal.is_puk1(keys_of(session), sim, typed):
        event.record(session, "puk1", "wrong", line_id=line_id, now=now)
        return Wrong(left=attempt.tries_left)
    quota.give_back(session, scope=_TODAY, subject=str(sim.id), now=now)
    quota.give_back(session, scope=_EVER, subject=str(sim.id), now=now)
    return None


def disable(session: Session, *, sim_id: UUID, now: datetime) -> None:
    """PUK1 was shown: it proves nothing for DISABLED_SECONDS from now."""
    until = now + timedelta(seconds=DISABLED_SECONDS)
    quota.restart(session, scope=_SHOWN, subject=str(sim_id), until=until)


def digits(typed: str, profile: Profile) -> str:
    """The digits of a typed PUK1. Raises Malformed, which costs no try."""
    plain = rules.typed_code(typed, profile.puk1.digits)
    if plain is None:
        raise Malformed(digits=profile.puk1.digits)
    return plain
