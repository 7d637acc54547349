"""USSD dialogs: which code opens which menu, and what each choice answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from selfcare_app.i18n.message import data_size, wire
from selfcare_app.i18n.speak import Speaker
from selfcare_app.operators import Profile
from selfcare_app.operators.schema.vocabulary import DialPurpose
from selfcare_app.usage.brief import Brief
from selfcare_app.usage.views import AllowanceLeft


@dataclass(frozen=True, slots=True)
class Reply:
    """What the network shows; `more` keeps the dialog open for an answer."""

    text: str
    more: bool = False


def answer(profile: Profile, speaker: Speaker, brief: Brief, *, code: str, inputs: tuple[str, ...]) -> Reply:
    """The reply to what was dialled (`code`) and typed since (`inputs`)."""
    if code == profile.channels.ussd_code(DialPurpose.BALANCE):
        return Reply(_balance(speaker, brief))
    if code != profile.channels.ussd_code(DialPurpose.MENU):
        return Reply(speaker.text("channels.ussd.unknown_code"))
    if not inputs:
        return Reply(_menu(speaker), more=True)
    chosen = _CHOICES.get(inputs[-1].strip())
    if chosen is None:
        return Reply(f"{speaker.text('channels.ussd.no_such_choice')}\n{_menu(speaker)}", more=True)
    return Reply(chosen(speaker, brief))


def sms_answer(speaker: Speaker, brief: Brief, *, text: str) -> tuple[str, Mapping[str, Any]]:
    """Sentence key and arguments of the answer to a short message."""
    words = {word.casefold() for word in speaker.text("channels.ussd.balance_words").split()}
    if text.strip().casefold() in words:
        return "channels.sms.balance", {"balance": brief.balance}
    return "channels.sms.not_understood", {"word": sorted(words)[0].upper()}


def _menu(speaker: Speaker) -> str:
    return speaker.text("channels.ussd.menu")


def _balance(speaker: Speaker, brief: Brief) -> str:
    return speaker.text("channels.ussd.balance", balance=brief.balance)


def _left(speaker: Speaker, brief: Brief) -> str:
    lines = [speaker.text("channels.ussd.left", name=a.name, left=_amount(a)) for a in brief.allowances]
    return "\n".join(lines) or speaker.text("channels.ussd.nothing_left")


def _number(speaker: Speaker, brief: Brief) -> str:
    return speaker.text("channels.ussd.number", number=brief.msisdn)


def _goodbye(speaker: Speaker, _brief: Brief) -> str:
    return speaker.text("channels.ussd.goodbye")


def _amount(allowance: AllowanceLeft) -> Any:
    left = max(0, allowance.total - allowance.used)
    if allowance.kind == "bytes":
        return data_size(left)
    return wire(timedelta(seconds=left)) if allowance.kind == "seconds" else left


_CHOICES: Mapping[str, Callable[[Speaker, Brief], str]] = {"1": _balance, "2": _left, "3": _number, "0": _goodbye}
