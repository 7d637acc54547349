"""Guarded counters: exact at the limit, under many at once, and over the end of the window."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from selfcare_app.access import quota
from selfcare_app.db import Database
from selfcare_app.kit.ids import new_id

ONE: dict[str, Any] = {"scope": "search", "subject": "who"}


@pytest.fixture
def take(db: Database) -> Callable[..., int | None]:
    def call(now: datetime, limit: int = 3, seconds: int = 60, **who: str) -> int | None:
        with db.transaction() as session:
            return quota.take(session, **(ONE | who), limit=limit, seconds=seconds, now=now)

    return call


@pytest.mark.security("asvs_2_4_1")
def test_the_limit_is_reached_and_not_passed(take: Callable[..., int | None], now: datetime) -> None:
    assert [take(now) for _ in range(5)] == [1, 2, 3, None, None]
    assert take(now, subject="another") == 1
    assert take(now, scope="another") == 1
    assert take(now, scope="never", limit=0) is None


def test_the_window_begins_with_the_first_use_and_ends_to_the_moment(
    take: Callable[..., int | None], db: Database, now: datetime
) -> None:
    take(now)
    take(now + timedelta(seconds=30))
    take(now + timedelta(seconds=59))
    assert take(now + timedelta(seconds=59.999)) is None
    with db.snapshot() as session:
        assert quota.resets_at(session, **ONE, now=now) == now + timedelta(seconds=60)
    assert take(now + timedelta(seconds=60)) == 1


def test_fifty_at_once_are_counted_exactly(take: Callable[..., int | None], now: datetime) -> None:
    with ThreadPoolExecutor(16) as pool:
        taken = [each for each in pool.map(lambda _: take(now, limit=7), range(50)) if each]
    assert sorted(taken) == [1, 2, 3, 4, 5, 6, 7]


def test_what_is_given_back_can_be_taken_again_and_never_goes_below_nothing(db: Database, now: datetime) -> None:
    with db.transaction() as session:
        quota.take(session, **ONE, limit=1, seconds=60, now=now)
        for _ in range(3):
            quota.give_back(session, **ONE, now=now)
        assert quota.used(session, **ONE, now=now) == 0
        assert quota.take(session, **ONE, limit=1, seconds=60, now=now) == 1


def test_distinct_members_are_counted_once_each(db: Database, now: datetime) -> None:
    def member(session: Session, name: str) -> bool:
        return quota.take_distinct(session, scope="n", group="g", member=name, limit=2, seconds=60, now=now)

    with db.transaction() as session:
        assert [member(session, name) for name in ("a", "a", "b", "c", "a", "b", "c")] == [True] * 3 + [
            False,
            True,
            True,
            False,
        ]
        quota.give_back_distinct(session, scope="n", group="g", member="a", now=now)
        quota.give_back_distinct(session, scope="n", group="g", member="a", now=now)
        assert [member(session, name) for name in ("c", "a")] == [True, False]


def test_a_restart_counts_one_from_now(db: Database, now: datetime) -> None:
    with db.transaction() as session:
        quota.restart(session, **ONE, until=now + timedelta(hours=1))
        quota.restart(session, **ONE, until=now + timedelta(hours=2))
        assert quota.used(session, **ONE, now=now) == 1
        assert quota.resets_at(session, **ONE, now=now) == now + timedelta(hours=2)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.sampled_from(["take", "back"]), st.integers(0, 50)), max_size=30),
    limit=st.integers(1, 4),
)
def test_it_counts_as_a_plain_counter_would(
    db: Database, now: datetime, steps: list[tuple[str, int]], limit: int
) -> None:
    at, count, resets = now, 0, now
    subject = str(new_id())
    for what, seconds in steps:
        at += timedelta(seconds=seconds)
        if at >= resets:
            count = 0
        with db.transaction() as session:
            if what == "take":
                taken = quota.take(session, scope="model", subject=subject, limit=limit, seconds=60, now=at)
                if count < limit:
                    resets = at + timedelta(seconds=60) if at >= resets else resets
                    count += 1
                    assert taken == count
                else:
                    assert taken is None
            else:
                quota.give_back(session, scope="model", subject=subject, now=at)
                count = max(0, count - 1) if at < resets else count
