"""The demonstration's catalogue of gifts for bonus units."""

from collections.abc import Iterator
from typing import Any

from selfcare_app.operators import Profile

_SINCE = "2020-01-01T00:00:00+00:00"
_MEGABYTE = 2**20
_GIFTS = (
    ("sms_10", "10 SMS", 30, "messages", 10, 30),
    ("minutes_15", "15 минут", 60, "seconds", 15 * 60, 30),
    ("minutes_60", "60 минут", 200, "seconds", 60 * 60, 30),
    ("net_500", "500 МБ", 90, "bytes", 500 * _MEGABYTE, 7),
    ("net_2000", "2 ГБ", 280, "bytes", 2_048 * _MEGABYTE, 30),
)


def rows(profile: Profile) -> Iterator[dict[str, Any]]:
    """Every gift; none where the operator has no catalogue."""
    if profile.bonus is None or not profile.bonus.gift_catalogue:
        return
    for code, name, units, kind, amount, days in _GIFTS:
        yield {
            "code": code,
            "name": name,
            "units": units,
            "kind": kind,
            "amount": amount,
            "days": days,
            "valid_from": _SINCE,
        }
