"""What leaves the bonus units: balance, history, gifts, and a gift that was taken."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class BonusEntry:
    """Units that came (above zero) or went; `code` says what for, `gift` is the gift's name where they went for one."""

    id: UUID
    at: datetime
    code: str
    units: int
    gift: str = ""


@dataclass(frozen=True, slots=True)
class GiftView:
    """A gift as it is offered: `amount` of `kind` (seconds, messages, bytes) for `days` days."""

    id: UUID
    name: str
    description: str
    units: int
    kind: str
    amount: int
    days: int


@dataclass(frozen=True, slots=True)
class BonusStanding:
    """Units at hand, gifts by their price, the last entries, and what so many minor units of spending bring."""

    units: int
    gifts: tuple[GiftView, ...]
    history: tuple[BonusEntry, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """A gift that was taken: good before `until`."""

    id: UUID
    name: str
    units: int
    until: date
