"""Corrects what a month of usage cost: gives back what was taken, charges anew by the prices in the catalogue now."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, insert, update
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.catalogue import prices
from selfcare_app.kit.actor import Staff, System
from selfcare_app.kit.bulk import one_at_a_time
from selfcare_app.kit.money import Money, Rate
from selfcare_app.ledger.post import post
from selfcare_app.subscribers import line_plan
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage.codes import FORWARDED
from selfcare_app.usage.rating import books, engine, giving
from selfcare_app.usage.rating.engine import Charge, Use
from selfcare_app.usage.rating.given import OWN_PERIOD, Given
from selfcare_app.usage.rating.lines import PricedLine, priced_lines
from selfcare_app.usage.rating.rating_tables import RatedUse
from selfcare_app.usage.selection import NoSuchLine
from selfcare_app.usage.tables import UsageRecord

OPERATION = "usage_correction"
_RECORD = UsageRecord.__table__.c  # type: ignore[attr-defined]
_KEYS = ("line_no", "started_at", "record_key")


@dataclass(frozen=True, slots=True)
class Corrected:
    """How many records were priced otherwise, and what the month's usage cost before and costs now."""

    records: int
    before: Money
    after: Money


@dataclass(frozen=True, slots=True)
class Priced:
    """A record with its last receipt, and the plan and charge that it has now."""

    receipt: RatedUse
    plan: str
    charge: Charge

    @property
    def row(self) -> dict[str, Any]:
        """How it was priced, as columns of a receipt."""
        charge = self.charge
        return {
            "plan": self.plan,
            "price_id": charge.price.id if charge.price else None,
            "billed": charge.billed,
            "paid": charge.paid,
            "units": charge.units,
            "drawn": " ".join(f"{code} {taken}" for code, taken in (*charge.drawn, *charge.covered)),
        }

    @property
    def is_other(self) -> bool:
        """Whether it is priced otherwise than its last receipt says."""
        return any(getattr(self.receipt, name) != value for name, value in self.row.items())


def preview(session: Session, *, line_id: UUID, month: date) -> Corrected:
    """What `correct` would come to now; nothing is written. Not a use case. Raises NoSuchLine."""
    line, _, priced, known = _rated_anew(session, line_id, month)
    return _outcome(session, line, priced, known)


def correct(session: Session, actor: System | Staff, *, line_id: UUID, month: date, now: datetime) -> Corrected:
    """Prices the line's records of a month anew, in the order in which they happened, as if none had been priced.

    `month` is any day of it. Only records that were priced here are: what the operator's billing charged stays. Old
    receipts stay too; a record that is priced otherwise gets a further one. In the ledger what was taken for a kind of
    usage is given back and its new sum taken, in one operation. Raises NoSuchLine.
    """
    one_at_a_time(session)
    line, which, priced, known = _rated_anew(session, line_id, month)
    others = [each for each in priced if each.is_other]
    if others:
        _write(session, line, which, priced, others, now)
        _move(session, actor, line, which, known, _sums(priced), now)
    return _outcome(session, line, priced, known)


def _rated_anew(
    session: Session, line_id: UUID, month: date
) -> tuple[PricedLine, int, list[Priced], dict[int, dict[str, int]]]:
    """The line, the month as it is counted, its records priced anew, and the sums that the ledger has taken."""
    number = session.exec(select(Line.no).where(Line.id == line_id)).one_or_none()
    if number is None:
        raise NoSuchLine()
    line = priced_lines(session, [number])[number]
    which = month.year * 12 + month.month - 1
    known = {kind: row for (_, m, kind), row in books.sums(session, {number}).items() if m == which}
    return line, which, list(_priced(session, line, which)), known


def _outcome(session: Session, line: PricedLine, priced: list[Priced], known: dict[int, dict[str, int]]) -> Corrected:
    profile, others = operators.of(session), sum(each.is_other for each in priced)
    before = sum(row["posted_minor"] for row in known.values())
    total = sum(_minor(units) for units in _sums(priced).values()) if others else before
    return Corrected(
        others,
        Money(before, line.currency, profile.currency_scale),
        Money(total, line.currency, profile.currency_scale),
    )


def _priced(session: Session, line: PricedLine, month: int) -> Iterator[Priced]:
    """The month's records that were priced here, each with what it is charged after those before it."""
    zone, lists = operators.of(session).zone, prices.lists(session)
    receipts = _receipts(session, line.no, month)
    given = giving.of_lines(session, {line.no: line}, since=books.first_day(month)).get(line.no, ())
    used: dict[tuple[int, str], int] = {**_used_otherwise(session, line, given, receipts)}
    for receipt, record in receipts:
        code = line_plan.at(line.held, record.started_at)
        use = Use(
            record.started_at,
            record.kind,
            record.direction,
            record.zone,
            record.duration_seconds,
            record.bytes_in + record.bytes_out,
            record.service == FORWARDED,
        )
        charge = engine.rate(use, lists[code], zone, used, given) if code in lists else Charge(use, month)
        for counted_in, package, taken in charge.takes:
            used[counted_in, package] = used.get((counted_in, package), 0) + taken
        yield Priced(receipt, code, charge)


