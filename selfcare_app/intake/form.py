"""How values are written in a file: moments, days, numbers, units; the documented layout's way is the default."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from selfcare_app.operators import Profile

UNITS: Mapping[str, Mapping[str, int]] = {
    "time": {"seconds": 1, "minutes": 60},
    "data": {"bytes": 1, "KB": 1024, "MB": 1024**2, "kB": 1000, "megabytes": 1000**2},
}
"""How many seconds or bytes a unit has. Milliseconds are a thousandth and `h:mm:ss` is a text: see `kinds.Duration`."""
MILLISECONDS, CLOCK = "milliseconds", "h:mm:ss"
MAJOR, MINOR = "major", "minor"


@dataclass(frozen=True, slots=True)
class Form:
    """The way of one file, for one operator.

    `numbers` is `international` (with the country code, a plus or not), `national` (without), `trunk` (with the digits
    that are dialled before a national number) or `typed` (any usual spelling).
    """

    profile: Profile
    moment: str = "iso"
    zone: ZoneInfo | None = None
    day: str = "iso"
    decimal: str = "."
    numbers: str = "international"
    units: Mapping[str, str] = field(default_factory=dict)
    """Our column -> the unit that the file counts it in, where it is another than the layout's."""
