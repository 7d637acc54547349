"""The command that asks, of one snapshot of the database, whether all that must hold does."""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from types import ModuleType

from sqlalchemy import text
from sqlmodel import Session

from selfcare_app import wiring
from selfcare_app.access import invariants as access
from selfcare_app.bills import invariants as bills
from selfcare_app.care import invariants as care
from selfcare_app.journal import invariants as journal
from selfcare_app.kit import clock
from selfcare_app.kit.invariant import Check
from selfcare_app.ledger import invariants as ledger
from selfcare_app.manage import acts, counters
from selfcare_app.messaging import invariants as messaging
from selfcare_app.numbers import invariants as numbers
from selfcare_app.orders import invariants as orders
from selfcare_app.payments import invariants as payments
from selfcare_app.payments import transfer_invariants as sharing
from selfcare_app.subscribers import invariants as subscribers
from selfcare_app.usage import invariants as usage

HOLDS, BROKEN = 0, 1
MOST = 1_000
"""Rows of one invariant that are told; what is wrong in more places is wrong in one place of the program."""

AREAS: tuple[ModuleType, ...] = (
    ledger, subscribers, access, journal, messaging, usage, orders, numbers, payments, sharing, bills, care,
    counters, acts,
)  # fmt: skip
"""Every area that has invariants, `checks()` of its `invariants` module; last what is asked of several together."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--json for a program that reads the answer."""
    parser.add_argument("--json", action="store_true", help="one object: what was asked, and the rows that break it")


def run(arguments: argparse.Namespace) -> int:
    """Prints the rows that break an invariant, by their ids; 1 if there are any."""
    broken: dict[str, list[dict[str, str]]] = {}
    for check, row in findings(clock.now()):
        broken.setdefault(check.id, []).append(row)
        if not arguments.json:
            print(f"{check.id} {check.says}: BROKEN by " + " ".join(f"{name}={value}" for name, value in row.items()))
    if arguments.json:
        json.dump(_told(broken), sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        print(f"{len(every())} invariants: {'BROKEN ' + ', '.join(broken) if broken else 'all hold'}")
    return BROKEN if broken else HOLDS


def every() -> tuple[Check, ...]:
    """All invariants there are, in the order in which they are asked."""
    return tuple(check for area in AREAS for check in area.checks())


def findings(now: datetime) -> Iterator[tuple[Check, dict[str, str]]]:
    """The rows that break an invariant, on one snapshot; at most MOST of each."""
    with wiring.wired().db.snapshot() as session:
        _take_time(session)
        yield from found(session, now)


def found(session: Session, now: datetime) -> Iterator[tuple[Check, dict[str, str]]]:
    """The same of what a session sees."""
    for check in every():
        for row in islice(check.find(session, now), MOST):
            yield check, {name: str(value) for name, value in row.items()}


def _take_time(session: Session) -> None:
    # Reading all there is takes longer than what PostgreSQL grants a request.
    if session.get_bind().dialect.name == "postgresql":
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            session.connection().execute(text(f"SET LOCAL {limit} = 0"))


def _told(broken: dict[str, list[dict[str, str]]]) -> dict[str, object]:
    asked = [{"id": check.id, "says": check.says} for check in every()]
    return {"holds": not broken, "asked": asked, "broken": broken}