def _used_otherwise(
    session: Session, line: PricedLine, given: Iterable[Given], receipts: Iterable[tuple[RatedUse, UsageRecord]]
) -> dict[tuple[int, str], int]:
    """What records of other months have used of what services gave for a period of its own."""
    keys = {each.key for each in given}
    used = {(OWN_PERIOD, key): n for (_, _, key), n in books.used(session, {line.no: line}).items() if key in keys}
    for receipt, _ in receipts:
        for key, taken in books.said(receipt.drawn):
            if key in keys:
                used[OWN_PERIOD, key] -= taken
    return used


def _receipts(session: Session, line_no: int, month: int) -> Sequence[tuple[RatedUse, UsageRecord]]:
    """The last receipt of each record, in the order of the records."""
    zone = operators.of(session).zone
    since, until = (
        datetime.combine(books.first_day(each), time(), zone).astimezone(UTC) for each in (month, month + 1)
    )
    same = [col(getattr(RatedUse, name)) == getattr(UsageRecord, name) for name in _KEYS]
    last = (
        select(RatedUse.started_at, RatedUse.record_key, func.max(RatedUse.turn).label("turn"))
        .where(RatedUse.line_no == line_no, RatedUse.started_at >= since, RatedUse.started_at < until)
        .group_by(col(RatedUse.started_at), col(RatedUse.record_key))
        .subquery()
    )
    query = (
        select(RatedUse, UsageRecord)
        .join(UsageRecord, *same[:1])
        .join(
            last,
            (last.c.started_at == RatedUse.started_at)
            & (last.c.record_key == RatedUse.record_key)
            & (last.c.turn == RatedUse.turn),
        )
        .where(RatedUse.line_no == line_no, *same[1:])
        .order_by(col(UsageRecord.started_at), col(UsageRecord.record_key))
    )
    return session.exec(query).all()


def _sums(priced: Iterable[Priced]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for each in priced:
        sums[each.charge.use.kind] = sums.get(each.charge.use.kind, 0) + each.charge.units
    return sums


def _write(
    session: Session, line: PricedLine, month: int, priced: list[Priced], others: list[Priced], now: datetime
) -> None:
    """Further receipts, the records' new charges, and what the month has used of packages."""
    places = [{name: getattr(each.receipt, name) for name in _KEYS} for each in others]
    receipts = [
        {**place, **each.row, "turn": each.receipt.turn + 1, "rated_at": now}
        for place, each in zip(places, others, strict=True)
    ]
    session.execute(insert(books.RATED), receipts)
    mine = [_RECORD[name] == bindparam(f"of_{name}") for name in _KEYS]
    charge = update(UsageRecord.__table__).where(*mine).values(charge_units=bindparam("units"))  # type: ignore[attr-defined]
    session.connection().execute(
        charge,
        [
            {f"of_{name}": value for name, value in place.items()} | {"units": each.charge.units}
            for place, each in zip(places, others, strict=True)
        ],
    )
    _write_used(session, line, month, priced, now)


def _write_used(session: Session, line: PricedLine, month: int, priced: list[Priced], now: datetime) -> None:
    """What is used of packages now, where records draw from it and where people see it."""
    old = books.used(session, {line.no: line})
    new = {place: 0 for place in old if place[1] == month}
    for each in priced:
        for key, taken in books.said(each.receipt.drawn):
            if (line.no, OWN_PERIOD, key) in old:
                place = (line.no, OWN_PERIOD, key)
                new[place] = new.get(place, old[place]) - taken
    for each in priced:
        for counted_in, key, taken in each.charge.takes:
            place = (line.no, counted_in, key)
            new[place] = new.get(place, old.get(place, 0)) + taken
    touched = {(line.no, key) for _, counted_in, key in new if counted_in == OWN_PERIOD}
    books.write_used(session, new)
    more = {(line.id, month, key): n - old.get((no, m, key), 0) for (no, m, key), n in new.items() if m == month}
    books.show_plan(session, more, now)
    given = giving.of_lines(session, {line.no: line}, since=books.first_day(month))
    giving.show_used(session, given, new, touched, now)


def _move(
    session: Session,
    actor: System | Staff,
    line: PricedLine,
    month: int,
    known: dict[int, dict[str, int]],
    after: dict[int, int],
    now: datetime,
) -> None:
    """Gives back what was taken for each kind that costs something else now, and takes the new sum."""
    legs, fresh, old, asked = [], [], [], 0
    for kind in sorted({*known, *after}):
        row = known.get(kind, {"units": 0, "posted_minor": 0, "postings": 0})
        units = after.get(kind, 0)
        minor = _minor(units)
        if minor != row["posted_minor"]:
            legs += [books.leg(session, line, kind, each) for each in (-row["posted_minor"], minor) if each]
        new = {"units": units, "posted_minor": minor, "postings": row["postings"] + 1}
        asked += new["postings"]
        if kind in known:
            old.append({"l": line.no, "m": month, "k": kind, **new})
        else:
            fresh.append({"line_no": line.no, "month": month, "kind": kind, **new})
    books.write_sums(session, fresh, old)
    if legs:
        key = f"{line.no}.{month}.{asked}"
        post(session, actor, kind=OPERATION, key=key, legs=legs, now=now, may_overdraw=True)


def _minor(units: int) -> int:
    return Rate(units, "").rounded().minor
