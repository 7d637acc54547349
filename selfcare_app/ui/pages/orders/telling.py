"""What is told of one order, whatever its kind."""

from dataclasses import dataclass

from selfcare_app.i18n.message import Message, Wire


@dataclass(frozen=True)
class About:
    """One order in words. `short` is what it is about, in a list; `soon` stands before the countdown to `due_at`.

    `again` is where to order anew.
    """

    tone: str
    title: Message
    body: tuple[Message, ...]
    short: Wire
    soon: Message | None = None
    undo: Message | None = None
    sure: Message | None = None
    again: str = ""
