"""Pure decisions of call detail: which periods there are, where local days begin, what a typed number means."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from selfcare_app.kit.errors import Refused
from selfcare_app.kit.msisdn import Msisdn, NotANumber, Numbering
from selfcare_app.usage.views import Period

ESCAPE = "\\"
_LONGEST_FILTER = 40
_SHORTEST_BEGINNING = 2
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_MONTH_CODE = re.compile(r"(\d{4})-(\d{2})")
_DAYS_CODE = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")
_PUNCTUATION = str.maketrans("", "", " -–—().+\u00a0\u2011\u202f")


class FilterTooLong(Refused):
    """Nobody's number is as long as what was typed into the filter."""

    code = "usage.filter_too_long"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Moments [since, until) between two clock changes; its local days begin every 24 hours from `midnight`."""

    since: datetime
    until: datetime
    midnight: datetime
    first_day: date


@lru_cache(maxsize=1024)
def months(*, months_back: int, shows_today: bool, activated_on: date, today: date) -> tuple[Period, ...]:
    """The current month up to yesterday (or today) and so many before it, newest first, none before the line was."""
    first = today.replace(day=1)
    end = today + _DAY if shows_today else today
    offered = [Period(_code(first), first, max(first, end), current=True)]
    for _ in range(months_back):
        until, first = first, (first - _DAY).replace(day=1)
        if until <= activated_on:
            break
        offered.append(Period(_code(first), first, until))
    return tuple(offered)


def days_of(code: str, *, earliest: date, until: date) -> Period | None:
    """The period `2026-10-05..2026-11-02` (both days included) if it lies within [earliest, until)."""
    found = _DAYS_CODE.fullmatch(code)
    if found is None:
        return None
    try:
        first, last = date.fromisoformat(found[1]), date.fromisoformat(found[2])
    except ValueError:
        return None
    if not earliest <= first <= last < until:
        return None
    return Period(code, first, last + _DAY, current=last + _DAY == until)


@lru_cache(maxsize=256)
def stretches(first: date, until: date, zone: ZoneInfo) -> tuple[Stretch, ...]:
    """The days [first, until) of a time zone, cut where its clocks change."""
    found: list[Stretch] = []
    since, last = _midnight(first, zone), _midnight(until, zone)
    while since < last:
        end = _change_after(since, last, zone) or last
        offset = _offset(since, zone)
        local = (since + offset).date()
        found.append(Stretch(since, end, datetime.combine(local, time(), UTC) - offset, local))
        since = end
    return tuple(found)


def number_patterns(typed: str, numbering: Numbering) -> tuple[str, ...]:
    """The LIKE patterns of a typed filter, one of which a number has to fit; none for an empty filter.

    A whole number in any usual spelling means that number; `%` stands for any run of digits and `_` for one; anything
    else is looked for anywhere in the number or the sender's name, and after a trunk prefix at its beginning as well.
    Raises FilterTooLong.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if len(text) > _LONGEST_FILTER:
        raise FilterTooLong()
    bare = text.translate(_PUNCTUATION)
    if not bare.strip("%"):
        return ()
    if bare.isascii() and bare.isdigit():
        return _digits_patterns(text, bare, numbering)
    if re.fullmatch(r"[0-9%_]+", bare):
        mask = re.sub("%+", "%", bare)
        whole = "%" not in mask and len(mask) in _whole_lengths(numbering)
        return (f"%{mask}" if whole else f"%{mask}%",)
    escaped = re.sub(r"([%_\\])", r"\\\1", text)
    return (f"%{escaped}%",)


def _digits_patterns(typed: str, digits: str, numbering: Numbering) -> tuple[str, ...]:
    try:
        return (str(Msisdn.parse(typed, numbering)),)
    except NotANumber:
        # People leave the first digits of a trunk prefix out: 8 029 …, 029 …
        trunks = {trunk[place:] for trunk in numbering.trunk_prefixes for place in range(len(trunk))}
        rests = (digits.removeprefix(trunk) for trunk in sorted(trunks) if digits.startswith(trunk))
        begun = (f"{numbering.country_code}{rest}%" for rest in rests if len(rest) >= _SHORTEST_BEGINNING)
        return (f"%{digits}%", *begun)


def _whole_lengths(numbering: Numbering) -> tuple[int, int]:
    return numbering.national_length, len(numbering.country_code) + numbering.national_length


def _code(first: date) -> str:
    return f"{first:%Y-%m}"


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()


def _change_after(since: datetime, last: datetime, zone: ZoneInfo) -> datetime | None:
    """The first moment after `since` and before `last` at which the zone's offset is another."""
    early, day = since, since.astimezone(zone).date()
    while early < last:
        day += _DAY
        late = _midnight(day, zone)
        if _offset(early, zone) != _offset(late, zone):
            return min(_between(early, late, zone), last)
        early = late
    return None


def _between(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    before = _offset(early, zone)
    while late - early > _SECOND:
        middle = early + ((late - early) // 2 // _SECOND or 1) * _SECOND
        if _offset(middle, zone) == before:
            early = middle
        else:
            late = middle
    return late
