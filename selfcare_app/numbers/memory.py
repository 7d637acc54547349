"""Brings the pool into memory beside the running program and keeps it true; the database stays the truth."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
from sqlalchemy import BigInteger, Text, bindparam, cast, func
from sqlmodel import Session, col, select

from selfcare_app.db import Database, after_commit
from selfcare_app.numbers.plane import Numbers, Plan, Plane
from selfcare_app.numbers.rules import State
from selfcare_app.numbers.tables import NumberHold, PoolNumber
from selfcare_app.operators import Profile

KEY = "number_plane"
"""Where a transaction's `info` has the LivePlane."""
CHUNK = 50_000
REFRESH_SECONDS = 5.0
_SHORTEST_RELOAD_SECONDS = 60.0
_LOADING_SHARE = 100
_LONGEST_GOODBYE_SECONDS = 5.0
_OVERLAP = timedelta(seconds=60)
_log = logging.getLogger("selfcare.numbers")
_PACKED = col(PoolNumber.number) * 1024 + col(PoolNumber.category) * 8 + col(PoolNumber.state)
_ROWS = (
    select(_PACKED.label("packed"))
    .where(col(PoolNumber.number) > bindparam("last", type_=BigInteger))
    .order_by(col(PoolNumber.number))
)
_PART = _ROWS.limit(CHUNK).subquery()
# One text for fifty thousand rows: a driver takes ten times as long to hand them over one by one.
_CHUNK = select(func.aggregate_strings(cast(_PART.c.packed, Text), ","))


class LivePlane:
    """The plane of one process, or None while the first one is being loaded."""

    def __init__(self) -> None:
        self.plane: Plane | None = None
        self._lock = threading.Lock()
        self._missed: list[tuple[int, int]] | None = None

    def put(self, changes: list[tuple[int, int]]) -> None:
        """Takes in what a transaction has committed: numbers with their category code, 0 for taken."""
        with self._lock:
            if self._missed is not None:
                self._missed += changes
            if self.plane is not None:
                for number, code in changes:
                    self.plane.put(number, code)

    def reload(self, make: Callable[[], Plane]) -> None:
        """Puts a new plane in place; what was committed while it was made is in it."""
        with self._lock:
            self._missed = []
        plane = make()
        with self._lock:
            for number, code in self._missed or ():
                plane.put(number, code)
            self.plane, self._missed = plane, None


def plan_of(profile: Profile) -> Plan | None:
    """The numbers that the operator offers; None where numbers can't be changed."""
    if profile.number_change is None:
        return None
    numbering = profile.numbering
    code = numbering.country_code
    return Plan(
        tuple(sorted(code + prefix for prefix in profile.number_change.prefixes)), len(code) + numbering.national_length
    )


def plane_of(session: Session) -> Plane | None:
    """The plane that this process has, if it has one already."""
    live: LivePlane | None = session.info.get(KEY)
    return live.plane if live else None


def changed(session: Session, changes: list[tuple[int, int]]) -> None:
    """Has the plane take in number → category code (0: taken) if this transaction commits."""
    live: LivePlane | None = session.info.get(KEY)
    if live is not None and changes:
        after_commit(session, lambda: live.put(changes))


def load(database: Database, plan: Plan, categories: int) -> Plane:
    """A plane of what the database has now."""
    plane = Plane(plan, categories)
    plane.fill(_chunks(database))
    return plane


def _chunks(database: Database) -> Iterator[tuple[Numbers, Numbers, npt.NDArray[np.bool_]]]:
    with database.snapshot() as session:
        last = 0
        while text := session.connection().execute(_CHUNK, {"last": last}).scalar_one():
            values = np.fromstring(text, np.int64, sep=",")
            last = int(values.max()) >> 10
            yield values >> 10, (values >> 3 & 127) + 1, values & 7 == State.FREE


def refresh(database: Database, live: LivePlane, *, since: datetime) -> None:
    """Takes in the numbers whose holds ended after `since`, also in other processes."""
    ended = select(NumberHold.number).where(col(NumberHold.released_at) >= since)
    query = select(PoolNumber.number, PoolNumber.category, PoolNumber.state).where(col(PoolNumber.number).in_(ended))
    with database.snapshot() as session:
        rows = session.exec(query).all()
    live.put([(number, category + 1 if state == State.FREE else 0) for number, category, state in rows])


class Loader(threading.Thread):
    """Loads the plane once and again, so rarely that it takes a hundredth of the time, and refreshes it in between."""

    def __init__(self, database: Database, profile: Profile, clock: Callable[[], datetime]) -> None:
        super().__init__(name="number-plane", daemon=True)
        self.database, self.profile, self.clock = database, profile, clock
        self.live = LivePlane()
        self.loaded = threading.Event()
        self._end = threading.Event()

    def run(self) -> None:
        """Until `stop`; a database that is away for a while is tried again."""
        while not self._end.is_set():
            try:
                self._round()
            except Exception:
                _log.exception("the number pool could not be read")
                self._end.wait(REFRESH_SECONDS)

    def stop(self) -> None:
        """Ends the thread, and waits for it unless it is in the middle of a large pool."""
        self._end.set()
        self.join(_LONGEST_GOODBYE_SECONDS)

    def _round(self) -> None:
        plan, rule = plan_of(self.profile), self.profile.number_change
        if plan is None or rule is None or not plan.is_dense:
            self._end.set()
            return
        started = time.monotonic()
        self.live.reload(lambda: load(self.database, plan, len(rule.categories)))
        self.loaded.set()
        took = time.monotonic() - started
        _log.info("the number pool is in memory", extra={"seconds": round(took, 1)})
        until = started + max(_SHORTEST_RELOAD_SECONDS, took * _LOADING_SHARE)
        since = self.clock() - _OVERLAP
        while time.monotonic() < until and not self._end.wait(REFRESH_SECONDS):
            now = self.clock()
            refresh(self.database, self.live, since=since)
            since = now - _OVERLAP


def start(database: Database, profile: Profile, clock: Callable[[], datetime]) -> Loader:
    """Begins to load; until it is loaded the database answers searches. The caller stops what is given back."""
    loader = Loader(database, profile, clock)
    database.info[KEY] = loader.live
    loader.start()
    return loader
