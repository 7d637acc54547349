"""Takes the fees of months and days from all lines when they are due, and from lines whose money has come."""

from datetime import datetime

from selfcare_app import wiring
from selfcare_app.kit.actor import System
from selfcare_app.orders.fees import run, unpaid
from selfcare_app.worker import orders

CHUNKS_AT_ONCE = 4
"""So that messages and orders do not wait for a month's end."""
_ACTOR = System(job="fees")


def take_due(by: str, now: datetime) -> int:
    """Some chunks of what is due; gives how many. What was ordered for that day goes before its fee."""
    chunks = 0
    while chunks < CHUNKS_AT_ONCE and _has_next(by, now):
        chunks += 1
    return chunks


def _has_next(by: str, now: datetime) -> bool:
    if not wiring.ask_now(run.is_due, _ACTOR, now=now):
        return False
    while orders.carry_out_due(by, now):
        pass
    return wiring.do_now(run.take_next, _ACTOR, now=now)


def take_unpaid(by: str, now: datetime) -> int:
    """Fees that were not there whole, where they are now; gives how many lines work again."""
    return wiring.do_now(unpaid.take_again, _ACTOR, now=now) if wiring.ask_now(unpaid.is_any, _ACTOR) else 0
