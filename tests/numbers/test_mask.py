"""Masks: what a person may type, and that the compiled patterns say exactly what the mask says."""

import contextlib
import itertools
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfcare_app.numbers import mask as masks
from selfcare_app.numbers.mask import Mask, MaskFitsNothing, MaskSign, MaskTooLong
from selfcare_app.operators import profile as profile_of
from selfcare_app.operators.schema import Profile

PREFIXES = ("712", "73", "9")
LENGTH = 5
NUMBERS = [
    prefix + "".join(rest)
    for prefix in PREFIXES
    for rest in itertools.product("0123456789", repeat=LENGTH - len(prefix))
]
MASK_TEXTS = st.text("%%%_0123479", max_size=10)


def says(mask: str, number: str) -> bool:
    """What the mask means, said by a regular expression."""
    return re.fullmatch(mask.replace("%", "[0-9]*").replace("_", "[0-9]"), number) is not None


def numbers_of(patterns: dict[str, tuple[str, ...]]) -> set[str]:
    found = set()
    for prefix, behind in patterns.items():
        for pattern in behind:
            choices = ["0123456789" if sign == "_" else sign for sign in pattern]
            found |= {prefix + "".join(digits) for digits in itertools.product(*choices)}
    return found


@pytest.mark.requirement("ISSA-092")
@given(MASK_TEXTS)
def test_patterns_are_exactly_what_the_mask_means(text: str) -> None:
    expected = {number for number in NUMBERS if says(text, number)}
    patterns = Mask.over(text).patterns(PREFIXES, LENGTH)
    assert numbers_of(patterns) == expected
    assert all(behind for behind in patterns.values())


@given(MASK_TEXTS)
def test_no_pattern_stands_inside_another(text: str) -> None:
    for behind in Mask.over(text).patterns(PREFIXES, LENGTH).values():
        for one, other in itertools.permutations(behind, 2):
            assert not all(a in ("_", b) for a, b in zip(one, other, strict=True))


@given(MASK_TEXTS, st.sampled_from(NUMBERS))
def test_marked_digits_are_named_by_the_mask(text: str, number: str) -> None:
    mask = Mask.over(text)
    assert mask.matches(number) == says(text, number)
    if mask.matches(number):
        assert "".join(number[at] for at in mask.marked(number)) == re.sub("[%_]", "", text)
        assert list(mask.marked(number)) == sorted(set(mask.marked(number)))
    else:
        assert mask.marked(number) == ()


@given(st.lists(st.sampled_from("%_"), max_size=8), st.sampled_from(NUMBERS))
def test_masks_that_mean_the_same_are_the_same(wild: list[str], number: str) -> None:
    text = "7" + "".join(wild)
    assert says(Mask.over(text).text, number) == says(text, number)
    assert Mask.over(text) == Mask.over("7" + "".join(sorted(wild)))


def test_the_leftmost_place_is_marked() -> None:
    assert Mask.over("%77%").marked("37529177770") == (6, 7)


# What a person types


def parse(typed: str, profile: Profile) -> Mask:
    assert profile.number_change is not None
    return masks.parse(typed, profile.numbering, profile.number_change)


@pytest.mark.requirement("ISSA-092")
@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("%777%", "375%777%"),
        ("291 23_-__-%", "37529123___%"),
        ("29 1__ 00 0_", "375291__000_"),
        ("+375 (29) 1%", "375291%"),
        ("375 29 1%77", "375291%77"),
        ("80 29 1%", "375291%"),
        ("_____ 1 ____ 07", "_____1____07"),
        ("", "375%"),
        ("  ", "375%"),
        ("%%__%", "375__%"),
    ],
)
def test_a_mask_is_read_in_every_usual_spelling(typed: str, whole: str, profile: Profile) -> None:
    assert parse(typed, profile) == Mask.over(whole)


@pytest.mark.requirement("ISSA-092")
@pytest.mark.security("S-05")
@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("%" * 10_240, MaskTooLong),
        ("%_" * 200, MaskTooLong),
        ("1" * 33, MaskTooLong),
        ("%' OR 1=1--", MaskSign),
        ("29*", MaskSign),
        ("%кот%", MaskSign),
        ("\\", MaskSign),
        ("２９１%", MaskSign),
        ("٢٩١%", MaskSign),
        ("29\x001%", MaskSign),
        ("777", MaskFitsNothing),
        ("25%", MaskFitsNothing),
        ("291234567890%", MaskFitsNothing),
        ("_%_%_%_%_%_%_%_%_%_%_%_%_%", MaskFitsNothing),
    ],
)
def test_what_is_no_mask_is_refused(typed: str, refusal: type[Exception], profile: Profile) -> None:
    with pytest.raises(refusal) as refused:
        parse(typed, profile)
    assert all(len(str(value)) < 100 for value in refused.value.params.values())


def test_a_mask_that_fits_nothing_is_told_how_to_loosen(profile: Profile) -> None:
    with pytest.raises(MaskFitsNothing) as refused:
        parse(" 777 ", profile)
    assert refused.value.params == {"mask": "777", "wider": "%777%", "length": 9, "prefixes": "291, 293, 296, 299, 44"}


def test_an_operator_may_have_other_signs() -> None:
    profile = profile_of("issa")
    assert profile.number_change is not None
    rule = profile.number_change.model_copy(update={"mask_any_run": "*", "mask_any_digit": "?"})
    assert masks.parse("29?*7", profile.numbering, rule) == Mask.over("37529_%7")
    with pytest.raises(MaskSign):
        masks.parse("29%", profile.numbering, rule)


@pytest.mark.security("S-05", "asvs_1_2_9", "asvs_1_3_12")
@given(st.text(max_size=80))
def test_nothing_that_can_be_typed_breaks_or_takes_long(typed: str) -> None:
    profile = profile_of("issa")
    started = time.perf_counter()
    with contextlib.suppress(MaskTooLong, MaskSign, MaskFitsNothing):
        parse(typed, profile)
    assert time.perf_counter() - started < 0.2


@pytest.mark.security("asvs_1_2_9", "asvs_1_3_12")
@pytest.mark.parametrize("text", ["%1%2%3%4%5%6%7%8%9%0%1%2%3%4%5%6", "%_%1%_%1%_%1%_%1%_%1%_%1%_%1%_%1", "%1%1%1%1"])
def test_the_worst_masks_are_compiled_in_no_time(text: str, profile: Profile) -> None:
    started = time.perf_counter()
    Mask.over("375" + text).patterns(("37525", "37529", "37533", "37544"), 12)
    assert time.perf_counter() - started < 0.2
