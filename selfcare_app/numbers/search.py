"""Looking for a new number: from a varied list, by mask, by category; page by page."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access import quota
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import NotFound, Refused
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.numbers import mask as masks
from selfcare_app.numbers import memory, probe, rules
from selfcare_app.numbers.mask import Mask
from selfcare_app.numbers.plane import Plan
from selfcare_app.numbers.rules import State
from selfcare_app.numbers.tables import PoolNumber
from selfcare_app.numbers.views import Found, Offer
from selfcare_app.operators import Profile
from selfcare_app.operators.schema.numbers import NumberChange
from selfcare_app.operators.schema.vocabulary import NumberCategory

COUNTED = 100
"""Up to so many matches are counted; beyond it is said that there are more."""
_MINUTE = 60
_SEEDS = 1 << 40


class NotOffered(NotFound):
    """The operator does not let its subscribers change the number."""

    code = "numbers.not_offered"


class TooManySearches(Refused):
    """More searches in a minute than a person makes: `limit`."""

    code = "numbers.too_many_searches"


class NoSuchCategory(Refused):
    """The operator has no numbers of that category."""

    code = "numbers.no_such_category"


@dataclass(frozen=True, slots=True)
class Admitted:
    """A search that has been counted; only `admit` makes it."""

    line_id: UUID
    at: datetime


def offered(session: Session) -> tuple[Profile, NumberChange, Plan]:
    """The operator's rule of number change. Raises NotOffered."""
    profile = operators.of(session)
    plan = memory.plan_of(profile)
    if profile.number_change is None or plan is None:
        raise NotOffered()
    return profile, profile.number_change, plan


def admit(session: Session, actor: Subscriber, *, now: datetime) -> Admitted:
    """Counts one search of the line. Raises TooManySearches, NotOffered."""
    _, rule, _ = offered(session)
    limit, subject = rule.searches_per_minute, str(actor.line_id)
    if quota.take(session, scope="number_search", subject=subject, limit=limit, seconds=_MINUTE, now=now) is None:
        raise TooManySearches(limit=limit)
    return Admitted(actor.line_id, now)


def search(
    session: Session, actor: Subscriber, *, admitted: Admitted, mask: str = "", category: str = "", cursor: str = ""
) -> Found:
    """A page of free numbers: those that a mask describes in ascending order, without one a varied list.

    `mask` as typed, `category` a key, both may be ""; `cursor` is `next` of the page before or a page's own `here`,
    in an unchanged search.
    ISSA-091, ISSA-092, ISSA-093. Raises NotOffered, NoSuchCategory and what mask.parse raises.
    """
    if admitted.line_id != actor.line_id:
        raise ValueError("a search that another line was admitted to")
    profile, rule, plan = offered(session)
    look = masks.parse(mask, profile.numbering, rule) if mask.strip() else None
    source = _Source(session, plan, _index(rule, category), look, cursor)
    counted = look is not None and source.start < 0 and source.plane is not None
    page = _gather(session, source, size=rule.page_size, ahead=COUNTED + 1 if counted else rule.page_size + 1)
    priced = {index: _priced(profile, rule, index) for index in {index for _, index in page.rows}}
    code = len(profile.numbering.country_code)
    offers = tuple(Offer(Msisdn(number), *priced[index], _marked(look, number, code)) for number, index in page.rows)
    total = page.seen if counted and page.seen <= COUNTED else None
    return Found(
        offers,
        here=source.cursor(source.start),
        next="" if page.next is None else source.cursor(page.next),
        total=source.count() if look is None else total,
        at_least=COUNTED * counted,
    )


class _Source:
    """Where candidates come from: the plane or the database, by mask or varied; they may have been taken meanwhile.

    Its cursor says in which order one goes on, and behind which place of it.
    """

    def __init__(self, session: Session, plan: Plan, category: int | None, look: Mask | None, cursor: str) -> None:
        self.session, self.plan, self.category, self.look = session, plan, category, look
        self.plane = memory.plane_of(session)
        order, self.start = (int(part) for part in cursor.split(".")) if cursor else (0, -1)
        self._code = None if category is None else category + 1
        dense = self.plane is not None
        if look is None and (not cursor or order % 2 != dense):
            order, self.start = secrets.randbelow(_SEEDS) * 2 + dense, -1
        self._order = order

    def cursor(self, after: int) -> str:
        """Where the page behind that place starts."""
        return f"{self._order}.{after}"

    def count(self) -> int | None:
        """How many are free, where that is known without looking."""
        return None if self.plane is None else self.plane.count(self._code)

    def fetch(self, after: int, limit: int) -> list[tuple[int, int]]:
        """The next candidates as (place, number)."""
        if self.look is None:
            if self.plane is not None:
                return self.plane.varied(self._code, self._order, after, limit)
            return probe.varied(self.session, self.plan, self.category, self._order, after, limit)
        if self.plane is not None:
            found = self.plane.ascending(self.look, self._code, after, limit)
        else:
            found = probe.ascending(self.session, self.plan, self.look, self.category, after, limit)
        return [(number, number) for number in found]


class _Page(NamedTuple):
    rows: list[tuple[int, int]]
    next: int | None
    seen: int


def _gather(session: Session, source: _Source, *, size: int, ahead: int) -> _Page:
    """A page of candidates that the database says are free; `seen` candidates were there in the first look."""
    rows: list[tuple[int, int]] = []
    place, seen = source.start, -1
    while batch := source.fetch(place, ahead):
        seen = len(batch) if seen < 0 else seen
        for part in (batch[at : at + size] for at in range(0, len(batch), size)):
            free = _free(session, [number for _, number in part])
            for place, number in part:
                rows += [(number, free[number])] if number in free else []
                if len(rows) == size:
                    return _Page(rows, None if place == batch[-1][0] and len(batch) < ahead else place, seen)
        if len(batch) < ahead:
            break
    return _Page(rows, None, max(seen, 0))


# Made once: building it would take longer than the database needs for it.
_STILL_FREE = select(PoolNumber.number, PoolNumber.category).where(
    col(PoolNumber.number).in_(bindparam("numbers", expanding=True)), PoolNumber.state == State.FREE
)


def _free(session: Session, numbers: Sequence[int]) -> dict[int, int]:
    rows = session.connection().execute(_STILL_FREE, {"numbers": numbers})
    return {number: category for number, category in rows}


def _index(rule: NumberChange, category: str) -> int | None:
    if not category:
        return None
    index = rules.index_of(rule, category)
    if index is None:
        raise NoSuchCategory()
    return index


def _priced(profile: Profile, rule: NumberChange, index: int) -> tuple[NumberCategory, Money]:
    category = rules.category_at(rule, index)
    return category, rules.price(profile, rule, category)


def _marked(look: Mask | None, number: int, code: int) -> tuple[int, ...]:
    # The country code is the same in every number: marking it would say nothing.
    return tuple(at for at in look.marked(str(number)) if at >= code) if look else ()
