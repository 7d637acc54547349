"""Pure decisions about numbers: states of the pool, categories by their looks, prices, how often one may change."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import IntEnum

from selfcare_app.kit.money import Money
from selfcare_app.operators import Profile
from selfcare_app.operators.schema.numbers import NumberChange
from selfcare_app.operators.schema.vocabulary import NumberCategory

LOOK_DIGITS = 7
"""So many last digits of a number are looked at when its category is judged."""


class State(IntEnum):
    """How a number of the pool stands; only FREE ones are offered."""

    FREE = 0
    HELD = 1
    ASSIGNED = 2
    RESTING = 3
    WITHHELD = 4


def category_at(rule: NumberChange, index: int) -> NumberCategory:
    """The category that a row of the pool names by its index. ISSA-093."""
    return rule.categories[index].key


def index_of(rule: NumberChange, category: str) -> int | None:
    """The index of a category by its key, or None if the operator has no such category."""
    keys = [row.key for row in rule.categories]
    return keys.index(NumberCategory(category)) if category in keys else None


def price(profile: Profile, rule: NumberChange, category: NumberCategory) -> Money:
    """What changing to a number of the category costs now."""
    return Money(rule.price_minor(category), profile.currency, profile.currency_scale)


_SHAPES = (
    (NumberCategory.PLATINUM, ("AAAAAAA", "xAAAAAA", "AAAAAAx"), 7),
    (NumberCategory.DIAMOND, ("*AAAAA*", "xAAABBB", "AAAABBB", "AAABBBB"), 6),
    (NumberCategory.GOLD, ("*AAAA", "AAAA*", "xABCABC", "xABABAB", "xAABBCC"), 5),
    (NumberCategory.SILVER, ("*AAAA*", "*AAA", "AAA*", "*ABAB", "xABCCBA"), 4),
    (NumberCategory.BRONZE, ("*AAA*", "*AABB", "*0A0B"), LOOK_DIGITS + 1),
)
"""Category, its shapes (a letter is one and the same digit, x any, * any run), the ladder at the end that earns it."""


def _look(shape: str) -> str:
    parts, seen = [], set()
    for sign in shape:
        if sign.isupper():
            parts.append(f"(?P={sign})" if sign in seen else f"(?P<{sign}>[0-9])")
            seen.add(sign)
        else:
            parts.append({"x": "[0-9]", "*": "[0-9]*"}.get(sign, sign))
    return "".join(parts)


_LOOKS = tuple(
    (category, tuple(re.compile(_look(shape)) for shape in shapes), ladder) for category, shapes, ladder in _SHAPES
)


def category_of(number: str) -> NumberCategory:
    """The category of a number by its last seven digits: the longer and the plainer the pattern, the rarer."""
    digits = number[-LOOK_DIGITS:]
    for category, looks, ladder in _LOOKS:
        if _ladder(digits) >= ladder or any(look.fullmatch(digits) for look in looks):
            return category
    return NumberCategory.SIMPLE


def _ladder(digits: str) -> int:
    """The longest run at the end that climbs or falls by one."""
    best = 1
    for step in (1, -1):
        run = 1
        for left, right in zip(reversed(digits[:-1]), reversed(digits), strict=False):
            if int(right) - int(left) != step:
                break
            run += 1
        best = max(best, run)
    return best


def possible_again(changes: Sequence[datetime], rule: NumberChange, now: datetime) -> datetime | None:
    """When the next change is possible, given the moments of earlier ones; None if it is possible now."""
    period = timedelta(days=rule.period_days)
    recent = sorted(moment for moment in changes if moment > now - period)
    if len(recent) < rule.changes_per_period:
        return None
    return recent[-rule.changes_per_period] + period
