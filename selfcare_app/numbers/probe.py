"""The same searches by the database alone: while the plane is being loaded, and for plans that have no plane."""

import heapq
import itertools
from collections.abc import Iterator, Sequence

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Text, any_, cast, literal, or_
from sqlmodel import Session, col, select

from selfcare_app.numbers.mask import ANY_DIGIT, Mask
from selfcare_app.numbers.plane import Plan
from selfcare_app.numbers.rules import State
from selfcare_app.numbers.tables import PoolNumber

FEW_CANDIDATES = 200_000
_FIRST_PROBE, _LARGEST_PROBE = 200, 5_000
_number = col(PoolNumber.number)
Conditions = tuple[ColumnElement[bool], ...]


def ascending(session: Session, plan: Plan, mask: Mask, category: int | None, after: int, limit: int) -> list[int]:
    """The first `limit` free numbers above `after` that match, optionally of one category (its index)."""
    patterns = [prefix + behind for prefix, found in plan.patterns(mask).items() for behind in found]
    offered = _offered(plan, category)
    if sum(10 ** pattern.count(ANY_DIGIT) for pattern in patterns) <= FEW_CANDIDATES:
        return _probed(session, patterns, offered, after, limit)
    # So many candidates are soon met when the pool is read in order, and the database compares.
    return _first(session, (*offered, cast(_number, Text).like(mask.text), _number > after), limit)


def varied(
    session: Session, plan: Plan, category: int | None, seed: int, after: int, limit: int
) -> list[tuple[int, int]]:
    """Free numbers upwards from the one that `seed` names and on from the lowest, as (place, number); -1 starts."""
    start, offered = _possible(plan, seed), _offered(plan, category)
    found: list[int] = []
    if after < 0 or after >= start:
        found = _first(session, (*offered, _number >= start, _number > after), limit)
        after = -1
    if len(found) < limit:
        found += _first(session, (*offered, _number < start, _number > after), limit - len(found))
    return [(number, number) for number in found]


def _first(session: Session, where: Conditions, limit: int) -> list[int]:
    return list(session.exec(select(PoolNumber.number).where(*where).order_by(_number).limit(limit)).all())


def _probed(session: Session, patterns: Sequence[str], offered: Conditions, after: int, limit: int) -> list[int]:
    candidates = (number for number in _ascending(patterns) if number > after)
    found: list[int] = []
    size = _FIRST_PROBE
    while len(found) < limit and (probe := list(itertools.islice(candidates, size))):
        found += _first(session, (*offered, _among(session, probe)), limit - len(found))
        size = min(size * 3, _LARGEST_PROBE)
    return found


def _among(session: Session, numbers: Sequence[int]) -> ColumnElement[bool]:
    if session.get_bind().dialect.name == "sqlite":
        return _number.in_(numbers)
    # One value instead of thousands: they would take longer to bind than to look up.
    return _number == any_(literal(list(numbers), ARRAY(BigInteger)))


def _ascending(patterns: Sequence[str]) -> Iterator[int]:
    """Every number that one of the patterns names, once."""
    last = -1
    for number in heapq.merge(*map(_named, patterns)):
        if number != last:
            yield number
        last = number


def _named(pattern: str) -> Iterator[int]:
    choices = ["0123456789" if sign == ANY_DIGIT else sign for sign in pattern]
    return (int("".join(digits)) for digits in itertools.product(*choices))


def _offered(plan: Plan, category: int | None) -> Conditions:
    within = []
    for prefix in plan.prefixes:
        size = 10 ** (plan.length - len(prefix))
        within.append(_number.between(int(prefix) * size, int(prefix) * size + size - 1))
    free = (col(PoolNumber.state) == State.FREE, or_(*within))
    return free if category is None else (*free, col(PoolNumber.category) == category)


def _possible(plan: Plan, seed: int) -> int:
    """One of the numbers there can be."""
    prefix = plan.prefixes[seed % len(plan.prefixes)]
    size: int = 10 ** (plan.length - len(prefix))
    return int(prefix) * size + seed % size
