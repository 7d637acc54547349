"""A process that is killed in the middle of a spend: `python -m tests.ledger.killed URL` reads `POINT ACCOUNT KEY` lines.

It forks for each line, and the child kills itself at the point; the parent answers with the signal that ended the child.
"""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, event
from sqlmodel import Session

from selfcare_app.db import Database, after_commit
from selfcare_app.kit.actor import System
from selfcare_app.kit.money import Money
from selfcare_app.kit.sealing import Keyring
from selfcare_app.ledger import group
from selfcare_app.ledger.group import Writer
from selfcare_app.ledger.post import Leg, post
from selfcare_app.operators.registry import profile
from tests.conftest import import_tables

NOW = datetime(2026, 11, 18, 9, 30, tzinfo=UTC)
GROUP = "group: "
STATEMENTS = {
    "claimed": ("INSERT INTO operation", 1),
    "locked": ("SELECT ledger_account", 1),
    "debited": ("UPDATE ledger_account", 1),
    "credited": ("UPDATE ledger_account", 2),
    "written": ("INSERT INTO transfer", 1),
    f"{GROUP}locked": ("SELECT a.id, a.kind", 1),
    f"{GROUP}claimed": ("INSERT INTO operation", 1),
    f"{GROUP}changed": ("UPDATE ledger_account", 1),
    f"{GROUP}written": ("INSERT INTO transfer", 1),
}
"""After which statement, and the how-manieth of its kind."""

COMMITTED = ("after commit", "before the answer", f"{GROUP}before the answers", f"{GROUP}one is answered")
POINTS = (*STATEMENTS, "before commit", f"{GROUP}before commit", *COMMITTED)


def _die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _arm(database: Database, point: str) -> None:
    if point.endswith("before commit"):
        event.listen(database.engine, "commit", _die)
    if point.endswith("before the answers"):
        setattr(group, "_answer", _die)  # noqa: B010 - the module's own name, for this child alone
    if point not in STATEMENTS:
        return
    wanted, times = STATEMENTS[point]
    seen = 0

    def executed(_: Connection, __: object, statement: str, *___: object) -> None:
        nonlocal seen
        seen += wanted in statement
        if seen == times:
            _die()

    event.listen(database.engine, "after_cursor_execute", executed)


def keys(point: str, key: str) -> list[str]:
    """The keys of all the operations of an act: a group is of three."""
    return [f"{key}/{n}" for n in range(3)] if point.startswith(GROUP) else [key]


def spending(account: UUID, key: str, minor: int = 100) -> dict[str, Any]:
    leg = Leg(("subscriber", account), ("revenue", "fee"), Money(minor, "BYN"), "fee")
    return {"kind": "fee", "key": key, "legs": [leg], "now": NOW}


def spend(session: Session, account: UUID, key: str) -> None:
    post(session, System("test"), **spending(account, key))


async def _together(database: Database, point: str, account: UUID, key: str) -> None:
    writer = Writer(database)

    async def one(own_key: str) -> None:
        await writer.post_soon(System("test"), **spending(account, own_key))
        if point.endswith("one is answered"):
            _die()

    await asyncio.gather(*map(one, keys(point, key)))


def _child(url: str, point: str, account: UUID, key: str) -> None:
    database = Database(url, pool_size=1, info={"profile": profile("issa"), "keys": Keyring(bytes(32))})
    _arm(database, point)
    if point.startswith(GROUP):
        asyncio.run(_together(database, point, account, key))
        return
    with database.transaction() as session:
        spend(session, account, key)
        if point == "after commit":
            after_commit(session, _die)
    if point == "before the answer":
        _die()


def main() -> None:
    import_tables()
    for line in sys.stdin:
        point, account, key = line.rstrip("\n").split("\t")
        child = os.fork()
        if not child:
            _child(sys.argv[1], point, UUID(account), key)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, flush=True)


if __name__ == "__main__":
    main()
