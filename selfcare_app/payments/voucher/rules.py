"""Pure decisions about vouchers: which typed text can be a code, and whether a card may still be used."""

import unicodedata
from datetime import datetime

BETWEEN = frozenset("_./")
"""What people, and what they paste from, put between groups of digits beside spaces and dashes of every kind."""

_LONGEST_TYPED = 64


def code_of(typed: str, digits: int) -> str | None:
    """The code that was typed with any gaps; None for what can't be one."""
    if len(typed) > _LONGEST_TYPED:
        return None
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", typed) if not _is_gap(sign))
    return plain if plain.isascii() and plain.isdigit() and len(plain) == digits else None


def _is_gap(sign: str) -> bool:
    return sign in BETWEEN or sign.isspace() or unicodedata.category(sign) == "Pd"


def is_over(expires_at: datetime, now: datetime) -> bool:
    """Whether the card's time has run out."""
    return expires_at <= now
