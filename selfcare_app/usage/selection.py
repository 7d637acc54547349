"""Checks what a subscriber asks to see of call detail: whose line, which period and kinds, and who was proved to ask.

Records belong to the line and stay with it when its number changes. What rests while bills are formed, from the 1st to
the 3rd of a month («Услуга не оказывается в период формирования счетов», said of bills), is a list in the profile's
closed windows: call detail rests then only where it stands in that list.
"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.kit.actor import ProofNeeded, Subscriber
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.operators import window
from selfcare_app.operators.schema import Feature, Profile
from selfcare_app.operators.schema.vocabulary import CurrentUntil, LineKind
from selfcare_app.operators.schema.vocabulary import Period as Asked
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage import rules, statements
from selfcare_app.usage.codes import Direction, Kind
from selfcare_app.usage.views import Choice, Offer, Period

PURPOSE = "call_detail"
"""What fresh proof of the session is for."""


class NoSuchLine(NotFound):
    """The session's line is gone."""

    code = "usage.no_such_line"


class NoSuchPeriod(NotFound):
    """The period is not among those that are shown."""

    code = "usage.no_such_period"


class NoSuchKind(Refused):
    """The kind or the direction is not among those that are shown."""

    code = "usage.no_such_kind"


class Closed(Refused):
    """Call detail rests until the day `reopens`."""

    code = "usage.closed"


@dataclass(frozen=True, slots=True)
class LineKept:
    """The actor's line as usage knows it: `no` is its key in the records."""

    no: int
    kind: str
    activated_on: date


@dataclass(frozen=True, slots=True)
class Selection:
    """A choice that was checked, as parameters of the statements."""

    period: Period
    zone: ZoneInfo
    values: dict[str, Any]
    by_number: bool

    @property
    def stretches(self) -> tuple[rules.Stretch, ...]:
        """The period's moments, cut where the clocks change; none where it is empty."""
        return rules.stretches(self.period.first, self.period.until, self.zone)


def line_of(session: Session, actor: Subscriber) -> LineKept:
    """The actor's line. Raises NoSuchLine."""
    rows = statements.line(session).run(session, {"line_id": actor.line_id})
    if not rows:
        raise NoSuchLine()
    no, kind, activated_on = rows[0]
    return LineKept(no, kind, date.fromisoformat(activated_on) if isinstance(activated_on, str) else activated_on)


def offered(session: Session, line: LineKept, now: datetime) -> Offer:
    """What can be asked for on this line today."""
    profile = operators.of(session)
    today = now.astimezone(_zone(profile.time_zone)).date()
    shown = profile.call_detail
    months = rules.months(
        months_back=shown.months_back,
        shows_today=shown.current_until is CurrentUntil.NOW,
        activated_on=line.activated_on,
        today=today,
    )
    return Offer(
        months=months,
        earliest=max(months[-1].first, line.activated_on),
        until=months[0].until,
        any_days=shown.period is Asked.RANGE,
        kinds=tuple(Kind[kind.name] for kind in shown.kinds),
        directions=tuple(Direction[direction.name] for direction in shown.directions),
        formats=tuple(str(form) for form in shown.export_formats),
        page_size=shown.page_size,
    )


def proven(session: Session, actor: Subscriber, *, line: LineKept, purpose: str = PURPOSE, now: datetime) -> bool:
    """Whether the session holds a live proof by a method that counts on this kind of line (M-code; PUK1 on a modem)."""
    rule = operators.of(session).proofs.rule(purpose)
    if rule is None:
        return True
    # A delegate's codes go to his own handset, so that its kind says by what he proves.
    kind = session.get_one(Line, actor.signed_line_id).kind if actor.acting else line.kind
    methods = rule.methods_for(LineKind(kind))
    return any(p.purpose == purpose and p.method in methods and p.expires_at > now for p in actor.proofs)


def select(session: Session, actor: Subscriber, *, choice: Choice, now: datetime) -> Selection:
    """The choice, checked and ready to be run.

    Raises ProofNeeded, Closed, NoSuchPeriod, NoSuchKind, rules.FilterTooLong.
    """
    profile = operators.of(session)
    require_open(profile, now)
    line = line_of(session, actor)
    if not proven(session, actor, line=line, now=now):
        raise ProofNeeded(purpose=PURPOSE)
    offer = offered(session, line, now)
    kinds, directions = choice.kinds or offer.kinds, choice.directions or offer.directions
    if not (set(kinds) <= set(offer.kinds) and set(directions) <= set(offer.directions)):
        raise NoSuchKind()
    numbers = rules.number_patterns(choice.number, profile.numbering)
    return Selection(
        period=period_of(offer, choice.period),
        zone=_zone(profile.time_zone),
        values={"line_no": line.no, **statements.chosen(directions, kinds, numbers)},
        by_number=bool(numbers),
    )


def period_of(offer: Offer, code: str) -> Period:
    """The offered period of that code. Raises NoSuchPeriod."""
    for month in offer.months:
        if month.code == code:
            return month
    days = rules.days_of(code, earliest=offer.earliest, until=offer.until) if offer.any_days else None
    if days is None:
        raise NoSuchPeriod()
    return days


def require_open(profile: Profile, now: datetime) -> None:
    """Raises Closed on days on which call detail rests."""
    rest = profile.closed_windows.for_feature(Feature.CALL_DETAIL)
    today = now.astimezone(_zone(profile.time_zone)).date()
    if rest is not None and window.is_closed(rest, today):
        raise Closed(reopens=window.reopens_on(rest, today))


@lru_cache(maxsize=8)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)
