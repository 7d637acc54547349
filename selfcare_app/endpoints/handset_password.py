"""The dialogs that set the cabinet's password: typed in answer to USSD, or on the keys in a call."""

from functools import partial

from sqlmodel import Session

from selfcare_app import wiring
from selfcare_app.access import handset_password, password
from selfcare_app.endpoints.dialogs import Reply, Turn
from selfcare_app.kit.errors import Fault

_MAKE_ONE = ("", "0")
"""Answers that ask for a password of the system's making; a handset that sends no empty answer sends the other."""


async def by_ussd(turn: Turn) -> Reply:
    """Asks for a password, or sets the one that was typed or made (ISSA-010, ISSA-012, IH-005)."""
    generates = turn.profile.registration.ussd_empty_reply_generates
    asked = _asked(turn, "channels.ussd.password_or_none" if generates else "channels.ussd.password")
    if turn.said is None:
        return await turn.once(lambda _: Reply(asked, more=True))
    if generates and turn.said.strip() in _MAKE_ONE:
        made = password.generated(turn.profile)
        return await _set(turn, made, asked, "channels.ussd.password_made", password=made)
    return await _set(turn, turn.said, asked, "channels.ussd.password_set")


async def by_call(turn: Turn) -> Reply:
    """The same on the keys of a telephone; such a password has digits alone (IH-004)."""
    if turn.profile.password.needs_letter_and_digit:
        return Reply(turn.speaker.text("channels.voice.needs_letters"))
    asked = _asked(turn, "channels.voice.password")
    if turn.said is None:
        return await turn.once(lambda _: Reply(asked, more=True))
    return await _set(turn, turn.said, asked, "channels.voice.password_set")


def _asked(turn: Turn, key: str) -> str:
    rule = turn.profile.password
    return turn.speaker.text(key, least=rule.min_length, most=rule.max_length, service=turn.profile.short_name)


async def _set(turn: Turn, chosen: str, asked: str, done: str, **args: str) -> Reply:
    try:
        owner = await wiring.ask(handset_password.owner, turn.actor, now=turn.now)
    except Fault as fault:
        refusal = turn.refusal(fault)
        return await turn.once(lambda _: refusal)
    try:
        password.check(chosen, turn.profile, owner)
    except Fault as fault:
        again = turn.refusal(fault, more=asked)
        return await turn.once(lambda _: again)
    kept = await wiring.hashed(password.hashed, wiring.wired().keys, chosen)
    said = turn.speaker.text(done, service=turn.profile.short_name, **args)
    return await turn.once(partial(_settle, turn=turn, kept=kept, said=said))


def _settle(session: Session, *, turn: Turn, kept: str, said: str) -> Reply:
    handset_password.settle(session, turn.actor, channel=turn.channel, password_hash=kept, now=turn.now)
    return Reply(said)
