"""The command that seals everything anew under the key in use, and says what still needs an older one."""

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, func, select, tuple_, update
from sqlmodel import Session

from selfcare_app import wiring
from selfcare_app.db import keys_of, metadata
from selfcare_app.kit.actor import System
from selfcare_app.kit.data_classes import held
from selfcare_app.kit.sealing import Keyring
from selfcare_app.subscribers import sim_seal

ROWS_AT_ONCE = 200
_ACTOR = System("reseal")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`reseal` has no arguments: the first line of the secret key file is the key in use."""


def run(arguments: argparse.Namespace) -> int:
    """Goes through every table with sealed values; it may be stopped and begun again at any time."""
    keys = wiring.wired().keys
    total = 0
    for name, its in held().items():
        if not its.sealed:
            continue
        after, done = None, 0
        while (step := wiring.do_now(reseal, _ACTOR, table=name, after=after))[1] is not None:
            done, after = done + step[0], step[1]
        total += done
        _say(f"{name}: {done} sealed anew")
    older = wiring.ask_now(of_older_passwords, _ACTOR)
    _say(f"{total} rows; {older} passwords wait for their owners to sign in" if keys.names[1:] else f"{total} rows")
    return 0


def reseal(
    session: Session, actor: System, *, table: str, after: tuple[Any, ...] | None
) -> tuple[int, tuple[Any, ...] | None]:
    """Seals the next rows of a table anew; gives how many, and the row to go on after or None at the end.

    Raises kit.sealing.Tampered for a value that no key opens: nothing of the step is written then.
    """
    rows_of, keys = metadata.tables[table], keys_of(session)
    order = tuple(rows_of.primary_key.columns)
    query = select(rows_of).order_by(*order).limit(ROWS_AT_ONCE).with_for_update()
    if after is not None:
        query = query.where(_beyond(rows_of, after))
    rows = session.execute(query).mappings().all()
    changed = 0
    for row in rows:
        if fresh := dict(_sealed_anew(keys, rows_of, row)):
            session.execute(update(rows_of).where(*(column == row[column.name] for column in order)).values(fresh))
            changed += 1
    return changed, tuple(rows[-1][column.name] for column in order) if rows else None


def of_older_passwords(session: Session, actor: System) -> int:
    """How many passwords are kept under an older key: each moves on when it is typed next."""
    kept = metadata.tables["credential"].c.password_hash
    there = select(func.count()).where(kept.like("$2b$%"), kept.not_like(f"%|{keys_of(session).newest}"))
    return int(session.execute(there).scalar_one())


def _beyond(table: Table, after: tuple[Any, ...]) -> Any:
    return tuple_(*table.primary_key.columns) > tuple_(*after)


def _sealed_anew(keys: Keyring, table: Table, row: Any) -> Iterator[tuple[str, Any]]:
    """Columns of a row that are not sealed under the key in use, sealed under it."""
    place = ".".join(str(row[column.name]) for column in table.primary_key.columns)
    for column, purpose in held()[table.name].sealed.items():
        if not row[column] or keys.is_newest(row[column]):
            continue
        at = f"{table.name}.{column}.{place}"
        plain = keys.unseal(purpose, at, row[column])
        yield column, keys.seal(purpose, at, plain)
        if (table.name, column) == ("sim", "puk1"):
            yield "puk1_mac", sim_seal.puk1_mac(keys, row["iccid"], plain.decode())


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
