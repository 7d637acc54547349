"""Passwords: what one may be like, and how one is kept and compared."""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from itertools import pairwise

import bcrypt

from selfcare_app.kit.errors import Refused
from selfcare_app.kit.sealing import Keyring
from selfcare_app.operators.schema import Profile
from selfcare_app.operators.schema.access import Password as Rule
from selfcare_app.operators.schema.vocabulary import Alphabet

COST = 12
_PEPPER = "pepper"
_NOBODY = "$2b$12$NSjW2/ahmRBvPNKUVluI0umsK.p/se8d2aWgGxIeDeYr90E8KMeYG"
_TEMPORARY = "temporary$"
_CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"
_SHORTEST_WORD = 4
_SHORTEST_RUN = 4
_SECOND_HALF = 1930


class Length(Refused):
    """Too short or too long: `least` and `most` characters are allowed (ISSA-011)."""

    code = "access.password_length"


class Letters(Refused):
    """Something other than letters and digits (ISSA-011)."""

    code = "access.password_letters"


class Printable(Refused):
    """A character that can't be seen or typed again."""

    code = "access.password_printable"


class Latin(Refused):
    """Letters of another alphabet than Latin (AS-007)."""

    code = "access.password_latin"


class Mixed(Refused):
    """No letter, or no digit (AS-007)."""

    code = "access.password_mixed"


class OwnNumber(Refused):
    """The own phone number or a part of it (AS-008)."""

    code = "access.password_own_number"


class Common(Refused):
    """One of the values that are tried first."""

    code = "access.password_common"


class Personal(Refused):
    """The own name, a contract number or the operator's name."""

    code = "access.password_personal"


class Different(Refused):
    """The two fields do not hold the same."""

    code = "access.password_different"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose password it is: the canonical number, and what others know about the person."""

    msisdn: str
    words: tuple[str, ...] = ()


def check(password: str, profile: Profile, owner: Owner) -> None:
    """Raises the first rule of the profile that a new password breaks (ISSA-011, IH-006, AS-006…008)."""
    rule, plain = profile.password, _canonical(password)
    _check_shape(plain, rule)
    if rule.forbid_own_number and _is_of_number(plain, owner.msisdn):
        raise OwnNumber()
    if rule.forbid_common and is_common(plain):
        raise Common()
    if any(word in plain.casefold() for word in _words((*owner.words, *_of_operator(profile)))):
        raise Personal()


def check_same(password: str, again: str) -> None:
    """Raises Different unless both fields hold the same."""
    if _canonical(password) != _canonical(again):
        raise Different()


def generated(profile: Profile) -> str:
    """A password of the system's making: letters and digits that nobody mixes up (ISSA-012, ISSA-018)."""
    while True:
        made = "".join(secrets.choice(_CLEAR) for _ in range(profile.password.generated_length))
        if any(map(str.isalpha, made)) and any(map(str.isdecimal, made)) and not is_common(made):
            return made


def hashed(keys: Keyring, password: str) -> str:
    """What is kept: bcrypt over a keyed digest, so that any length counts whole and a stolen table is no use alone.

    Takes a third of a second: never inside a transaction.
    """
    made = bcrypt.hashpw(_digest(keys, password, keys.newest), bcrypt.gensalt(COST)).decode()
    return f"{made}|{keys.newest}"


def is_outdated(keys: Keyring, kept: str) -> bool:
    """Whether a right password is to be kept anew: under the key in use, at the cost of today (ASVS 11.4.2, 13.3.4)."""
    hashed, _, name = kept.partition("|")
    if kept.startswith(_TEMPORARY) or not kept:
        return False
    return (name or keys.names[-1]) != keys.newest or int(hashed.split("$")[2]) < COST


def matches(keys: Keyring, password: str, kept: str) -> bool:
    """Whether `password` is the one kept. With nothing kept it takes as long and is False."""
    is_temporary = kept.startswith(_TEMPORARY)
    against, _, name = (_NOBODY if is_temporary or not kept else kept).partition("|")
    same = bcrypt.checkpw(_digest(keys, password, name), against.encode())
    if is_temporary:
        return keys.same(_TEMPORARY, kept.removeprefix(_TEMPORARY), _canonical(password))
    return same and bool(kept)


