"""РУНА from a handset: dialled as a code, dialled as a call, or sent by SMS; what each is answered (AS-023…029)."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlmodel import Session

from selfcare_app.access import runa
from selfcare_app.endpoints.dialogs import Reply, Turn
from selfcare_app.kit.actor import Handset
from selfcare_app.operators import Profile


async def dialled(turn: Turn) -> Reply:
    """Activates what was dialled; said again by the network it is counted once (T20)."""
    return await turn.once(partial(_activate, turn=turn))


def dial_forms(profile: Profile) -> tuple[str, ...]:
    """What is dialled to activate, as a code or as a call (AS-023)."""
    return profile.runa.dial_forms if profile.runa else ()


def sms_numbers(profile: Profile) -> tuple[str, ...]:
    """Where a РУНА is sent by SMS (AS-024)."""
    return (profile.runa.sms_number,) if profile.runa else ()


def by_sms(session: Session, actor: Handset, *, text: str, now: datetime) -> tuple[str, Mapping[str, Any]]:
    """Activates what was written; key and arguments of the answer, which repeats the code (AS-028, AS-029)."""
    done = runa.activate(session, actor, typed=text, now=now)
    return f"runa.sms.{done.outcome}", {"code": done.code} if done.code else {}


def _activate(session: Session, *, turn: Turn) -> Reply:
    done = runa.activate(session, turn.actor, typed=turn.added, now=turn.now)
    return Reply(turn.speaker.text(f"runa.voice.{done.outcome}"))
