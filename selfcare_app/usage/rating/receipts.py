"""Writes the receipts of records that were priced, at the speed of the bare driver."""

from collections.abc import Iterator
from datetime import datetime
from itertools import repeat
from typing import Any

import numpy as np
from psycopg import Connection as PostgresConnection
from sqlmodel import Session

from selfcare_app.db import micros, moment
from selfcare_app.usage.load import Records
from selfcare_app.usage.rating.given_columns import Integers
from selfcare_app.usage.rating.part import Part

_TABLE = "rated_use"
_COLUMNS = (
    "line_no", "started_at", "record_key", "turn", "plan", "price_id", "billed", "paid", "units", "drawn", "rated_at",
)  # fmt: skip
_INSERT = f"INSERT INTO {_TABLE} ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"  # noqa: S608 - names are ours
_COPY = f"COPY {_TABLE} ({', '.join(_COLUMNS)}) FROM STDIN"


def write(session: Session, part: Part, records: Records, now: datetime) -> None:
    """The first receipt of each record of the part."""
    if not len(part.rows):
        return
    if session.get_bind().dialect.name == "postgresql":
        driver = session.connection().connection.driver_connection
        assert isinstance(driver, PostgresConnection)  # noqa: S101 - the only driver that db knows
        moments = map(moment, part.uses.at.tolist())
        ids = [price.id if price else None for price in part.prices.prices]
        with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
            for row in _rows(part, records, moments, ids, now):
                copy.write_row(row)
        return
    keys = [price.id.hex if price and price.id else None for price in part.prices.prices]
    rows = list(_rows(part, records, iter(part.uses.at.tolist()), keys, micros(now)))
    session.connection().exec_driver_sql(_INSERT, rows)


def _rows(
    part: Part, records: Records, moments: Iterator[Any], prices: list[Any], now: Any
) -> Iterator[tuple[Any, ...]]:
    """Rows in the order of `_COLUMNS`, as the driver takes them."""
    rated = part.rated
    return zip(
        part.uses.line.tolist(),
        moments,
        records.record_key[part.rows].tolist(),
        repeat(0),
        repeat(part.plan),
        map(prices.__getitem__, rated.rule.tolist()),
        rated.billed.tolist(),
        rated.paid.tolist(),
        rated.units.tolist(),
        _drawn(part),
        repeat(now),
    )


def _drawn(part: Part) -> list[str]:
    """What each record took of packages, in words of a receipt: what services gave, the plan's, those of money."""
    said = [""] * len(part.rows)

    def say(code: str, start: int, quantity: Integers) -> None:
        places = np.flatnonzero(quantity)
        for place, taken in zip((places + start).tolist(), quantity[places].tolist(), strict=True):
            said[place] = f"{said[place]} {code} {taken}" if said[place] else f"{code} {taken}"

    for bought in part.rated.given:
        if not bought.given.is_money:
            say(bought.given.key, bought.start, bought.quantity)
    for code, quantity in zip(part.prices.codes, part.rated.drawn, strict=True):
        say(code, 0, quantity)
    for bought in part.rated.given:
        if bought.given.is_money:
            say(bought.given.key, bought.start, bought.quantity)
    return said
