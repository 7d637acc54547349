"""The table of what a handset can dial, and of the numbers that take short messages."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from selfcare_app.endpoints import runa_handset, ussd
from selfcare_app.endpoints.dialogs import Channel, Dial
from selfcare_app.endpoints.handset_access import open_or_close
from selfcare_app.endpoints.handset_password import by_call, by_ussd
from selfcare_app.kit.actor import Handset
from selfcare_app.operators import Profile
from selfcare_app.operators.schema.vocabulary import DialPurpose

Said = tuple[str, Mapping[str, Any]]
"""Sentence key and arguments of the short message that goes back."""


@dataclass(frozen=True, slots=True)
class SmsDial:
    """A row of the table of numbers that take short messages.

    `answer(session, actor, *, text, now)` runs once for each message, in its transaction.
    """

    numbers: Callable[[Profile], Iterable[str | None]]
    answer: Callable[..., Said]


def _ussd(*purposes: DialPurpose) -> Callable[[Profile], Iterable[str | None]]:
    return lambda profile: [dial.code for dial in profile.channels.ussd if dial.purpose in purposes]


def _voice(*purposes: DialPurpose) -> Callable[[Profile], Iterable[str | None]]:
    return lambda profile: [dial.code for dial in profile.channels.voice if dial.purpose in purposes]


_SETS_PASSWORD = (DialPurpose.REGISTRATION, DialPurpose.PASSWORD)

DIALS: tuple[Dial, ...] = (
    Dial(Channel.USSD, _ussd(DialPurpose.BALANCE), ussd.balance),
    Dial(Channel.USSD, _ussd(DialPurpose.MENU), ussd.menu),
    Dial(Channel.USSD, _ussd(*_SETS_PASSWORD), by_ussd),
    Dial(Channel.USSD, _ussd(DialPurpose.ACCESS), open_or_close),
    Dial(Channel.VOICE, _voice(*_SETS_PASSWORD), by_call),
    Dial(Channel.VOICE, _voice(DialPurpose.BALANCE), ussd.balance),
    *[Dial(channel, runa_handset.dial_forms, runa_handset.dialled) for channel in Channel],
)
"""Forms may hold `{code}` for digits that the caller adds; they are the turn's `added`."""

SMS_DIALS: tuple[SmsDial, ...] = (SmsDial(runa_handset.sms_numbers, runa_handset.by_sms),)


def sms_answer(session: Session, actor: Handset, profile: Profile, *, to: str, text: str, now: datetime) -> Said | None:
    """The answer of the number that a message was sent to; None where no row of the table has that number."""
    for dial in SMS_DIALS:
        if to.strip() in [number for number in dial.numbers(profile) if number]:
            return dial.answer(session, actor, text=text, now=now)
    return None
