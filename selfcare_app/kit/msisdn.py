"""Phone numbers in one canonical form: digits with the country code, made once at the edge."""

import unicodedata
from collections.abc import Sequence
from typing import Protocol, Self

from selfcare_app.kit.errors import Refused

_PUNCTUATION = frozenset(" -–—()./\u00a0\u2010\u2011\u202f")
_LONGEST_TYPED = 40


class NotANumber(Refused):
    """What was typed can't be a number of this operator's country."""

    code = "kit.not_a_number"


class Numbering(Protocol):
    """What a profile says about numbers."""

    @property
    def country_code(self) -> str: ...
    @property
    def national_length(self) -> int: ...
    @property
    def trunk_prefixes(self) -> Sequence[str]: ...
    @property
    def example(self) -> str: ...


class Msisdn(str):
    """A canonical number such as `375291234567`."""

    __slots__ = ()

    @classmethod
    def parse(cls, typed: str, numbering: Numbering) -> Self:
        """Canonical form of what a person typed in any usual spelling.

        Raises NotANumber with the operator's example.
        """
        text = unicodedata.normalize("NFKC", typed)
        if len(text) > _LONGEST_TYPED:
            raise NotANumber(example=numbering.example)
        plus = text.strip().startswith("+")
        digits = "".join(c for c in text.strip().removeprefix("+") if c not in _PUNCTUATION)
        if not (digits.isascii() and digits.isdigit()):
            raise NotANumber(example=numbering.example)
        national = _national(digits, numbering, international=plus)
        return cls(numbering.country_code + national)

    def national(self, numbering: Numbering) -> str:
        """The number without the country code."""
        return self.removeprefix(numbering.country_code)

    @property
    def masked(self) -> str:
        """For logs: the first five and the last four digits."""
        return f"{self[:5]}***{self[-4:]}"


def _national(digits: str, numbering: Numbering, *, international: bool) -> str:
    length, code = numbering.national_length, numbering.country_code
    if len(digits) == len(code) + length and digits.startswith(code):
        return digits[len(code) :]
    if international:
        raise NotANumber(example=numbering.example)
    if len(digits) == length:
        return digits
    for trunk in numbering.trunk_prefixes:
        if digits.startswith(trunk) and len(digits) == len(trunk) + length:
            return digits[len(trunk) :]
    raise NotANumber(example=numbering.example)
