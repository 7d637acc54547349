"""The way in by PUK1, for lines that it is open to, told apart from no other line by an answer (ISSA-014, ISSA-015)."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import event, puk1, quota
from selfcare_app.access.tables import Admission
from selfcare_app.access.views import Attempt
from selfcare_app.kit.errors import Fault, Refused
from selfcare_app.operators.schema.vocabulary import Method, PlanClass
from selfcare_app.subscribers.tables import Line, LineService

_DAY = 86_400
_TODAY, _EVER = "puk1.nobody.day", "puk1.nobody.ever"


class NotForLine(Refused):
    """PUK1 is not open to this line: its plan is not of the kinds that have it, and nobody has opened it (ISSA-014)."""

    code = "access.puk1_not_for_line"


def _unknown_class(session: Session, code: str, now: datetime) -> str:
    return ""


plan_class_of: list[Callable[[Session, str, datetime], str]] = [_unknown_class]
"""What a tariff plan is for, by its code: asked of the catalogue, which stands above this area."""


def why_not(session: Session, line: Line, now: datetime) -> NotForLine | None:
    """Why the line's owner can't be known by PUK1; None where he can."""
    rules = operators.of(session).registration
    if line.puk1_registration or _has_service(session, line, rules.puk1_line_service, now):
        return None
    classes = rules.puk1_plan_classes
    of_plan = plan_class_of[0](session, line.tariff_plan, now)
    return None if of_plan in {PlanClass(each).value for each in classes} else NotForLine()


def _has_service(session: Session, line: Line, service: str | None, now: datetime) -> bool:
    """Whether a service centre has connected the service that opens PUK1 to the line (ISSA-014)."""
    query = select(LineService.id).where(
        LineService.line_id == line.id,
        LineService.service == service,
        LineService.connected_at <= now,
        col(LineService.disconnected_at).is_(None) | (col(LineService.disconnected_at) > now),
    )
    return service is not None and session.exec(query.limit(1)).first() is not None


def count(session: Session, row: Admission, now: datetime) -> Attempt:
    """Counts a try; for a number that is not to be let in the same limits are counted by the number."""
    if row.line_id is not None:
        attempt = puk1.count(session, line_id=row.line_id, now=now)
        if not isinstance(attempt.fault, puk1.Shown | puk1.NoSim):
            return attempt
    # PUK1 that was shown lately, or a line without a SIM, is answered as another PUK1: which it is stays untold.
    limits = operators.of(session).puk1
    today = quota.take(session, scope=_TODAY, subject=row.msisdn, limit=limits.tries_per_day, seconds=_DAY, now=now)
    if today is None:
        until = quota.resets_at(session, scope=_TODAY, subject=row.msisdn, now=now)
        return Attempt(puk1.TriesOver(until=until), Method.PUK1)
    ever = quota.take_until(
        session, scope=_EVER, subject=row.msisdn, limit=limits.tries_lifetime, until=quota.FOREVER, now=now
    )
    if ever is None:
        return Attempt(puk1.Dead(), Method.PUK1)
    left = min(limits.tries_per_day - today, limits.tries_lifetime - ever)
    return Attempt(puk1.Wrong(left=left), Method.PUK1)


def settle(session: Session, row: Admission, *, attempt: Attempt, typed: str, now: datetime) -> Fault | None:
    """Compares a counted try. The refusal, or None where PUK1 was right."""
    if row.line_id is None or attempt.target_id is None:
        return attempt.fault or puk1.Wrong(left=0)
    fault = puk1.settle(session, line_id=row.line_id, attempt=attempt, typed=typed, now=now)
    if fault is None:
        event.record(session, "puk1", "proven", line_id=row.line_id, address=row.address, purpose=row.purpose, now=now)
    return fault
