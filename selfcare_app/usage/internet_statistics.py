"""Internet statistics of one day by service: which days there are, how often one may ask, and the day itself.

A day is one that is over, as call detail is where it stands "as of the day before". A day that a session was shown
today is shown to it again at no cost: a reload or the way back is no new request.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session, col, func, select

from selfcare_app import operators
from selfcare_app.access import quota
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import ProofNeeded, Subscriber
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.operators.schema.usage import InternetStatistics
from selfcare_app.usage import rules, selection
from selfcare_app.usage.codes import Kind
from selfcare_app.usage.tables import UsageRecord

PURPOSE = "internet_statistics"
OTHER = "Other"
"""What could not be told apart (ISSA-086): the word of the operator's document, in every language."""

_NAMES_DOMAINS = "http"
_SCOPE, _SHOWN = "internet_statistics", "internet_statistics.shown"
_DAY = timedelta(days=1)


class NotOffered(NotFound):
    """The operator has no internet statistics."""

    code = "statistics.not_offered"


class NoSuchDay(NotFound):
    """The day is not among those that are shown."""

    code = "statistics.no_such_day"


class DaySpent(Refused):
    """So many days were asked for today as may be; it goes on at `opens`."""

    code = "statistics.day_spent"


@dataclass(frozen=True, slots=True)
class Days:
    """Days [earliest, until) that may be asked for, of which `left` more today, of `most` a day."""

    earliest: date
    until: date
    left: int
    most: int
    opens: datetime

    @property
    def is_empty(self) -> bool:
        """Whether no day is over yet since the line began."""
        return self.until <= self.earliest


@dataclass(frozen=True, slots=True)
class ServiceTraffic:
    """A service and the bytes that came and went; `domains` (the busiest first) only where its addresses have names."""

    service: str
    bytes_in: int
    bytes_out: int
    domains: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Both directions."""
        return self.bytes_in + self.bytes_out


@dataclass(frozen=True, slots=True)
class DayStatistics:
    """One day: services, the largest total first."""

    day: date
    services: tuple[ServiceTraffic, ...]

    @property
    def bytes_in(self) -> int:
        """All that came."""
        return sum(service.bytes_in for service in self.services)

    @property
    def bytes_out(self) -> int:
        """All that went."""
        return sum(service.bytes_out for service in self.services)


def offer(session: Session, actor: Subscriber, *, now: datetime) -> Days:
    """Which days, and how many requests are left today (ISSA-084, ISSA-088). Needs no proof.

    Raises NotOffered, selection.NoSuchLine.
    """
    rule, line = _rule(session), selection.line_of(session, actor)
    today = _today(session, now)
    months = rules.months(months_back=rule.months_back, shows_today=False, activated_on=line.activated_on, today=today)
    used = quota.used(session, scope=_SCOPE, subject=str(actor.line_id), now=now)
    return Days(
        earliest=max(months[-1].first, line.activated_on),
        until=today,
        left=max(0, rule.requests_per_day - used),
        most=rule.requests_per_day,
        opens=_midnight(session, today + _DAY),
    )


def is_proven(session: Session, actor: Subscriber, *, now: datetime) -> bool:
    """Whether this session may see the statistics without proving again."""
    line = selection.line_of(session, actor)
    return selection.proven(session, actor, line=line, purpose=PURPOSE, now=now)


def of_day(session: Session, actor: Subscriber, *, day: date, now: datetime) -> DayStatistics:
    """The services of that day (ISSA-085…087), counted as a request (ISSA-088) and told to the journal.

    What is refused costs no request. Raises NotOffered, NoSuchDay, ProofNeeded, DaySpent, selection.NoSuchLine.
    """
    days, line = offer(session, actor, now=now), selection.line_of(session, actor)
    if not days.earliest <= day < days.until:
        raise NoSuchDay()
    if not selection.proven(session, actor, line=line, purpose=PURPOSE, now=now):
        raise ProofNeeded(purpose=PURPOSE)
    if _count(session, actor, day, days, now):
        details = {"day": day.isoformat()}
        record(session, actor, line_id=actor.line_id, action="viewed_internet", details=details, now=now)
    since, until = _midnight(session, day), _midnight(session, day + _DAY)
    query = (
        select(UsageRecord.service, UsageRecord.domain, func.sum(UsageRecord.bytes_in), func.sum(UsageRecord.bytes_out))
        .where(
            UsageRecord.line_no == line.no,
            UsageRecord.kind == Kind.DATA,
            col(UsageRecord.started_at) >= since,
            col(UsageRecord.started_at) < until,
        )
        .group_by(col(UsageRecord.service), col(UsageRecord.domain))
    )
    return DayStatistics(day, by_service(session.exec(query).all()))


def by_service(parts: Iterable[tuple[str, str, int, int]]) -> tuple[ServiceTraffic, ...]:
    """Service, domain, bytes in and out, added up by service: largest total first, equal ones by name (ISSA-087)."""
    found: dict[str, list[int]] = {}
    named: dict[str, dict[str, int]] = {}
    for service, domain, came, went in parts:
        name = service.strip()
        name = OTHER if not name or name.casefold() == OTHER.casefold() else name
        both = found.setdefault(name, [0, 0])
        both[0] += int(came)
        both[1] += int(went)
        if domain and name.casefold() == _NAMES_DOMAINS:
            domains = named.setdefault(name, {})
            domains[domain] = domains.get(domain, 0) + int(came) + int(went)
    rows = (ServiceTraffic(name, came, went, _busiest(named.get(name, {}))) for name, (came, went) in found.items())
    return tuple(sorted(rows, key=lambda row: (-row.total, row.service)))


def _busiest(domains: dict[str, int]) -> tuple[str, ...]:
    return tuple(sorted(domains, key=lambda domain: (-domains[domain], domain)))


def _count(session: Session, actor: Subscriber, day: date, days: Days, now: datetime) -> bool:
    """Whether it was a new request; the refusal undoes what was counted with its transaction. Raises DaySpent."""
    again = f"{actor.session_id}|{day}"
    if quota.take_until(session, scope=_SHOWN, subject=again, limit=1, until=days.opens, now=now) is None:
        return False
    subject = str(actor.line_id)
    if quota.take_until(session, scope=_SCOPE, subject=subject, limit=days.most, until=days.opens, now=now) is None:
        raise DaySpent(opens=days.opens, most=days.most)
    return True


def _rule(session: Session) -> InternetStatistics:
    rule = operators.of(session).internet_statistics
    if rule is None:
        raise NotOffered()
    return rule


def _today(session: Session, now: datetime) -> date:
    return now.astimezone(operators.of(session).zone).date()


def _midnight(session: Session, day: date) -> datetime:
    return datetime.combine(day, time(), operators.of(session).zone).astimezone(UTC)
