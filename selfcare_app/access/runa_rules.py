"""Decisions about a РУНА that need values alone: what was dialled, and which codes are guessed first."""

import re
from collections.abc import Sequence

from selfcare_app.access.password import is_common

_CODE = "{code}"


def dialled_code(dialled: str, forms: Sequence[str]) -> str | None:
    """What stands in place of the code in a dialled text of one of the operator's forms; None for any other text.

    The closing `#` may be there or not: handsets add it to a code, not to a call. Whatever follows the form's
    beginning is given, so that a wrong length is told apart from another service.
    """
    plain = dialled.strip().removesuffix("#")
    for form in forms:
        before, _, after = form.removesuffix("#").partition(_CODE)
        found = re.fullmatch(f"{re.escape(before)}(.*){re.escape(after)}", plain)
        if found is not None:
            return found[1]
    return None


def plain_code(typed: str, digits: int) -> str | None:
    """The code if it is exactly so many digits from 0 to 9, else None (AS-021)."""
    plain = typed.strip()
    return plain if len(plain) == digits and plain.isascii() and plain.isdigit() else None


def is_guessed_first(code: str, msisdn: str) -> bool:
    """Whether a stranger would try the code early: a repetition, a run, a day, a common PIN, a part of the number."""
    half = len(code) // 2
    halves = code[:half] == code[half:] or code[:half] == code[half:][::-1]
    return halves or is_common(code) or code in msisdn or code[::-1] in msisdn
