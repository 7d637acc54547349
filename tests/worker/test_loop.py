"""The worker's loop: every job at its own pace, a broken one stops nobody, a bell wakes it, a stop lets it end."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from selfcare_app.kit import news
from selfcare_app.worker.loop import Job, Worker

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)


class Counted:
    def __init__(self) -> None:
        self.at: list[datetime] = []

    def __call__(self, by: str, now: datetime) -> int:
        self.at.append(now)
        return 1


def broken(by: str, now: datetime) -> int:
    raise RuntimeError("broken on purpose")


def test_every_job_runs_at_its_own_pace() -> None:
    quick, slow = Counted(), Counted()
    worker = Worker((Job("quick", 1, quick), Job("slow", 10, slow)))
    for second in range(20):
        worker.run_due(NOON + timedelta(seconds=second))
    assert (len(quick.at), len(slow.at)) == (20, 2)


def test_a_broken_job_is_logged_and_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    after = Counted()
    done = Worker((Job("broken", 1, broken), Job("after", 1, after))).run_due(NOON)
    assert done == {"broken": 0, "after": 1}
    assert "broken on purpose" in caplog.text


def test_a_clock_that_goes_back_does_not_run_a_job_twice() -> None:
    job = Counted()
    worker = Worker((Job("job", 60, job),))
    worker.run_due(NOON)
    worker.run_due(NOON - timedelta(hours=1))
    assert job.at == [NOON]


def test_the_bell_wakes_it_at_once_and_a_stop_ends_it() -> None:
    woken = threading.Event()
    calls: list[datetime] = []

    def job(by: str, now: datetime) -> int:
        calls.append(now)
        if len(calls) > 1:
            woken.set()
        return 0

    # An hour's pace: only the bell can bring the second call.
    worker = Worker((Job("job", 3600, job),))
    worker.start()
    news.ring()
    assert woken.wait(5)
    worker.stop()
    assert not any(thread.name == "worker" and thread.is_alive() for thread in threading.enumerate())


def test_the_bell_does_not_hurry_what_goes_by_the_clock() -> None:
    rung = threading.Event()
    by_clock: list[datetime] = []
    others: list[datetime] = []

    def other(by: str, now: datetime) -> int:
        others.append(now)
        if len(others) > 1:
            rung.set()
        return 0

    def rare(by: str, now: datetime) -> int:
        by_clock.append(now)
        return 0

    worker = Worker((Job("rare", 3600, rare, by_clock=True), Job("other", 3600, other)))
    worker.start()
    news.ring()
    assert rung.wait(5)
    worker.stop()
    assert len(by_clock) == 1