def digest_of_made(keys: Keyring, made: str) -> str:
    """What is kept of a password of the system's making that lives for a day: a keyed digest is enough for chance."""
    return _TEMPORARY + keys.mac(_TEMPORARY, made)


def _digest(keys: Keyring, password: str, name: str = "") -> bytes:
    """The keyed digest that is hashed; what says no name was kept when there was one key, now the oldest."""
    return keys.mac_by(name, _PEPPER, _canonical(password)).encode()


def _canonical(password: str) -> str:
    return unicodedata.normalize("NFC", password)


def _check_shape(plain: str, rule: Rule) -> None:
    if not rule.min_length <= len(plain) <= rule.max_length:
        raise Length(least=rule.min_length, most=rule.max_length)
    if rule.alphabet == Alphabet.LETTERS_OR_DIGITS and not all(c.isalpha() or c.isdecimal() for c in plain):
        raise Letters()
    if not plain.isprintable() or plain != plain.strip():
        raise Printable()
    if rule.latin_only and not plain.isascii():
        raise Latin()
    if rule.needs_letter_and_digit and not (any(map(str.isalpha, plain)) and any(map(str.isdecimal, plain))):
        raise Mixed()


def _is_of_number(plain: str, msisdn: str) -> bool:
    """Whether the password is the number in some spelling, the end of it, or has it inside."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", plain))
    if len(digits) < _SHORTEST_RUN:
        return False
    only = not re.search(r"[^\W\d_]", plain)
    subscriber = msisdn[-7:]
    return (only and (digits in msisdn or digits.endswith(msisdn[-9:]))) or subscriber in digits


def is_common(plain: str) -> bool:
    """Whether it is one of the values that are tried first: listed, a run, a repetition or a day."""
    folded = plain.casefold()
    return folded in common() or folded[::-1] in common() or _is_run(folded) or _is_date(folded)


@cache
def common() -> frozenset[str]:
    """The values that are tried first, from the list beside this module."""
    text = (resources.files("selfcare_app.access") / "common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.split() if line)


def _is_run(folded: str) -> bool:
    """One character or a short piece over and over, or steps of one up or down: 1111, 1212, abcde, 98765."""
    if any(len(folded) > size and folded == (folded[:size] * len(folded))[: len(folded)] for size in (1, 2)):
        return True
    steps = {ord(b) - ord(a) for a, b in pairwise(folded)}
    return steps in ({1}, {-1})


def _is_date(folded: str) -> bool:
    """A day written in digits: 01021990, 19900201, 010290."""
    if not (folded.isascii() and folded.isdigit()):
        return False
    if len(folded) == 8:
        return _is_day(folded[4:], folded[2:4], folded[:2]) or _is_day(folded[:4], folded[4:6], folded[6:])
    if len(folded) == 6:
        return any(_is_day(century + folded[4:], folded[2:4], folded[:2]) for century in ("19", "20"))
    return False


def _is_day(year: str, month: str, day: str) -> bool:
    if not _SECOND_HALF <= int(year) < _SECOND_HALF + 120:
        return False
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _of_operator(profile: Profile) -> Iterable[str]:
    return (profile.key, profile.name, profile.short_name, profile.legal_name, profile.host.replace(".", " "))


def _words(texts: Iterable[str]) -> set[str]:
    """Words of four letters or more, as they are and in Latin letters."""
    found = {word for text in texts for word in re.findall(r"\w+", text.casefold()) if len(word) >= _SHORTEST_WORD}
    return found | {latin for word in found if len(latin := _latin(word)) >= _SHORTEST_WORD}


def _latin(word: str) -> str:
    return word.translate(_LATIN)


_LATIN = {
    ord(letter): latin
    for letter, latin in {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z", "и": "i", "й": "y",
        "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f",
        "х": "h", "ц": "c", "ч": "ch", "ш": "sh", "щ": "sch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu",
        "я": "ya", "і": "i", "ї": "i", "є": "e", "ґ": "g", "ў": "u",
    }.items()
}  # fmt: skip
