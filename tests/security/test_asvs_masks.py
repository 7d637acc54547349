"""A number's mask is no expression to be run: the longest and the worst are answered at once, on a million numbers."""

import random
import time

import numpy as np
import pytest

from selfcare_app.numbers import mask as masks
from selfcare_app.numbers.mask import LONGEST_TYPED, Mask, MaskFitsNothing, MaskSign, MaskTooLong
from selfcare_app.numbers.plane import Plan, Plane
from selfcare_app.operators import profile as profile_of

MILLION = 1_000_000
AT_MOST_SECONDS = 0.2


@pytest.fixture(scope="module")
def plane() -> Plane:
    """A million free numbers of ten million that there could be."""
    made = Plane(Plan(prefixes=("37529",), length=12), 3)
    numbers = 375_290_000_000 + np.array(sorted(random.Random(7).sample(range(10**7), MILLION)), np.int64)
    made.fill([(numbers, np.ones(MILLION, np.uint8), np.ones(MILLION, bool))])
    return made


@pytest.mark.security("asvs_1_2_9", "asvs_1_3_12")
@pytest.mark.parametrize(
    "mask", ["%_" * 16, "%1%2%3%4%5%6%7%8%", "%9%9%9%9%", "37529_______", "%%%%%%%%", "_%_%_%_%7", "%77%"]
)
def test_the_worst_mask_is_answered_at_once(plane: Plane, mask: str) -> None:
    spent = []
    for _ in range(3):
        began = time.perf_counter()
        found = plane.ascending(Mask.over(mask), None, 0, 50)
        spent.append(time.perf_counter() - began)
    assert min(spent) < AT_MOST_SECONDS
    assert all(Mask.over(mask).matches(str(number)) for number in found)


@pytest.mark.security("asvs_1_2_9", "asvs_1_3_12", "asvs_1_2_4", "asvs_1_3_3")
@pytest.mark.parametrize(
    "typed",
    ["%_" * 200, "%" * 10_000, "(a+)+$", ".*", "[0-9]{9}", "%' OR 1=1--", "\\", "7\0", "9" * (LONGEST_TYPED + 1)],
)
def test_what_is_no_mask_is_refused_before_it_is_tried(typed: str) -> None:
    profile = profile_of("issa")
    assert profile.number_change is not None
    began = time.perf_counter()
    with pytest.raises((MaskTooLong, MaskSign, MaskFitsNothing)):
        masks.parse(typed, profile.numbering, profile.number_change)
    assert time.perf_counter() - began < AT_MOST_SECONDS
