"""Top-up cards of the demonstration, two of which everybody knows."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from selfcare_app.operators import Profile

_KNOWN = ("202614071234567890", "202614077654321098")
_VALUES = (500, 1_000, 2_000)
_COUNT = 50
_VALID = timedelta(days=365)


def known(profile: Profile) -> tuple[str, ...]:
    """Codes of cards that can be tried; none where the operator has no cards."""
    if profile.voucher is None:
        return ()
    digits = profile.voucher.digits
    return tuple(code[:digits].ljust(digits, "0") for code in _KNOWN)


def rows(profile: Profile, until: date, seed: int) -> Iterator[dict[str, Any]]:
    """Cards on sale, the known ones first."""
    if profile.voucher is None:
        return
    rng = random.Random(seed)  # noqa: S311 - a repeatable world, not a secret
    values = profile.voucher.denominations_minor or _VALUES
    digits, scale = profile.voucher.digits, profile.currency_scale
    codes = dict.fromkeys((*known(profile), *(f"{rng.randrange(10**digits):0{digits}d}" for _ in range(_COUNT))))
    for at, code in enumerate(codes):
        value = values[at % len(values)]
        yield {
            "code": code,
            "batch": f"{until.year}-1",
            "value": f"{value // 10**scale}.{value % 10**scale:0{scale}d}",
            "currency": profile.currency,
            "expires_at": datetime.combine(until + _VALID, time.min, profile.zone).isoformat(),
            "state": "active",
        }
