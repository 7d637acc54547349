"""Writes down what was priced: receipts, sums of months, packages used; and asks the ledger for the money."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy import Table, bindparam, insert, select, update
from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.kit.actor import System
from selfcare_app.kit.bulk import chunks
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.money import Money, Rate
from selfcare_app.ledger.batch import Instruction, post_many
from selfcare_app.ledger.rules import Leg
from selfcare_app.usage.codes import Kind
from selfcare_app.usage.load import ALLOWANCE, Records
from selfcare_app.usage.rating import giving, receipts
from selfcare_app.usage.rating.given import OWN_PERIOD
from selfcare_app.usage.rating.given_columns import GivenBy
from selfcare_app.usage.rating.lines import PricedLine
from selfcare_app.usage.rating.part import Part
from selfcare_app.usage.rating.rating_tables import PackageUse, RatedUse, UsageSum

RATED: Table = RatedUse.__table__  # type: ignore[attr-defined]
SUM: Table = UsageSum.__table__  # type: ignore[attr-defined]
USED: Table = PackageUse.__table__  # type: ignore[attr-defined]
OPERATION = "usage"
REVENUE = "usage"

Used = dict[tuple[int, int, str], int]
Sums = dict[tuple[int, int, int], int]


def used(session: Session, lines: Mapping[int, PricedLine]) -> Used:
    """What these lines have used of packages, by line, month and package."""
    found: Used = {}
    for some in chunks(lines):
        for row in session.execute(select(USED).where(USED.c.line_no.in_(some))):
            found[row.line_no, row.month, row.code] = row.used
    return found


def enter(
    session: Session,
    actor: System,
    *,
    parts: Sequence[Part],
    records: Records,
    lines: Mapping[int, PricedLine],
    used: Used,
    given: GivenBy,
    now: datetime,
) -> None:
    """Receipts and sums of the priced parts of a batch, and one operation of the ledger for each line and month."""
    for part in parts:
        receipts.write(session, part, records, now)
    keep_used(session, parts, used, lines, given, now)
    added: Sums = {}
    for part in parts:
        add(added, part)
    charge(session, actor, added=added, lines=lines, now=now)


def said(drawn: str) -> list[tuple[str, int]]:
    """The packages that a receipt names, and what each gave."""
    words = drawn.split()
    return [(code, int(taken)) for code, taken in zip(words[::2], words[1::2], strict=True)]


def add(added: Sums, part: Part) -> None:
    """Adds the charges of a part up by line, month and kind."""
    uses = part.uses
    for kind in Kind:
        of_kind = np.add.reduceat(np.where(uses.kind == kind, part.rated.units, 0), uses.starts)
        rows = zip(uses.line[uses.starts].tolist(), uses.month[uses.starts].tolist(), of_kind.tolist(), strict=True)
        for line, month, units in rows:
            if units:
                added[line, month, int(kind)] = added.get((line, month, int(kind)), 0) + units


def keep_used(
    session: Session,
    parts: Sequence[Part],
    used: Used,
    lines: Mapping[int, PricedLine],
    given: GivenBy,
    now: datetime,
) -> None:
    """Writes `used` down where the parts changed it, and shows it: in what lines were given for that time."""
    taken: dict[tuple[int, int, str], int] = {}
    touched: set[tuple[int, str]] = set()
    for part in parts:
        where = (part.uses.line[part.uses.starts].tolist(), part.uses.month[part.uses.starts].tolist())
        for code, drawn in zip(part.prices.codes, part.rated.drawn, strict=True):
            sums = np.add.reduceat(drawn, part.uses.starts)
            for line, month, quantity in zip(*where, sums.tolist(), strict=True):
                if quantity:
                    taken[line, month, code] = taken.get((line, month, code), 0) + quantity
        touched |= {(each.line, each.given.key) for each in part.rated.given}
    keys = {*taken, *((line, OWN_PERIOD, key) for line, key in touched)}
    if not keys:
        return
    write_used(session, {key: used[key] for key in keys})
    show_plan(session, {(lines[line].id, *rest): quantity for (line, *rest), quantity in taken.items()}, now)
    giving.show_used(session, given, used, touched, now)


def show_plan(session: Session, more: Mapping[tuple[Any, ...], int], now: datetime) -> None:
    """Shows how much more (or less) is used of plans' packages, by line id, month and code."""
    rows = [
        {"of_line": line, "of_code": code, "since": first_day(month), "until": first_day(month + 1), "more": quantity,
         "now": now}
        for (line, month, code), quantity in more.items()
        if quantity
    ]  # fmt: skip
    allowance = (
        update(ALLOWANCE)
        .where(
            ALLOWANCE.c.line_id == bindparam("of_line"),
            ALLOWANCE.c.code == bindparam("of_code"),
            ALLOWANCE.c.package_id.is_not(None),
            ALLOWANCE.c.period_from < bindparam("until"),
            ALLOWANCE.c.period_until > bindparam("since"),
        )
        .values(used=ALLOWANCE.c.used + bindparam("more"), as_of=bindparam("now"))
    )
    if rows:
        session.connection().execute(allowance, rows)


