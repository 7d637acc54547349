"""What the demonstration's lines used: rhythm of days and weeks, heavy tails, favourites, trips, packages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from selfcare_app.demo.people import Line
from selfcare_app.demo.prices import price_list
from selfcare_app.demo.words import INTERNET
from selfcare_app.operators import Profile
from selfcare_app.usage.codes import Direction, Kind, Zone
from selfcare_app.usage.rating.columns import Uses, rate
from selfcare_app.usage.rating.compiled import compiled

Numbers = npt.NDArray[np.int64]
_HOURS = np.array([1, 1, 1, 1, 1, 2, 5, 12, 20, 26, 28, 28, 30, 28, 26, 27, 29, 33, 36, 34, 28, 18, 9, 3], float)
_WEEK = np.array([1.0, 1.0, 1.02, 1.05, 1.2, 0.85, 0.7])
_PHONE = np.array([0.55, 0.12, 0.01, 0.32])
_DATA_ONLY = np.array([0.0, 0.06, 0.0, 0.94])
_KINDS = np.array([Kind.CALL, Kind.SMS, Kind.MMS, Kind.DATA])
_SERVICES = np.array([weight for _, _, weight in INTERNET], float)
_TRIP_CHANCE = 0.03
_TRIP_DAYS = 6


@dataclass(slots=True)
class Month:
    """A line's records of a month in order of time, and what of the package they used."""

    started: npt.NDArray[np.datetime64]
    kind: Numbers
    direction: Numbers
    zone: Numbers
    contact: Numbers
    seconds: Numbers
    bytes_in: Numbers
    bytes_out: Numbers
    units: Numbers
    service: Numbers
    packaged: dict[str, int]


def month(profile: Profile, line: Line, first: date, until: date, rng: np.random.Generator) -> Month:
    """The line's records in [first, until), local days."""
    days = (until - first).days
    whole = (date(first.year + first.month // 12, first.month % 12 + 1, 1) - first).days
    count = int(rng.poisson(line.activity * days / max(whole, 1))) if days > 0 else 0
    started, day = _moments(profile, first, days, count, rng)
    kind = rng.choice(_KINDS, count, p=_PHONE if line.kind == "phone" else _DATA_ONLY)
    direction = np.where(
        (kind == Kind.DATA) | (rng.random(count) < 0.55), int(Direction.OUTGOING), int(Direction.INCOMING)
    )
    contact = _contacts(line, kind, direction, rng)
    zone = np.array([z for _, z in line.contacts], np.int64)[contact] if count else np.zeros(0, np.int64)
    zone[kind == Kind.DATA] = Zone.NONE
    if count and rng.random() < _TRIP_CHANCE:
        left = int(rng.integers(0, max(1, days - _TRIP_DAYS)))
        zone[(day >= left) & (day < left + _TRIP_DAYS)] = Zone.ROAMING
    seconds = np.where(kind == Kind.CALL, np.minimum(7_200, 1 + rng.lognormal(4.2, 1.1, count)).astype(np.int64), 0)
    volume = np.where(kind == Kind.DATA, rng.lognormal(16.0, 1.7, count), 0.0)
    made = Month(
        started,
        kind,
        direction,
        zone,
        contact,
        seconds,
        np.minimum(volume * 0.92, 4e9).astype(np.int64),
        np.minimum(volume * 0.08, 4e8).astype(np.int64),
        np.zeros(count, np.int64),
        rng.choice(len(INTERNET), count, p=_SERVICES / _SERVICES.sum()),
        {},
    )
    _charge(made, line, profile.zone)
    return made


def _moments(
    profile: Profile, first: date, days: int, count: int, rng: np.random.Generator
) -> tuple[npt.NDArray[np.datetime64], Numbers]:
    weights = np.array([_WEEK[(first + timedelta(days=n)).weekday()] for n in range(days)] or [1.0])
    day = rng.choice(len(weights), count, p=weights / weights.sum())
    local = day * 86_400 + rng.choice(24, count, p=_HOURS / _HOURS.sum()) * 3_600 + rng.integers(0, 3_600, count)
    local.sort()
    midnight = datetime.combine(first, time.min, profile.zone)
    begin = np.datetime64(int(midnight.timestamp()), "s")
    return begin + local.astype("timedelta64[s]"), local // 86_400


def _contacts(line: Line, kind: Numbers, direction: Numbers, rng: np.random.Generator) -> Numbers:
    """Which contact each record is with: a few favourites take most; senders with a name only send."""
    named = sum(1 for number, _ in line.contacts if not number.isdigit())
    numbered = len(line.contacts) - named
    chosen = np.minimum(rng.zipf(1.6, len(kind)) - 1, numbered - 1)
    if named:
        from_sender = (kind == Kind.SMS) & (direction == Direction.INCOMING) & (rng.random(len(kind)) < 0.7)
        chosen = np.where(from_sender, numbered + rng.integers(0, named, len(kind)), chosen)
    return chosen.astype(np.int64)


def _charge(made: Month, line: Line, zone: ZoneInfo) -> None:
    """Prices the month as the import would, had it come without charges."""
    uses = Uses(
        line=np.full(len(made.kind), line.no, np.int64),
        at=made.started.astype("datetime64[us]").astype(np.int64),
        kind=made.kind.astype(np.int64),
        direction=made.direction.astype(np.int64),
        zone=made.zone.astype(np.int64),
        seconds=made.seconds,
        octets=made.bytes_in + made.bytes_out,
        forwarded=np.zeros(len(made.kind), bool),
        time_zone=zone,
    )
    ready = compiled(price_list(line.plan))
    rated = rate(uses, ready)
    made.units = rated.units
    made.packaged = {code: int(taken.sum()) for code, taken in zip(ready.codes, rated.drawn, strict=True)}


def months(until: date, count: int) -> Iterator[tuple[date, date]]:
    """The last `count` months up to `until` (not itself), oldest first, as [first day, end)."""
    firsts = []
    first = (until - timedelta(days=1)).replace(day=1)
    for _ in range(count):
        firsts.append(first)
        first = (first - timedelta(days=1)).replace(day=1)
    for begin in reversed(firsts):
        following = (begin + timedelta(days=32)).replace(day=1)
        yield begin, min(following, until)
