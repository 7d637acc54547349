"""Masks of numbers: digits, a sign for one digit, a sign for any run of digits; compiled to the fewest patterns."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Self

from selfcare_app.kit.errors import Refused
from selfcare_app.operators.schema.identity import Numbering
from selfcare_app.operators.schema.numbers import NumberChange

ANY_RUN, ANY_DIGIT = "%", "_"
LONGEST_TYPED = 60
LONGEST_MASK = 32
_PUNCTUATION = frozenset(" +-–—()./\u00a0\u2011\u202f")


class MaskTooLong(Refused):
    """A mask has more signs than any number needs: `longest` is the limit."""

    code = "numbers.mask_too_long"


class MaskSign(Refused):
    """A mask has a sign that means nothing in it: `sign`; `run` and `digit` are the ones that do."""

    code = "numbers.mask_sign"


class MaskFitsNothing(Refused):
    """No number of the operator can look like that: `length` digits, beginning with one of `prefixes`."""

    code = "numbers.mask_fits_nothing"


@dataclass(frozen=True, slots=True)
class Mask:
    """A mask over the whole number with its country code, in normal form; the same mask is the same text."""

    text: str

    @classmethod
    def over(cls, text: str) -> Self:
        """The mask of a text over the whole number."""
        return cls(_normal(text))

    def matches(self, number: str) -> bool:
        """Whether the number looks like that."""
        return _placed(self.text, number) is not None

    def marked(self, number: str) -> tuple[int, ...]:
        """Positions of the number's digits that the mask names; nothing if it does not match."""
        return _placed(self.text, number) or ()

    def patterns(self, prefixes: tuple[str, ...], length: int) -> dict[str, tuple[str, ...]]:
        """For each prefix that can match: the fewest patterns of digits and `_` over the digits behind it."""
        return _patterns(self.text, prefixes, length)


EVERYTHING = Mask(ANY_RUN)


def parse(typed: str, numbering: Numbering, rule: NumberChange) -> Mask:
    """The mask that a person typed; spaces, dashes, brackets and a plus do not count, nothing typed is everything.

    It is read as a mask over the national number and, if no number can look like that, with the country code or a
    trunk prefix before it. ISSA-092, C10. Raises MaskTooLong, MaskSign, MaskFitsNothing.
    """
    signs = _signs(typed, rule) or ANY_RUN
    starts = tuple(numbering.country_code + prefix for prefix in rule.prefixes)
    length = len(numbering.country_code) + numbering.national_length
    for readable in _readings(signs, numbering):
        mask = Mask.over(readable)
        if mask.patterns(starts, length):
            return mask
    # The end is what people mean; the beginning is what fits none of our prefixes.
    room = numbering.national_length - min(map(len, rule.prefixes))
    raise MaskFitsNothing(
        mask=typed.strip(),
        wider=ANY_RUN + signs.strip(ANY_RUN)[-room:] + ANY_RUN,
        length=numbering.national_length,
        prefixes=", ".join(rule.prefixes),
    )


def _signs(typed: str, rule: NumberChange) -> str:
    if len(typed) > LONGEST_TYPED:
        raise MaskTooLong(longest=LONGEST_MASK)
    meaning = {rule.mask_any_run: ANY_RUN, rule.mask_any_digit: ANY_DIGIT} | {digit: digit for digit in "0123456789"}
    signs = []
    for sign in typed.strip():
        if sign in meaning:
            signs.append(meaning[sign])
        elif sign not in _PUNCTUATION:
            shown = sign if sign.isprintable() else "\ufffd"
            raise MaskSign(sign=shown, run=rule.mask_any_run, digit=rule.mask_any_digit)
    if len(signs) > LONGEST_MASK:
        raise MaskTooLong(longest=LONGEST_MASK)
    return "".join(signs)


def _readings(signs: str, numbering: Numbering) -> Sequence[str]:
    trunks = [signs.removeprefix(trunk) for trunk in numbering.trunk_prefixes if signs.startswith(trunk)]
    code = numbering.country_code
    return [code + signs, signs, *(code + rest for rest in trunks)]


