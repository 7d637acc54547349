"""The one writer: money that many callers ask for at the same moment is posted in one transaction, each for itself."""

import asyncio
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from selfcare_app.db import Database, lost_race
from selfcare_app.ledger import asked as asking
from selfcare_app.ledger import batch
from selfcare_app.ledger.asked import Asked, Instruction
from selfcare_app.ledger.operation import Mover, Posted
from selfcare_app.ledger.rules import Leg

LARGEST = 512
"""Operations of one transaction at most: whoever else writes does not wait long for its end."""

Outcome = Posted | BaseException


@dataclass(slots=True)
class _Waiting:
    """A caller who waits for the commit: in a thread, or on an event loop."""

    asked: Asked
    answer: "Future[Posted] | asyncio.Future[Posted]"


@dataclass
class Writer:
    """Posts for callers whose whole transaction is one operation; a caller is answered once it is committed.

    Who has rows of its own beside the money uses post() in its own transaction, or they would not be one. Nobody asks
    from within a transaction: on SQLite that would wait for itself.
    """

    database: Database
    _waiting: "deque[_Waiting]" = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _is_writing: bool = False
    _turning: asyncio.AbstractEventLoop | None = None
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "ledger"))

    def post(
        self, actor: Mover, *, kind: str, key: str, legs: Sequence[Leg], now: datetime, may_overdraw: bool = False
    ) -> Posted:
        """What post() gives and raises, in a transaction shared with whoever asks at the same moment."""
        answer: Future[Posted] = Future()
        self._add(_Waiting(_asked(actor, kind, key, legs, now, may_overdraw), answer))
        return answer.result()

    async def post_soon(
        self, actor: Mover, *, kind: str, key: str, legs: Sequence[Leg], now: datetime, may_overdraw: bool = False
    ) -> Posted:
        """post() for a caller on an event loop; a caller who is cancelled does not stop what was begun."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Posted] = loop.create_future()
        self._add(_Waiting(_asked(actor, kind, key, legs, now, may_overdraw), answer), loop)
        return await answer

    def close(self) -> None:
        """Lets what was asked for be written."""
        self._thread.shutdown()

    def _add(self, waiting: _Waiting, loop: asyncio.AbstractEventLoop | None = None) -> None:
        with self._lock:
            self._waiting.append(waiting)
            if self._is_writing or (loop is not None and loop is self._turning):
                return
            self._turning = loop
        if loop is None:
            self._begin()
        else:
            # Whoever on this loop asks in the same turn of it is in the same group.
            loop.call_soon(self._begin)

    def _begin(self) -> None:
        with self._lock:
            self._turning = None
            if self._is_writing or not self._waiting:
                return
            self._is_writing = True
        self._thread.submit(self._write)

    def _write(self) -> None:
        """One group after the other, until nobody waits."""
        while True:
            group: list[_Waiting] = []
            try:
                with self.database.transaction() as session:
                    # Now that nobody else writes: whoever came while this waited is in the group.
                    session.connection()
                    group = self._next()
                    outcomes: Sequence[Outcome] = batch.settled_whole(session, [each.asked for each in group])
            except Exception as wrong:  # whose fault it was, the others must not feel
                group = group or self._next()
                outcomes = self._each(group, wrong)
            _answer(group, outcomes)
            with self._lock:
                if not self._waiting:
                    self._is_writing = False
                    return

    def _next(self) -> list[_Waiting]:
        with self._lock:
            return [self._waiting.popleft() for _ in range(min(LARGEST, len(self._waiting)))]

    def _each(self, group: Sequence[_Waiting], wrong: Exception) -> Sequence[Outcome]:
        """What becomes of a group that could not be written."""
        if lost_race(wrong) or (len(group) == 1 and not isinstance(wrong, batch.Raced)):
            # Nobody's fault: they ask again, and should not wait for the same rival one after the other.
            return [wrong] * len(group)
        return [self._alone(each.asked) for each in group]

    def _alone(self, asked: Asked) -> Outcome:
        """In a transaction of its own; if it had been committed after all, its key is known."""
        try:
            with self.database.transaction() as session:
                return batch.settled(session, [asked])[0]
        except Exception as wrong:  # it is the caller's
            return wrong


def _asked(actor: Mover, kind: str, key: str, legs: Sequence[Leg], now: datetime, may_overdraw: bool) -> Asked:
    return asking.one(actor, Instruction(kind, key, tuple(legs), may_overdraw), now)


def _answer(group: Sequence[_Waiting], outcomes: Sequence[Outcome]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Posted], Outcome]]] = {}
    for waiting, outcome in zip(group, outcomes, strict=True):
        if isinstance(waiting.answer, asyncio.Future):
            by_loop.setdefault(waiting.answer.get_loop(), []).append((waiting.answer, outcome))
        else:
            _give(waiting.answer, outcome)
    for loop, answers in by_loop.items():
        # A loop that has ended has nobody on it who waits.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_give_all, answers)


def _give_all(answers: Sequence[tuple["asyncio.Future[Posted]", Outcome]]) -> None:
    for answer, outcome in answers:
        if not answer.done():
            _give(answer, outcome)


def _give(answer: "Future[Posted] | asyncio.Future[Posted]", outcome: Outcome) -> None:
    if isinstance(outcome, Posted):
        answer.set_result(outcome)
    else:
        answer.set_exception(outcome)
