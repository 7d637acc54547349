"""A password set from the handset, by USSD or by a call: the network vouches for the number (ISSA-010, IH-004)."""

from datetime import datetime, timedelta

from sqlmodel import Session

from selfcare_app.access import alarm, device, event, sim_window, standing
from selfcare_app.access import session as web_session
from selfcare_app.access.password import Owner
from selfcare_app.access.tables import Credential
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Handset
from selfcare_app.kit.errors import Refused
from selfcare_app.subscribers.tables import Line

COOLING = timedelta(hours=24)
"""How long a code from the same handset moves neither money nor number once the handset has replaced the password."""


class SetLately(Refused):
    """The password was replaced from the handset lately: a code from it proves too little until `until` (T11)."""

    code = "access.set_lately"


def owner(session: Session, actor: Handset, *, now: datetime) -> Owner:
    """Whose password is being chosen, for its rules. Raises sim_window.SimChanged where one would be replaced."""
    line = session.get_one(Line, actor.line_id)
    _check_sim(session, line, now)
    return Owner(line.msisdn or "", standing.words_about(session, line))


def settle(session: Session, actor: Handset, *, channel: str, password_hash: str, now: datetime) -> bool:
    """Sets the first password, or replaces it: every session ends and no device is known any more.

    True where it is the first. Raises sim_window.SimChanged.
    """
    line = session.get_one(Line, actor.line_id)
    _check_sim(session, line, now)
    credential = session.get(Credential, line.id, with_for_update=True)
    is_first = credential is None
    if credential is None:
        credential = Credential(line_id=line.id, password_hash="", set_by="", set_at=now, registered_at=now)
        session.add(credential)
    else:
        credential.cooling_until = now + COOLING
        web_session.end_others(session, line_id=line.id, keep=None, reason="password", now=now)
        device.forget_all(session, line_id=line.id)
    credential.choose(password_hash, by=channel, now=now)
    event.record(session, "register" if is_first else "recover", "done", line_id=line.id, channel=channel, now=now)
    action = "registered" if is_first else "password_recovered"
    record(session, actor, line_id=line.id, action=action, details={"channel": channel}, now=now)
    alarm.tell(session, line_id=line.id, kind="password_set_by_ussd", now=now)
    return is_first


def set_lately(session: Session, line: Line, now: datetime) -> SetLately | None:
    """The refusal of what a code from the handset may not do soon after the handset replaced the password."""
    credential = session.get(Credential, line.id)
    if credential is None or credential.cooling_until is None or credential.cooling_until <= now:
        return None
    return SetLately(until=credential.cooling_until)


def _check_sim(session: Session, line: Line, now: datetime) -> None:
    refusal = sim_window.sim_changed(session, line, now) if session.get(Credential, line.id) else None
    if refusal is not None:
        raise refusal