def write_used(session: Session, changed: Used) -> None:
    """Writes down what is used of packages, by line, month and code."""
    known: set[tuple[int, int, str]] = set()
    for some in chunks({line for line, _, _ in changed}):
        for row in session.execute(select(USED.c.line_no, USED.c.month, USED.c.code).where(USED.c.line_no.in_(some))):
            known.add((row.line_no, row.month, row.code))
    fresh = [{"line_no": k[0], "month": k[1], "code": k[2], "used": v} for k, v in changed.items() if k not in known]
    if fresh:
        session.execute(insert(USED), fresh)
    old = [{"l": k[0], "m": k[1], "c": k[2], "used": v} for k, v in changed.items() if k in known]
    if old:
        mine = (USED.c.line_no == bindparam("l")) & (USED.c.month == bindparam("m")) & (USED.c.code == bindparam("c"))
        session.connection().execute(update(USED).where(mine).values(used=bindparam("used")), old)


def charge(session: Session, actor: System, *, added: Sums, lines: Mapping[int, PricedLine], now: datetime) -> None:
    """Adds units to the sums of months, and has the ledger take what that is more in whole minor units.

    One operation a line and month, whose key begins with both: bills read them there. What was used may cost more
    than there is: it has happened. Raises what the ledger refuses for other reasons.
    """
    if not added:
        return
    known = sums(session, {line for line, _, _ in added})
    legs: dict[tuple[int, int], list[Leg]] = {}
    keys: dict[tuple[int, int], str] = {}
    fresh, old = [], []
    for (line, month, kind), units in sorted(added.items()):
        before = known.get((line, month, kind), {"units": 0, "posted_minor": 0, "postings": 0})
        total = before["units"] + units
        minor = _money(session, total, lines[line].currency).minor
        asked = minor - before["posted_minor"]
        row = {"units": total, "posted_minor": minor, "postings": before["postings"] + bool(asked)}
        if (line, month, kind) in known:
            old.append({"l": line, "m": month, "k": kind, **row})
        else:
            fresh.append({"line_no": line, "month": month, "kind": kind, **row})
        if asked:
            keys.setdefault((line, month), f"{line}.{month}.{kind}.{row['postings']}")
            legs.setdefault((line, month), []).append(leg(session, lines[line], kind, asked))
    write_sums(session, fresh, old)
    operations = [
        Instruction(kind=OPERATION, key=keys[of], legs=tuple(some), may_overdraw=True) for of, some in legs.items()
    ]
    for outcome in post_many(session, actor, operations=operations, now=now):
        if isinstance(outcome, Fault):
            raise outcome


def sums(session: Session, numbers: set[int]) -> dict[tuple[int, int, int], dict[str, int]]:
    """The sums of these lines by line, month and kind."""
    known: dict[tuple[int, int, int], dict[str, int]] = {}
    for some in chunks(numbers):
        for row in session.execute(select(SUM).where(SUM.c.line_no.in_(some))).mappings():
            known[row["line_no"], row["month"], row["kind"]] = {
                name: row[name] for name in ("units", "posted_minor", "postings")
            }
    return known


def write_sums(session: Session, fresh: list[dict[str, int]], old: list[dict[str, int]]) -> None:
    """New sums, and known ones by `l`, `m` and `k`."""
    if fresh:
        session.execute(insert(SUM), fresh)
    if old:
        mine = (SUM.c.line_no == bindparam("l")) & (SUM.c.month == bindparam("m")) & (SUM.c.kind == bindparam("k"))
        values: dict[str, Any] = {name: bindparam(name) for name in ("units", "posted_minor", "postings")}
        session.connection().execute(update(SUM).where(mine).values(values), old)


def leg(session: Session, line: PricedLine, kind: int, minor: int) -> Leg:
    """So much from the line's account to the operator's revenue, or back where it is below zero."""
    sides = (("subscriber", line.account_id), ("revenue", REVENUE))
    debit, credit = sides if minor > 0 else sides[::-1]
    amount = Money(abs(minor), line.currency, operators.of(session).currency_scale)
    return Leg(debit, credit, amount, Kind(kind).name.lower())


def first_day(month: int) -> date:
    """The first day of a month counted from the year 0."""
    return date(month // 12, month % 12 + 1, 1)


def _money(session: Session, units: int, currency: str) -> Money:
    return Rate(units, currency, operators.of(session).currency_scale).rounded()
