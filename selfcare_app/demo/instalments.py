"""What the demonstration's people have bought in instalments."""

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from selfcare_app.demo.people import Line
from selfcare_app.operators import Profile

_GOODS = (("Xiaomi Redmi Note 14", 12), ("Samsung Galaxy A56", 18), ("Apple iPhone 16", 24), ("ZTE MF79U", 6))
_SHARE = 0.15


def rows(profile: Profile, lines: Sequence[Line], until: date, seed: int) -> Iterator[dict[str, Any]]:
    """A purchase for each line that is known and for some of the others; none where the operator has no instalments."""
    if profile.instalments is None:
        return
    # Of its own, so that what is written of everything else does not hang on this.
    rng = random.Random(f"instalments {seed}")  # noqa: S311 - a repeatable world, not a secret
    unit = 10**profile.currency_scale
    for line in lines:
        if not (line.password or rng.random() < _SHARE):
            continue
        title, payments = rng.choice(_GOODS)
        paid, monthly = rng.randint(1, payments - 1), rng.randint(15, 90) * unit + rng.randint(0, unit - 1)
        first = (until.replace(day=1) - timedelta(days=30 * paid)).replace(day=rng.randint(1, 28))
        # The last payment is a little smaller, as it is when a price is divided.
        rest = monthly * (payments - paid) - rng.randint(0, monthly // 2)
        yield {
            "instalment_id": f"I{line.no:06d}",
            "line_id": f"L{line.no:06d}",
            "title": title,
            "bought_on": (first - timedelta(days=30)).isoformat(),
            "matures_on": _months_after(until, payments - paid, first.day).isoformat(),
            "next_on": _months_after(until, 1, first.day).isoformat(),
            "payments": payments,
            "monthly": _major(monthly, unit),
            "rest": _major(rest, unit),
            "as_of": datetime.combine(until, time(), profile.zone).isoformat(),
        }


def _months_after(day: date, months: int, on: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, on)


def _major(minor: int, unit: int) -> str:
    whole, part = divmod(minor, unit)
    return f"{whole}.{part:0{len(str(unit)) - 1}d}"
