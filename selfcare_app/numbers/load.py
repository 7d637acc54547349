"""Takes the operator's number pool into the table, and marks the numbers that lines have."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import Session

from selfcare_app.kit.actor import Actor
from selfcare_app.kit.bulk import Written, one_at_a_time
from selfcare_app.numbers import memory
from selfcare_app.numbers.rules import State
from selfcare_app.numbers.tables import PoolNumber

_SQLITE = (
    "INSERT INTO pool_number (number, category, state) VALUES (?, ?, ?) ON CONFLICT (number) DO UPDATE"
    " SET category = excluded.category WHERE pool_number.category <> excluded.category"
)
_AMONG_SQLITE, _AMONG_POSTGRES = " IN (SELECT value FROM json_each(?))", " = ANY(%s)"
_POSTGRES = _SQLITE.replace("?", "%s")


def pool(session: Session, actor: Actor, *, numbers: Sequence[int], categories: Sequence[int]) -> Written:
    """Numbers of the pool with their category (index into the profile's). A new number is free unless a line has it.

    What is known of a number stays, but for its category.
    """
    one_at_a_time(session)
    wanted = dict(zip(numbers, categories, strict=True))
    known, taken = _known(session, wanted), _with_lines(session, wanted)
    fresh = [(n, c, State.ASSIGNED if n in taken else State.FREE) for n, c in sorted(wanted.items()) if n not in known]
    moved = [(n, c, known[n][1]) for n, c in sorted(wanted.items()) if n in known and known[n][0] != c]
    if fresh or moved:
        statement = _SQLITE if session.get_bind().dialect.name == "sqlite" else _POSTGRES
        session.connection().exec_driver_sql(statement, [(n, c, int(state)) for n, c, state in (*fresh, *moved)])
    memory.changed(session, [(n, c + 1 if state == State.FREE else 0) for n, c, state in (*fresh, *moved)])
    return Written(len(fresh), len(moved), len(numbers) - len(fresh) - len(moved))


def occupy(session: Session, actor: Actor, *, msisdns: Sequence[str]) -> int:
    """Marks numbers of the pool as assigned, because lines have them; how many were not.

    A number that somebody holds or that rests is taken as well: releases look at the state and leave it alone.
    """
    known = _among(session, "SELECT number, state FROM pool_number WHERE number", [int(msisdn) for msisdn in msisdns])
    found = [number for number, state in known if state != State.ASSIGNED]
    if found:
        table = PoolNumber.__table__  # type: ignore[attr-defined]
        numbers = table.c.number == bindparam("_number")
        statement = update(table).where(numbers).values(state=int(State.ASSIGNED), rests_until=None)
        session.connection().execute(statement, [{"_number": number} for number in found])
        memory.changed(session, [(number, 0) for number in found])
    return len(found)


def _known(session: Session, wanted: dict[int, int]) -> dict[int, tuple[int, int]]:
    rows = _among(session, "SELECT number, category, state FROM pool_number WHERE number", list(wanted))
    return {number: (category, state) for number, category, state in rows}


def _with_lines(session: Session, wanted: dict[int, int]) -> set[int]:
    rows = _among(session, "SELECT msisdn FROM line WHERE msisdn", [str(number) for number in wanted])
    return {int(msisdn) for (msisdn,) in rows}


def _among(session: Session, query: str, values: list[int] | list[str]) -> Sequence[Any]:
    """Rows of `query` where what it ends with is one of the values: thousands of them as a single parameter."""
    if session.get_bind().dialect.name == "sqlite":
        return session.connection().exec_driver_sql(query + _AMONG_SQLITE, (json.dumps(values),)).all()
    return session.connection().exec_driver_sql(query + _AMONG_POSTGRES, (values,)).all()
