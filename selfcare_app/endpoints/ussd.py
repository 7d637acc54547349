"""What a handset is told without internet: the balance, the menu, and the answers to short messages."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from selfcare_app.endpoints.dialogs import Reply, Turn
from selfcare_app.i18n.message import data_size, wire
from selfcare_app.i18n.speak import Speaker
from selfcare_app.journal.record import record
from selfcare_app.kit.money import Money
from selfcare_app.usage import brief
from selfcare_app.usage.brief import Brief
from selfcare_app.usage.views import AllowanceLeft

SMS_BALANCE = "channels.sms.balance"


async def balance(turn: Turn) -> Reply:
    """The balance, at once."""
    return await turn.once(lambda session: Reply(_balance(turn.speaker, _told(session, turn))))


async def menu(turn: Turn) -> Reply:
    """The menu, and what is chosen from it."""
    return await turn.once(lambda session: _chosen(session, turn))


async def unknown(turn: Turn) -> Reply:
    """Nothing of ours was dialled."""
    return Reply(turn.speaker.text("channels.ussd.unknown_code"))


def sms_answer(speaker: Speaker, told: Brief, *, text: str) -> tuple[str, Mapping[str, Any]]:
    """Sentence key and arguments of the answer to a short message."""
    words = {word.casefold() for word in speaker.text("channels.ussd.balance_words").split()}
    if text.strip().casefold() in words:
        return SMS_BALANCE, {"balance": told.balance}
    return "channels.sms.not_understood", {"word": sorted(words)[0].upper()}


def _told(session: Session, turn: Turn) -> Brief:
    record(session, turn.actor, line_id=turn.actor.line_id, action="balance_read", now=turn.now)
    return brief.of_line(session, turn.actor, now=turn.now)


def _chosen(session: Session, turn: Turn) -> Reply:
    choices = turn.speaker.text("channels.ussd.menu")
    if turn.said is None:
        return Reply(choices, more=True)
    chosen = _CHOICES.get(turn.said.strip())
    if chosen is None:
        return Reply(f"{turn.speaker.text('channels.ussd.no_such_choice')}\n{choices}", more=True)
    return Reply(chosen(turn.speaker, _told(session, turn)))


def _balance(speaker: Speaker, told: Brief) -> str:
    return speaker.text("channels.ussd.balance", balance=told.balance)


def _left(speaker: Speaker, told: Brief) -> str:
    lines = [speaker.text("channels.ussd.left", name=a.name, left=_amount(a, told.balance)) for a in told.allowances]
    return "\n".join(lines) or speaker.text("channels.ussd.nothing_left")


def _number(speaker: Speaker, told: Brief) -> str:
    return speaker.text("channels.ussd.number", number=told.msisdn)


def _goodbye(speaker: Speaker, _told: Brief) -> str:
    return speaker.text("channels.ussd.goodbye")


def _amount(allowance: AllowanceLeft, balance: Money) -> Any:
    left = allowance.left
    if allowance.kind == "minor":
        return wire(Money(left, balance.currency, balance.scale))
    if allowance.kind == "bytes":
        return data_size(left)
    return wire(timedelta(seconds=left)) if allowance.kind == "seconds" else left


_CHOICES: Mapping[str, Callable[[Speaker, Brief], str]] = {"1": _balance, "2": _left, "3": _number, "0": _goodbye}
