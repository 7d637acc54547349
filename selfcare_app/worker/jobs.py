"""Everything that a worker does, and how often."""

from datetime import datetime

from selfcare_app import wiring
from selfcare_app.access import cleanup
from selfcare_app.access import session as web_session
from selfcare_app.kit.actor import System
from selfcare_app.messaging import inbox
from selfcare_app.worker import anchors, orders
from selfcare_app.worker.deliver import deliver
from selfcare_app.worker.loop import Job


def send_messages(by: str, now: datetime) -> int:
    """Hands over what waits in the outbox."""
    return deliver(by=by, now=now)


def end_idle_sessions(by: str, now: datetime) -> int:
    """Ends sessions that nobody uses, with all that belongs to them, also of tabs that are closed."""
    return len(wiring.do_now(web_session.end_idle, System(job="sessions"), now=now))


def forget_old(by: str, now: datetime) -> int:
    """Deletes what may not be kept any longer."""
    job = System(job="cleanup")
    return int(wiring.do_now(cleanup.purge, job, now=now)) + wiring.do_now(inbox.forget_answers, job, now=now)


JOBS = (
    Job("messages", 0.5, send_messages),
    Job("orders", 1, orders.carry_out_due),
    Job("sessions", 5, end_idle_sessions),
    Job("holds", 5, orders.free_held),
    Job("resting numbers", 60, orders.wake_rested),
    Job("journal anchors", 300, anchors.write),
    Job("clean-up", 3600, forget_old),
)
