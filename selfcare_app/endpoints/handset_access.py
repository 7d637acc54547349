"""The dialog that closes the cabinet of one's own line, and opens it again by PUK1 (ISSA-025)."""

from functools import partial

from sqlmodel import Session

from selfcare_app import wiring
from selfcare_app.access import closing, puk1
from selfcare_app.access.views import Attempt
from selfcare_app.endpoints.dialogs import Reply, Turn
from selfcare_app.kit.errors import Fault

_YES, _NO = "1", "0"


async def open_or_close(turn: Turn) -> Reply:
    """Closes an open cabinet after a yes; opens one that the subscriber closed for the PUK1 of the SIM in use."""
    state = await wiring.ask(closing.state, turn.actor)
    if state == "open":
        return await turn.once(partial(_close, turn=turn))
    if turn.said is None:
        return await turn.once(partial(_ask, turn=turn))
    return await _open(turn, turn.said)


def _close(session: Session, *, turn: Turn) -> Reply:
    said = (turn.said or "").strip()
    if said == _NO:
        return Reply(turn.speaker.text("channels.ussd.goodbye"))
    if said != _YES:
        return Reply(turn.speaker.text("channels.ussd.close_access", service=turn.profile.short_name), more=True)
    closing.close(session, turn.actor, line_id=turn.actor.line_id, by="subscriber", now=turn.now)
    return Reply(turn.speaker.text("channels.ussd.access_closed", service=turn.profile.short_name))


def _ask(session: Session, *, turn: Turn) -> Reply:
    fault = closing.why_not_open(session, turn.actor)
    return turn.refusal(fault) if fault else Reply(_asked(turn), more=True)


async def _open(turn: Turn, said: str) -> Reply:
    try:
        typed = puk1.digits(said, turn.profile)
    except Fault as fault:
        again = turn.refusal(fault, more=_asked(turn))
        return await turn.once(lambda _: again)
    attempt = await wiring.do(closing.count, turn.actor, now=turn.now)
    return await turn.once(partial(_settle, turn=turn, attempt=attempt, typed=typed))


def _settle(session: Session, *, turn: Turn, attempt: Attempt, typed: str) -> Reply:
    fault = closing.open_own(session, turn.actor, attempt=attempt, typed=typed, now=turn.now)
    if fault is None:
        return Reply(turn.speaker.text("channels.ussd.access_opened", service=turn.profile.short_name))
    return turn.refusal(fault, more=_asked(turn) if isinstance(fault, puk1.Wrong) else "")


def _asked(turn: Turn) -> str:
    return turn.speaker.text("channels.ussd.open_access", service=turn.profile.short_name)
