"""Amounts of money as people type them, made exact once, at the edge."""

import re
import unicodedata

from selfcare_app.kit.errors import Refused
from selfcare_app.kit.money import Money

_LONGEST_TYPED = 20
_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009'")
_PLAIN = re.compile(r"(\d{1,12})(?:[.,](\d*))?", re.ASCII)


class NotAnAmount(Refused):
    """What was typed is no amount of money in this currency: digits, a comma or a point, and `places` digits."""

    code = "kit.not_an_amount"


def read(typed: str, currency: str, scale: int) -> Money:
    """The amount that a person typed, never below zero. Raises NotAnAmount."""
    text = unicodedata.normalize("NFKC", typed[: 2 * _LONGEST_TYPED]).translate(_SPACES)
    found = _PLAIN.fullmatch(text)
    if found is None or len(text) > _LONGEST_TYPED or len(found[2] or "") > scale:
        raise NotAnAmount(places=scale)
    return Money(int(found[1]) * 10**scale + int((found[2] or "").ljust(scale, "0") or 0), currency, scale)
