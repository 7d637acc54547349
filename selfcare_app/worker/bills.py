"""Closes months that are over: makes every account's bill, some accounts at a time."""

from datetime import datetime

from selfcare_app import wiring
from selfcare_app.bills import run
from selfcare_app.kit.actor import System

CHUNKS_AT_ONCE = 2
"""So that messages and orders do not wait for a month's end."""
_ACTOR = System(job="bills")


def close_due(by: str, now: datetime) -> int:
    """Some chunks of what is due; gives how many."""
    chunks = 0
    while chunks < CHUNKS_AT_ONCE and _has_next(now):
        chunks += 1
    return chunks


def _has_next(now: datetime) -> bool:
    return wiring.ask_now(run.is_due, _ACTOR, now=now) and wiring.do_now(run.close_next, _ACTOR, now=now)
