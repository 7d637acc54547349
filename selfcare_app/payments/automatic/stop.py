"""What stands against charging a kept card: stopped, locked, SIM replaced, line closed; with its end if it has one."""

from datetime import datetime

from sqlmodel import Session

from selfcare_app.access import account_lock, halt, sim_window
from selfcare_app.kit.errors import Refused
from selfcare_app.subscribers.tables import Line


class Locked(Refused):
    """The owner has turned the account lock on: the card is not charged."""

    code = "automatic.locked"


class SimChanged(Refused):
    """The SIM was replaced lately: the card is not charged before `until` (T5)."""

    code = "automatic.sim_changed"


class LineClosed(Refused):
    """The line is closed."""

    code = "automatic.line_closed"


class MonthSpent(Refused):
    """This month has had what it may: `most`; again from `again`."""

    code = "automatic.month_spent"


def why_not(session: Session, line: Line, *, now: datetime) -> Refused | None:
    """Why the card may not be charged now; None where it may."""
    if halted := halt.why_not(session, line_id=line.id):
        return halted
    if account_lock.why_not(session, line_id=line.id) is not None:
        return Locked()
    if sim_window.limits_factor(session, line_id=line.id, now=now) == sim_window.NOTHING:
        changed = sim_window.sim_changed(session, line, now)
        return SimChanged(until=changed.params["until"] if changed else now)
    return LineClosed() if line.state == "closed" else None
