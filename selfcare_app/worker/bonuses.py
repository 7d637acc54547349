"""Accrues bonus units for the days that are over."""

from datetime import datetime

from selfcare_app import wiring
from selfcare_app.kit.actor import System
from selfcare_app.payments import bonus_accrual

_AT_ONCE = 20
_ACTOR = System(job="bonuses")


def accrue(by: str, now: datetime) -> int:
    """Does the next lines, gives how many; the rest at its next time, so that nothing else waits for long."""
    done = 0
    for _ in range(_AT_ONCE):
        some = wiring.do_now(bonus_accrual.run, _ACTOR, now=now)
        if not some:
            break
        done += some
    return done
