"""Call detail on the screen: what may be asked for, one page of records, and the sums of the whole choice."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.db import micros, moment
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import NotFound
from selfcare_app.kit.money import Rate
from selfcare_app.kit.page import Page
from selfcare_app.operators.schema import Profile
from selfcare_app.usage import selection, statements
from selfcare_app.usage.codes import Kind
from selfcare_app.usage.selection import Selection
from selfcare_app.usage.views import CallRecord, Choice, Offer, Sum, Totals

_PLACE = re.compile(r"(\d{1,17})\.(\d{1,19})")
_GREATEST_KEY = 2**63 - 1
_NOTHING = (0, 0, 0, 0)

Added = tuple[int, int, int, int]


class NoSuchPage(NotFound):
    """No page begins there."""

    code = "usage.no_such_page"


def offer(session: Session, actor: Subscriber, *, now: datetime) -> Offer:
    """Periods, kinds and directions that the subscriber may choose (ISSA-073, ISSA-076). Needs no proof.

    Raises selection.Closed.
    """
    selection.require_open(operators.of(session), now)
    return selection.offered(session, selection.line_of(session, actor), now)


def is_proven(session: Session, actor: Subscriber, *, now: datetime) -> bool:
    """Whether this session may see call detail without proving again (ISSA-043)."""
    return selection.proven(session, actor, line=selection.line_of(session, actor), now=now)


def page(session: Session, actor: Subscriber, *, choice: Choice, after: str = "", now: datetime) -> Page[CallRecord]:
    """The page of records that follows `after` (a page's `next`; "" for the first), newest first.

    Raises what selection.select does, and NoSuchPage.
    """
    chosen = selection.select(session, actor, choice=choice, now=now)
    return _page(session, chosen, *(_place(after) if after else _end(chosen)))


def nth_page(session: Session, actor: Subscriber, *, choice: Choice, number: int, now: datetime) -> Page[CallRecord]:
    """The page of that number, counted from 1. Raises what `page` does."""
    chosen = selection.select(session, actor, choice=choice, now=now)
    at, key = _end(chosen)
    if number < 1:
        raise NoSuchPage()
    if number > 1 and chosen.stretches:
        skipped = {"since": chosen.stretches[0].since, "at": at, "key": key, "skip": (number - 1) * _size(session) - 1}
        found = statements.place(session, by_number=chosen.by_number).run(session, chosen.values | skipped)
        if not found:
            raise NoSuchPage()
        at, key = moment(found[0][0]), found[0][1]
    return _page(session, chosen, at, key)


def totals(session: Session, actor: Subscriber, *, choice: Choice, now: datetime) -> Totals:
    """Count, duration, volume and charge of the whole choice: of all, by kind and by local day.

    Raises what selection.select does.
    """
    chosen = selection.select(session, actor, choice=choice, now=now)
    return totals_of(operators.of(session), added(session, chosen))


def added(session: Session, chosen: Selection) -> dict[tuple[date, Kind], Added]:
    """Count, seconds, bytes and charge units by local day and kind."""
    statement = statements.sums(session, by_number=chosen.by_number)
    found: dict[tuple[date, Kind], Added] = {}
    for stretch in chosen.stretches:
        span = {"since": stretch.since, "until": stretch.until, "midnight": micros(stretch.midnight)}
        for kind, day, *sums in statement.run(session, chosen.values | span):
            place = stretch.first_day + timedelta(days=day), Kind(kind)
            found[place] = _plus(found.get(place, _NOTHING), sums)
    return found


def totals_of(profile: Profile, parts: dict[tuple[date, Kind], Added]) -> Totals:
    """The sums of all parts; charges are rounded once, after adding."""
    everything: Added = _NOTHING
    kinds: dict[Kind, Added] = {}
    days: dict[date, Added] = {}
    for (day, kind), part in parts.items():
        everything = _plus(everything, part)
        kinds[kind] = _plus(kinds.get(kind, _NOTHING), part)
        days[day] = _plus(days.get(day, _NOTHING), part)
    return Totals(
        all=_sum(profile, everything),
        by_kind=tuple((kind, _sum(profile, kinds[kind])) for kind in sorted(kinds)),
        by_day=tuple((day, _sum(profile, days[day])) for day in sorted(days, reverse=True)),
    )


def _page(session: Session, chosen: Selection, at: datetime, key: int) -> Page[CallRecord]:
    if not chosen.stretches:
        return Page(())
    size = _size(session)
    wanted = chosen.values | {"since": chosen.stretches[0].since, "at": at, "key": key, "limit": size + 1}
    rows = statements.page(session, by_number=chosen.by_number).run(session, wanted)
    records = tuple(map(CallRecord._make, rows[:size]))
    more = len(rows) > size
    return Page(records, f"{records[-1].at_micros}.{records[-1].key}" if more else None)


def _end(chosen: Selection) -> tuple[datetime, int]:
    """The place just after the newest record of the period; keys are never negative."""
    return (chosen.stretches[-1].until, 0) if chosen.stretches else (moment(0), 0)


def _place(after: str) -> tuple[datetime, int]:
    found = _PLACE.fullmatch(after)
    if found is None or int(found[2]) > _GREATEST_KEY:
        raise NoSuchPage()
    return moment(int(found[1])), int(found[2])


def _size(session: Session) -> int:
    return operators.of(session).call_detail.page_size


def _plus(one: Added, other: Sequence[Any]) -> Added:
    return (one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3])


def _sum(profile: Profile, part: Added) -> Sum:
    count, seconds, octets, units = part
    return Sum(count, seconds, octets, Rate(units, profile.currency, profile.currency_scale).rounded())
