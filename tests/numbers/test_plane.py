"""The plane: every answer is what brute force over the pool gives, also after numbers came and went."""

import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from selfcare_app.numbers.mask import Mask
from selfcare_app.numbers.plane import Plan, Plane
from tests.numbers.test_mask import MASK_TEXTS, says

PLAN = Plan(prefixes=("712", "73", "9"), length=6)
EVERY = [
    p + "".join(rest) for p in PLAN.prefixes for rest in itertools.product("0123456789", repeat=PLAN.length - len(p))
]
CATEGORIES = 3


def pool(seed: int, density: float) -> dict[str, tuple[int, bool]]:
    """Number -> (category code, free): category 3 is rare."""
    chance = random.Random(seed)
    return {
        number: (chance.choice([1] * 60 + [2] * 20 + [3]), chance.random() < 0.6)
        for number in EVERY
        if chance.random() < density
    }


def plane_of(content: dict[str, tuple[int, bool]]) -> Plane:
    plane = Plane(PLAN, CATEGORIES)
    items = list(content.items())
    chunks = [items[at : at + 1000] for at in range(0, len(items), 1000)]
    plane.fill(
        (
            np.array([int(number) for number, _ in chunk]),
            np.array([code for _, (code, _) in chunk]),
            np.array([free for _, (_, free) in chunk], bool),
        )
        for chunk in chunks
    )
    return plane


POOLS = {key: pool(*key) for key in ((1, 0.3), (2, 0.02), (3, 1.0), (4, 0.0))}
PLANES = {key: plane_of(content) for key, content in POOLS.items()}
any_pool = st.sampled_from(sorted(POOLS))
any_code = st.sampled_from([None, 1, 2, 3])


def brute(content: dict[str, tuple[int, bool]], mask: str, code: int | None) -> list[int]:
    return sorted(
        int(number) for number, (own, free) in content.items() if free and code in (None, own) and says(mask, number)
    )


@pytest.mark.requirement("ISSA-091", "ISSA-092", "ISSA-093")
@settings(max_examples=400, deadline=None)
@given(any_pool, MASK_TEXTS, any_code, st.integers(0, 999_999), st.integers(1, 60))
def test_search_by_mask_is_brute_force(
    key: tuple[int, float], mask: str, code: int | None, after: int, limit: int
) -> None:
    expected = [number for number in brute(POOLS[key], mask, code) if number > after][:limit]
    assert PLANES[key].ascending(Mask.over(mask), code, after, limit) == expected


@settings(max_examples=60, deadline=None)
@given(any_pool, MASK_TEXTS, any_code, st.integers(1, 300))
def test_pages_follow_each_other_without_gap_or_repetition(
    key: tuple[int, float], mask: str, code: int | None, limit: int
) -> None:
    found, after = [], 0
    while page := PLANES[key].ascending(Mask.over(mask), code, after, limit):
        found += page
        after = page[-1]
        if len(found) > 5 * limit:
            break
    assert found == brute(POOLS[key], mask, code)[: len(found)]


@pytest.mark.requirement("ISSA-091")
@settings(max_examples=60, deadline=None)
@given(any_pool, any_code, st.integers(0, 10**9), st.integers(1, 500))
def test_a_varied_offer_goes_round_the_whole_pool_once(
    key: tuple[int, float], code: int | None, seed: int, limit: int
) -> None:
    found, place = [], -1
    while page := PLANES[key].varied(code, seed, place, limit):
        assert [p for p, _ in page] == sorted({p for p, _ in page})
        found += [number for _, number in page]
        place = page[-1][0]
    assert len(found) == len(set(found))
    assert sorted(found) == brute(POOLS[key], "%", code)


def test_a_varied_offer_differs_by_seed_and_comes_from_everywhere() -> None:
    plane = PLANES[1, 0.3]
    offers = [tuple(number for _, number in plane.varied(None, seed, -1, 20)) for seed in range(5)]
    assert len(set(offers)) == 5
    for offer in offers:
        assert len({number // 1000 for number in offer}) > 12


KNOWN = sorted(POOLS[2, 0.02])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(KNOWN), st.booleans()), max_size=40), MASK_TEXTS, any_code)
def test_what_changes_is_seen_at_once(changes: list[tuple[str, bool]], mask: str, code: int | None) -> None:
    content = dict(POOLS[2, 0.02])
    plane = plane_of(content)
    for number, free in changes:
        own = content[number][0]
        plane.put(int(number), own if free else 0)
        content[number] = (own, free)
    assert plane.ascending(Mask.over(mask), code, 0, 50) == brute(content, mask, code)[:50]
    for which in (None, 1, 2, 3):
        assert plane.count(which) == len(brute(content, "%", which))


def test_numbers_outside_the_plan_are_passed_over() -> None:
    plane = plane_of({"712345": (1, True), "111111": (1, True), "740000": (2, True), "999999": (1, True)})
    assert plane.ascending(Mask.over("%"), None, 0, 10) == [712345, 999999]
    plane.put(111111, 1)
    plane.put(740000, 1)
    plane.put(10**9, 1)
    assert plane.count(None) == 2


def test_a_plan_with_more_digits_than_memory_is_not_dense() -> None:
    assert Plan(("37544",), 12).is_dense
    assert not Plan(("37544", "3754"), 12).is_dense
