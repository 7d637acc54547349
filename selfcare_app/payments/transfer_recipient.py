"""Finds whom money may go to; how many numbers a line may ask about is budgeted, so that nobody lists subscribers."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from selfcare_app import operators
from selfcare_app.access import quota
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.operators.schema.money import Transfer
from selfcare_app.subscribers.tables import Line

_CHECKS, _PACE = "transfer.recipients", "transfer.pace"
_DAY = 86_400


class NoRecipient(Refused):
    """The number can't receive money: of another operator, unknown or not in service; which of them is not said."""

    code = "sharing.no_recipient"


class OwnNumber(Refused):
    """The number is the sender's own, or one that the same account pays for."""

    code = "sharing.own_number"


class TooManyNumbers(Refused):
    """As many different numbers as a day may have were asked about; others from `possible_at`."""

    code = "sharing.too_many_numbers"


class TooFast(Refused):
    """The next number may be asked about in a few seconds."""

    code = "sharing.too_fast"


def budget(session: Session, *, line_id: UUID, number: Msisdn, rule: Transfer, now: datetime) -> Refused | None:
    """Counts the number among those that the line asks about today; the refusal where there were enough.

    The same number again costs nothing. The caller's transaction has to be kept for the count to be (T13).
    """
    subject = str(line_id)
    seen = quota.used(session, scope=f"{_CHECKS}.member", subject=f"{subject}|{number}", now=now)
    if seen:
        return None
    pace = {"scope": _PACE, "subject": subject, "limit": 1, "seconds": rule.name_check_seconds}
    if quota.take(session, **pace, now=now) is None:  # type: ignore[arg-type]
        return TooFast()
    counted = quota.take_distinct(
        session,
        scope=_CHECKS,
        group=subject,
        member=number,
        limit=rule.name_checks_per_day,
        seconds=_DAY,
        now=now,
    )
    if counted:
        return None
    return TooManyNumbers(possible_at=quota.resets_at(session, scope=_CHECKS, subject=subject, now=now) or now)


def find(session: Session, sender: Line, number: Msisdn) -> Line:
    """The line that the number belongs to now. Raises NoRecipient, OwnNumber."""
    numbering = operators.of(session).numbering
    if number == sender.msisdn:
        raise OwnNumber()
    is_own = number.national(numbering).startswith(tuple(numbering.prefixes))
    found = session.exec(select(Line).where(Line.msisdn == number)).one_or_none() if is_own else None
    if found is None or not is_open(found):
        raise NoRecipient()
    if found.account_id == sender.account_id:
        raise OwnNumber()
    return found


def is_open(line: Line) -> bool:
    """Whether money may go to the line: it works, or is only paused; a blocked one is paid by its own subscriber."""
    return line.state in ("active", "paused")
