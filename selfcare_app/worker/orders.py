"""Carries out orders that are due, ends holds that have run out, wakes numbers that have rested."""

import logging
from collections.abc import Callable
from datetime import datetime

from selfcare_app import wiring
from selfcare_app.kit.actor import System
from selfcare_app.numbers import carry_out, eligibility, hold
from selfcare_app.orders import carry_out as change_carry_out
from selfcare_app.orders import change, order

BATCH = 100
CARRIED_OUT_BY: dict[str, Callable[..., bool]] = {
    eligibility.KIND: carry_out.carry_out,
    **dict.fromkeys(change.KINDS, change_carry_out.carry_out),
}
"""Kind of order → the use case that carries it out: each order is a transaction of its own."""
_log = logging.getLogger("selfcare.worker")


def carry_out_due(by: str, now: datetime) -> int:
    """Carries out what is due, gives how many orders came to their end; one that breaks is tried again next time."""
    actor = System(job="orders")
    ended = 0
    for due in wiring.ask_now(order.due, actor, limit=BATCH, now=now):
        try:
            ended += wiring.do_now(CARRIED_OUT_BY[due.kind], actor, order_id=due.id, now=now)
        except Exception:
            _log.exception("an order could not be carried out", extra={"event": due.kind})
    return ended


def free_held(by: str, now: datetime) -> int:
    """Frees numbers whose hold has run out."""
    return wiring.do_now(hold.sweep, System(job="holds"), now=now)


def wake_rested(by: str, now: datetime) -> int:
    """Offers numbers again that have rested."""
    return wiring.do_now(carry_out.wake_rested, System(job="numbers"), now=now)
