"""Takes usage records and what is left of packages into the tables, at the speed of the bare driver."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
from psycopg import Connection as PostgresConnection
from psycopg.errors import UniqueViolation
from sqlalchemy import Table
from sqlmodel import Session

from selfcare_app.kit.actor import Actor
from selfcare_app.kit.bulk import Row, Written, merge, one_at_a_time
from selfcare_app.usage import copying
from selfcare_app.usage.tables import Allowance, UsageRecord

Integers = npt.NDArray[np.int64]
Objects = npt.NDArray[np.object_]

ALLOWANCE: Table = Allowance.__table__  # type: ignore[attr-defined]
_TABLE = UsageRecord.__tablename__
_COPIED_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Records:
    """Usage records by column, named and ordered as in the table; `started_at` in microseconds of UTC since 1970."""

    line_no: Integers
    started_at: Integers
    record_key: Integers
    kind: Integers
    direction: Integers
    zone: Integers
    peer: Objects
    duration_seconds: Integers
    bytes_in: Integers
    bytes_out: Integers
    charge_units: Integers
    service: Objects
    domain: Objects

    def __len__(self) -> int:
        return len(self.line_no)

    def columns(self) -> list[npt.NDArray[Any]]:
        """All of them, in the table's order."""
        return [getattr(self, name) for name in COLUMNS]

    def sliced(self, start: int, stop: int) -> "Records":
        """The records from `start` before `stop`."""
        return Records(*(column[start:stop] for column in self.columns()))


COLUMNS = tuple(field.name for field in fields(Records))
_INSERT = f"INSERT OR IGNORE INTO {_TABLE} ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - names are ours
_COPY = f"COPY {{}} ({', '.join(COLUMNS)}) FROM STDIN (FORMAT BINARY)"


def together(parts: Sequence[Records]) -> Records:
    """The records of all parts in the order in which the table keeps them."""
    columns = [np.concatenate(column) for column in zip(*(part.columns() for part in parts), strict=True)]
    order = np.lexsort((columns[2], columns[1], columns[0]))
    return Records(*(column[order] for column in columns))


def records(session: Session, actor: Actor, *, records: Records) -> Written:
    """Adds records that are not there yet; a record twice, here or before, counts once.

    They may come in any order, but only those in the table's order are written fast.
    """
    one_at_a_time(session)
    if session.get_bind().dialect.name == "postgresql":
        inserted = _copied(session, records)
    else:
        rows = list(zip(*(column.tolist() for column in records.columns()), strict=True))
        inserted = session.connection().exec_driver_sql(_INSERT, rows).rowcount if rows else 0
    return Written(inserted=inserted, same=len(records) - inserted)


def _copied(session: Session, records: Records) -> int:
    """By COPY straight into the table; by way of a temporary one where some of the records are there already."""
    try:
        with session.begin_nested():
            return _copy(_driver(session), _TABLE, records)
    except UniqueViolation:
        # What is loaded again is mostly loaded again as a whole, so this is found out with the first rows.
        pass
    driver = _driver(session)
    with driver.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS usage_arriving (LIKE {_TABLE}) ON COMMIT DELETE ROWS")
        cursor.execute("TRUNCATE usage_arriving")
        _copy(driver, "usage_arriving", records)
        cursor.execute(f"INSERT INTO {_TABLE} SELECT * FROM usage_arriving ON CONFLICT DO NOTHING")  # noqa: S608 - names are ours
        return cursor.rowcount


def _driver(session: Session) -> PostgresConnection[Any]:
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, PostgresConnection)  # noqa: S101 - the only driver that db knows
    return driver


def _copy(driver: PostgresConnection[Any], table: str, records: Records) -> int:
    with driver.cursor() as cursor:
        with cursor.copy(_COPY.format(table).encode()) as copy:
            copy.write(copying.HEADER)
            # In pieces, so that the server takes one in while the next is made.
            for start in range(0, len(records), _COPIED_AT_ONCE):
                copy.write(copying.encoded(records.sliced(start, start + _COPIED_AT_ONCE)))
            copy.write(copying.TRAILER)
        return cursor.rowcount


def allowances(session: Session, actor: Actor, *, rows: Sequence[Row]) -> Written:
    """What is left of packages, by line, code and period; an older state never replaces a newer one."""
    one_at_a_time(session)

    def older(known: Row, new: Row) -> tuple[str, str] | None:
        return ("as_of", "allowance_older") if new.get("as_of", known["as_of"]) < known["as_of"] else None

    return merge(
        session,
        ALLOWANCE,
        ("line_id", "code", "period_from"),
        rows,
        defaults={"used": 0, "promo": False},
        refuses=older,
    )
