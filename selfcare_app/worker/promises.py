"""Takes promised payments back that are due, or whose payment has come."""

import logging
from datetime import datetime

from selfcare_app import wiring
from selfcare_app.kit.actor import System
from selfcare_app.payments.promise import take_back

BATCH = 100
_ACTOR = System(job="promises")
_log = logging.getLogger("selfcare.worker")


def take_back_due(by: str, now: datetime) -> int:
    """Each in a transaction of its own; one that breaks is tried again next time. Gives how many were ended."""
    ended = 0
    for promise_id in wiring.ask_now(take_back.due, _ACTOR, limit=BATCH, now=now):
        try:
            ended += wiring.do_now(take_back.take_back, _ACTOR, promise_id=promise_id, now=now)
        except Exception:
            _log.exception("a promised payment could not be taken back")
    return ended
