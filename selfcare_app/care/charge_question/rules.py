"""Pure decisions about questions: what may be written, and for which reasons."""

import unicodedata

from selfcare_app.kit.errors import Refused

_PLAIN = ("\n", "\u200d")
"""Ends of lines, and what joins the parts of one emoji."""


class NoReason(Refused):
    """One of the reasons has to be chosen."""

    code = "question.no_reason"


class NoWords(Refused):
    """What is meant has to be said, in at most `most` characters."""

    code = "question.no_words"


class TooLong(Refused):
    """What was written has more than `most` characters."""

    code = "question.too_long"


class NotPlain(Refused):
    """What was written has signs that nobody can read."""

    code = "question.not_plain"


def words(typed: str, *, most: int) -> str:
    """What was written, without blanks at its ends and with plain ends of lines. Raises NoWords, TooLong, NotPlain."""
    said = unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")).strip()
    if not said:
        raise NoWords(most=most)
    if len(said) > most:
        raise TooLong(most=most)
    if any(not sign.isprintable() and sign not in _PLAIN for sign in said):
        raise NotPlain()
    return said


def reason(chosen: str, *, offered: tuple[str, ...]) -> str:
    """The reason that was chosen. Raises NoReason."""
    if chosen not in offered:
        raise NoReason()
    return chosen
