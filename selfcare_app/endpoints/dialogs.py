"""A dialog with a handset, by USSD or by a call: who dialled what, what was answered since, one effect a turn."""

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from selfcare_app import wiring
from selfcare_app.db import keys_of
from selfcare_app.i18n.speak import Speaker
from selfcare_app.kit import clock
from selfcare_app.kit.actor import Handset, System
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.sealing import Keyring
from selfcare_app.messaging import inbox
from selfcare_app.operators import Profile
from selfcare_app.subscribers import handset

ACTOR = System(job="inbound")
_TURN = "inbox.turn"
_ADDED = re.compile(r"\\\{[a-z0-9]+\\\}")


class Channel(StrEnum):
    """How the handset speaks with us; also the source of its turns in the inbox."""

    USSD = "ussd"
    VOICE = "voice"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the network shows or says; `more` keeps the dialog open for an answer."""

    text: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class Dialled:
    """A turn as the gateway posts it: `answers` is all that was typed since `code` was dialled, joined by `joint`.

    `turn` counts the answers, where the gateway says it: an empty answer is told from none by that alone.
    """

    channel: Channel
    dialog_id: str
    code: str
    caller: str
    answers: str
    joint: str
    turn: int | None = None

    def name(self, keys: Keyring) -> str:
        """What the turn is known by: a keyed digest, because what was typed may be a password."""
        return self._name(keys, self.answers, self.turn)

    def befores(self, keys: Keyring) -> Iterator[tuple[str, str]]:
        """Names that the turn before may have, each with the answer that is new then; an answer may hold the joint."""
        before = None if self.turn is None else self.turn - 1
        if before is not None and before < 1:
            if before == 0:
                yield self._name(keys, "", 0), self.answers
            return
        for at in reversed([at for at, sign in enumerate(self.answers) if sign == self.joint]):
            yield self._name(keys, self.answers[:at], before), self.answers[at + 1 :]
        if before is None and self.answers:
            yield self._name(keys, "", None), self.answers

    def _name(self, keys: Keyring, answers: str, turn: int | None) -> str:
        return keys.mac(_TURN, self.dialog_id, "" if turn is None else str(turn), answers)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a dialog on its way to an answer.

    `added` is what the caller dialled in place of `{code}`; `said` the newest answer, None where it was just dialled.
    """

    channel: Channel
    id: str
    added: str
    said: str | None
    actor: Handset
    profile: Profile
    speaker: Speaker
    now: datetime

    async def once(self, act: Callable[[Session], Reply]) -> Reply:
        """Runs `act` in one transaction with the turn's record: said again by the network it is the first answer.

        A refusal that `act` raises undoes it and is the answer.
        """
        return await wiring.do(_once, self.actor, turn=self, act=act)

    def refusal(self, fault: Fault, *, more: str = "") -> Reply:
        """The sentence of a refusal; with `more` the question that the dialog goes on with."""
        return Reply("\n".join(filter(None, (self.speaker.text(fault.key, **fault.params), more))), more=bool(more))


Answer = Callable[[Turn], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Dial:
    """A row of the table of what can be dialled: `forms` may hold `{code}` where the caller adds digits."""

    channel: Channel
    forms: Callable[[Profile], Iterable[str | None]]
    answer: Answer

    def added(self, profile: Profile, dialled: str) -> str | None:
        """What the caller added ("" where the form asks for nothing); None where another thing was dialled."""
        for form in filter(None, self.forms(profile)):
            pattern = _ADDED.sub("([0-9]+)", re.escape(form.removesuffix("#")))
            if match := re.fullmatch(pattern, dialled.strip().removesuffix("#")):
                return match[1] if match.re.groups else ""
        return None


async def reply(dialled: Dialled, dials: Iterable[Dial], unknown: Answer) -> Reply:
    """The answer to a turn by the row that was dialled; a turn that the network says again is answered as before."""
    profile, now = wiring.wired().profile, clock.now()
    try:
        caller = await wiring.ask(handset.of_number, ACTOR, number=dialled.caller)
    except Fault as fault:
        return Reply(Speaker(profile.default_language, profile).text(fault.key, **fault.params))
    seen = await wiring.ask(_seen, ACTOR, dialled=dialled)
    if isinstance(seen, Reply):
        return seen
    turn_id, said = seen
    answer, added = _row(dialled, dials, unknown, profile)
    speaker = Speaker(caller.language, profile, now)
    turn = Turn(dialled.channel, turn_id, added, said, caller, profile, speaker, now)
    try:
        return await answer(turn)
    except Fault as fault:
        return turn.refusal(fault)


def _row(dialled: Dialled, dials: Iterable[Dial], unknown: Answer, profile: Profile) -> tuple[Answer, str]:
    for dial in dials:
        added = dial.added(profile, dialled.code) if dial.channel == dialled.channel else None
        if added is not None:
            return dial.answer, added
    return unknown, ""


def _seen(session: Session, actor: System, *, dialled: Dialled) -> Reply | tuple[str, str | None]:
    """The reply that the turn has had, or its id and the newest answer of the caller."""
    keys, source = keys_of(session), dialled.channel
    turn_id = dialled.name(keys)
    known = inbox.answered(session, actor, source=source, message_id=turn_id)
    if known is not None:
        return _unpacked(known)
    for before, said in dialled.befores(keys):
        if inbox.answered(session, actor, source=source, message_id=before) is not None:
            return turn_id, said
    return turn_id, None


def _once(session: Session, actor: Handset, *, turn: Turn, act: Callable[[Session], Reply]) -> Reply:
    known = inbox.accept(session, actor, source=turn.channel, message_id=turn.id, now=turn.now)
    if known is not None:
        return _unpacked(known)
    try:
        with session.begin_nested():
            made = act(session)
    except Fault as fault:
        made = turn.refusal(fault)
    inbox.answer(session, actor, source=turn.channel, message_id=turn.id, text=packed(made))
    return made


def packed(made: Reply) -> str:
    """A reply as a gateway takes it: `CON` while the dialog goes on, `END` when it is over."""
    return f"{'CON' if made.more else 'END'} {made.text}"


def _unpacked(text: str) -> Reply:
    return Reply(text[4:], text.startswith("CON "))
