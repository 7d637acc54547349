"""Runs the regular transfers whose day has come."""

import logging
from datetime import datetime

from selfcare_app import wiring
from selfcare_app.kit.actor import System
from selfcare_app.payments import transfer_schedule

BATCH = 100
_log = logging.getLogger("selfcare.worker")


def run_due(by: str, now: datetime) -> int:
    """Does one day of each schedule that waits, gives how many; one that breaks is tried again next time."""
    actor, done = System(job="transfers"), 0
    if wiring.wired().profile.transfer is None:
        return 0
    for schedule_id in wiring.ask_now(transfer_schedule.due, actor, limit=BATCH, now=now):
        try:
            done += wiring.do_now(transfer_schedule.run, actor, schedule_id=schedule_id, now=now)
        except Exception:
            _log.exception("a regular transfer could not be run", extra={"event": "transfer"})
    return done
