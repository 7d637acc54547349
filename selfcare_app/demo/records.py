"""Writes the usage records of the demonstration's lines, a file a month."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from selfcare_app.demo import usage
from selfcare_app.demo.people import Line
from selfcare_app.demo.words import INTERNET
from selfcare_app.operators import Profile
from selfcare_app.usage.codes import Direction, Kind, Zone

_SHOWN_UNITS = 6
_KINDS = {int(kind): kind.name.lower() for kind in Kind}
_WAYS = {int(way): way.name.lower() for way in Direction}
_ZONES = {int(zone): zone.name.lower() for zone in Zone}
Used = dict[str, int]
"""What of each package is used, in its unit."""


def write(
    profile: Profile, out: Path, lines: Sequence[Line], months: int, until: date, dice: np.random.Generator
) -> tuple[int, dict[int, Used]]:
    """Writes a file a month; gives how many records there are and what the last month used of the packages."""
    count, used = 0, {}
    for first, end in usage.months(until, months):
        with (out / f"usage-{first:%Y-%m}.csv").open("w", encoding="utf-8", newline="") as handle:
            handle.write(
                "record_id,msisdn,started_at,kind,direction,zone,peer,duration_seconds,bytes_in,bytes_out,charge,service,domain\n"
            )
            for line in lines:
                begin = max(first, line.since)
                made = usage.month(profile, line, begin, end, dice)
                if (first, end) == last_month(until):
                    used[line.no] = made.packaged
                handle.writelines(_records(profile, line, made, first))
                count += len(made.kind)
    return count, used


def _records(profile: Profile, line: Line, made: usage.Month, first: date) -> Iterator[str]:
    texts = np.datetime_as_string(made.started, unit="s").tolist()
    columns = (
        made.kind,
        made.direction,
        made.zone,
        made.contact,
        made.seconds,
        made.bytes_in,
        made.bytes_out,
        made.units,
        made.service,
    )
    rows = zip(texts, *(column.tolist() for column in columns), strict=True)
    for n, (at, kind, direction, zone, contact, seconds, octets_in, octets_out, units, service) in enumerate(rows):
        data = kind == Kind.DATA
        name, domain = (INTERNET[service][0], INTERNET[service][1]) if data else ("", "")
        yield (
            f"{line.no}-{first:%y%m}-{n},{line.msisdn},{at}Z,{_KINDS[kind]},{_WAYS[direction]},{_ZONES[zone]},"
            f"{'' if data else line.contacts[contact][0]},{seconds},{octets_in},{octets_out},"
            f"{_charge(profile, units)},{name},{domain}\n"
        )


def last_month(until: date) -> tuple[date, date]:
    """The month of the last day with usage, as [first day, end)."""
    return (until - timedelta(days=1)).replace(day=1), until


def _charge(profile: Profile, units: int) -> str:
    return f"{units // 10**_SHOWN_UNITS}.{units % 10**_SHOWN_UNITS:0{_SHOWN_UNITS}d}" if units else "0"
