"""Everything that a worker does, and how often."""

from collections.abc import Callable
from datetime import datetime

from selfcare_app import wiring
from selfcare_app.access import challenge, cleanup
from selfcare_app.access import session as web_session
from selfcare_app.care.charge_question import forget
from selfcare_app.kit.actor import System
from selfcare_app.kit.log import logger
from selfcare_app.ledger import pending
from selfcare_app.messaging import inbox, outbox
from selfcare_app.orders import draft
from selfcare_app.usage import cleanup as usage_cleanup
from selfcare_app.worker import anchors, automatic, bills, bonuses, fees, hosted, orders, promises, transfers
from selfcare_app.worker.deliver import deliver
from selfcare_app.worker.loop import Job

log = logger("worker")


def send_messages(by: str, now: datetime) -> int:
    """Hands over what waits in the outbox."""
    return deliver(by=by, now=now)


def let_go_of_held_money(by: str, now: datetime) -> int:
    """Gives back held money that nobody has taken in time."""
    return wiring.do_now(pending.expire, System(job="held money"), now=now)


def end_idle_sessions(by: str, now: datetime) -> int:
    """Ends sessions that nobody uses, with all that belongs to them, also of tabs that are closed."""
    return len(wiring.do_now(web_session.end_idle, System(job="sessions"), now=now))


def watch_doors(by: str, now: datetime) -> int:
    """Turns challenge mode on and off, and says so in the log."""
    changes = wiring.do_now(challenge.watch, System(job="doors"), now=now)
    for change in changes:
        tell = log.error if change.is_open else log.warning
        tell("breaker open" if change.is_open else "breaker closed", extra={"reason": change.name, "job": "doors"})
    return len(changes)


def forget_old(by: str, now: datetime) -> int:
    """Deletes what may not be kept any longer."""
    job = System(job="cleanup")
    forgotten = sum(wiring.do_now(forget, job, now=now) for forget in _FORGETTING)
    while some := wiring.do_now(cleanup.forget_sessions, job, now=now):
        forgotten += some
    return forgotten


class _OldUsage:
    """Deletes call detail of months that nobody is shown any more: some lines each time, then the first again."""

    def __init__(self) -> None:
        self._after = -1

    def __call__(self, by: str, now: datetime) -> int:
        forgotten = 0
        for _ in range(_LINES_AT_ONCE // usage_cleanup.LINES_AT_ONCE):
            job = System(job="cleanup")
            some, after = wiring.do_now(usage_cleanup.purge, job, after_no=self._after, now=now)
            forgotten, self._after = forgotten + some, -1 if after is None else after
            if after is None:
                break
        return forgotten


_LINES_AT_ONCE = 1_000
_FORGETTING: tuple[Callable[..., int], ...] = (
    cleanup.purge,
    inbox.forget_answers,
    inbox.forget_old,
    outbox.forget_old,
    draft.forget_old,
    forget.forget_words,
)
JOBS = (
    Job("messages", 0.5, send_messages),
    Job("orders", 1, orders.carry_out_due),
    Job("fees", 1, fees.take_due, by_clock=True),
    Job("unpaid fees", 2, fees.take_unpaid),
    Job("bills", 1, bills.close_due, by_clock=True),
    Job("hosted payments", 1, hosted.work),
    Job("automatic top-ups", 2, automatic.work),
    Job("bonus units", 60, bonuses.accrue, by_clock=True),
    Job("regular transfers", 60, transfers.run_due, by_clock=True),
    Job("promised payments", 5, promises.take_back_due, by_clock=True),
    Job("sessions", 5, end_idle_sessions),
    Job("holds", 5, orders.free_held),
    Job("held money", 15, let_go_of_held_money),
    Job("doors", 15, watch_doors),
    Job("resting numbers", 60, orders.wake_rested),
    Job("journal anchors", 300, anchors.write),
    Job("clean-up", 3600, forget_old, by_clock=True),
    Job("old call detail", 60, _OldUsage(), by_clock=True),
)