def _normal(text: str) -> str:
    """Runs of wildcards as single digits first and one run sign last, so that equal masks are equal texts."""
    parts = []
    for wild, group in groupby(text, key=lambda sign: sign in (ANY_RUN, ANY_DIGIT)):
        run = "".join(group)
        parts.append(ANY_DIGIT * run.count(ANY_DIGIT) + ANY_RUN * (ANY_RUN in run) if wild else run)
    return "".join(parts)


def _placed(mask: str, number: str) -> tuple[int, ...] | None:
    """Positions of the named digits at the first place that matches, or None.

    What stands before the last run sign is laid as early as it fits and never moved again, so that no mask takes long.
    """
    sign = at = 0
    run, kept, behind = -1, 0, 0
    named: list[int] = []
    while at < len(number):
        wanted = mask[sign] if sign < len(mask) else ""
        if wanted == ANY_RUN:
            run, kept, behind = sign, len(named), at
            sign += 1
        elif wanted in (ANY_DIGIT, number[at]):
            named += [at] * (wanted != ANY_DIGIT)
            sign, at = sign + 1, at + 1
        elif run < 0:
            return None
        else:
            behind += 1
            sign, at = run + 1, behind
            del named[kept:]
    return None if mask[sign:].strip(ANY_RUN) else tuple(named)


@lru_cache(maxsize=4096)
def _patterns(mask: str, prefixes: tuple[str, ...], length: int) -> dict[str, tuple[str, ...]]:
    tails = _Tails(mask)
    found = {}
    for prefix in prefixes:
        behind: set[str] = set()
        for sign in _reached(mask, prefix):
            behind |= tails.of(length - len(prefix), sign)
        if behind:
            found[prefix] = tuple(sorted(_fewest(behind)))
    return found


class _Tails:
    """All patterns of a given number of digits that the rest of a mask allows; each rest is worked out once."""

    def __init__(self, mask: str) -> None:
        self.mask = mask
        self.known: dict[tuple[int, int], set[str]] = {}

    def of(self, digits: int, sign: int) -> set[str]:
        """Patterns of `digits` digits from sign number `sign` on."""
        if (digits, sign) not in self.known:
            self.known[digits, sign] = _fewest(self._worked_out(digits, sign))
        return self.known[digits, sign]

    def _worked_out(self, digits: int, sign: int) -> set[str]:
        if digits == 0:
            return {""} if self.mask[sign:] in ("", ANY_RUN) else set()
        if sign == len(self.mask):
            return set()
        if self.mask[sign] == ANY_RUN:
            longer = {ANY_DIGIT + tail for tail in self.of(digits - 1, sign)}
            return self.of(digits, sign + 1) | longer
        return {self.mask[sign] + tail for tail in self.of(digits - 1, sign + 1)}


def _reached(mask: str, prefix: str) -> set[int]:
    """Which signs of the mask can stand next after the prefix's digits."""
    states = {0}
    for digit in prefix:
        states = {
            sign if mask[sign] == ANY_RUN else sign + 1
            for sign in _closed(mask, states)
            if sign < len(mask) and mask[sign] in (ANY_RUN, ANY_DIGIT, digit)
        }
    return states


def _closed(mask: str, states: set[int]) -> set[int]:
    return states | {sign + 1 for sign in states if sign < len(mask) and mask[sign] == ANY_RUN}


def _fewest(patterns: set[str]) -> set[str]:
    """Without the patterns that another one contains."""
    kept: list[str] = []
    for pattern in sorted(patterns, key=lambda p: -p.count(ANY_DIGIT)):
        if not any(_contains(wider, pattern) for wider in kept):
            kept.append(pattern)
    return set(kept)


def _contains(wider: str, pattern: str) -> bool:
    return all(sign in (ANY_DIGIT, other) for sign, other in zip(wider, pattern, strict=True))
