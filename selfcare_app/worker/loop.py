"""Runs the jobs that are due, one after another, until it is told to stop."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from selfcare_app.kit import clock, news
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.log import operation

_log = logging.getLogger("selfcare.worker")
LONGEST_NAP_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do every so many seconds; `run` takes the worker's name and the moment, gives how much it did."""

    name: str
    every_seconds: float
    run: Callable[[str, datetime], int]
    by_clock: bool = False
    """Whether it waits for its time whatever is committed meanwhile."""


class Worker:
    """One worker: give `run_due` the moment in tests, or `start` a thread."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self.name = f"worker-{new_id()}"
        self._jobs = jobs
        self._due: dict[str, datetime] = {}
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def run_due(self, now: datetime) -> dict[str, int]:
        """Runs every due job once; a job that fails is logged and tried at its next time."""
        done = {}
        for job in self._jobs:
            if self._due.get(job.name, now) > now or self._stop.is_set():
                continue
            self._due[job.name] = now + timedelta(seconds=job.every_seconds)
            with operation():
                done[job.name] = self._run(job, now)
        return done

    def _run(self, job: Job, now: datetime) -> int:
        try:
            return job.run(self.name, now)
        except Exception:  # one broken job must not stop the others; what broke is in the log
            _log.exception("job failed", extra={"job": job.name})
            return 0

    def forever(self) -> None:
        """Works until `stop`; wakes at once when this process commits something to do."""
        while not self._stop.is_set():
            self.run_due(clock.now())
            if news.wait(LONGEST_NAP_SECONDS):
                # What a commit can have caused is due at once; what goes by the clock alone is not.
                by_clock = {job.name for job in self._jobs if job.by_clock}
                self._due = {name: due for name, due in self._due.items() if name in by_clock}

    def start(self) -> None:
        """Works in a thread of this process."""
        self._thread = threading.Thread(target=self.forever, name="worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Lets the running job end, then returns."""
        self._stop.set()
        news.ring()
        if self._thread is not None:
            self._thread.join()
