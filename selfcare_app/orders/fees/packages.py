"""What packages give lines for a period: rows of `allowance`, one a kind of thing, written once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, update
from sqlmodel import Session, col, select

from selfcare_app.catalogue import prices
from selfcare_app.catalogue.price_list import ServicePackageVersion, in_force
from selfcare_app.catalogue.price_tables import PlanPackage
from selfcare_app.kit.ids import new_id
from selfcare_app.ledger.account import insert_new
from selfcare_app.orders.fees.rules import PLAN, SERVICE, Every, Facts, PriceOf, period_of
from selfcare_app.usage.rating import used_before
from selfcare_app.usage.tables import Allowance


@dataclass(frozen=True, slots=True)
class Gives:
    """What is given: `kind` is seconds, messages, bytes or minor.

    `package_id` is the version of the package that records draw from, None for what is only shown; `version` is that
    of a service's.
    """

    code: str
    name: str
    kind: str
    total: int
    package_id: UUID | None = None
    version: ServicePackageVersion | None = None

    @property
    def days(self) -> int:
        """For how many days it is bought; 0 where it comes with the fee."""
        return self.version.days if self.version else 0

    def part(self, left: int, whole: int) -> int:
        """What it gives for the `left` days of a period of `whole`."""
        # A plan's own package is not divided: what records have used of it stays used in the whole month.
        divided = self.version.prorated if self.version else self.package_id is None
        return -(-self.total * left // whole) if divided else self.total


class Packages:
    """What every plan and service gives, as one transaction sees it on one day."""

    def __init__(self, session: Session, price_of: PriceOf, day: date, begins: datetime) -> None:
        self._price_of, self._day, self._begins = price_of, day, begins
        until = col(PlanPackage.valid_until)
        query = select(PlanPackage).where(col(PlanPackage.valid_from) <= begins, until.is_(None) | (until > begins))
        self._of_plan: dict[str, list[Gives]] = {}
        for row in session.exec(query.order_by(col(PlanPackage.position))).all():
            if row.amount:
                gives = Gives(row.code, row.name, row.unit, row.amount, row.id)
                self._of_plan.setdefault(row.plan, []).append(gives)
        self._of_service = prices.service_packages(session)
        self._found: dict[tuple[str, str, Every], Sequence[Gives]] = {}

    def of(self, item: str, code: str, every: Every) -> Sequence[Gives]:
        """What it gives every month or every day: a plan always a month's, a service as often as its fee is taken."""
        key = (item, code, every)
        if key not in self._found:
            self._found[key] = self._look(item, code, every)
        return self._found[key]

    def _look(self, item: str, code: str, every: Every) -> Sequence[Gives]:
        price = self._price_of(item, code, self._day)
        if price is None or every != (Every.MONTH if item == PLAN else price.every):
            return ()
        if item == PLAN and code in self._of_plan:
            return self._of_plan[code]
        if item == SERVICE and code in self._of_service:
            return [
                Gives(version.allowance, version.name, version.unit, version.amount, version.id, version)
                for version in self._of_service[code]
                if in_force(version, self._begins) and version.amount
            ]
        return [Gives(f"{code}.{kind}", price.name, kind, count) for kind, count in price.package.items() if count]


def rows(facts: Facts, packages: Packages, every: Every, day: date, now: datetime) -> Iterator[dict[str, Any]]:
    """What the line is given for the month or day that begins on `day`: for what it has then."""
    since, until = period_of(every, day)
    for stay in facts.stays:
        if not stay.days.covers(day):
            continue
        for gives in packages.of(stay.item, stay.code, every):
            if not gives.days:
                yield _row(facts.line_id, stay.item, gives, gives.total, (since, until), now)


def _row(
    line_id: UUID, item: str, gives: Gives, total: int, period: tuple[date, date], now: datetime
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "line_id": line_id,
        "code": gives.code,
        "name": gives.name,
        "kind": gives.kind,
        "total": total,
        "used": 0,
        "promo": item == SERVICE,
        "period_from": period[0],
        "period_until": period[1],
        "as_of": now,
        "package_id": gives.package_id,
        "begins_at": None,
    }


def write(session: Session, made: Iterable[dict[str, Any]]) -> None:
    """Puts rows into `allowance`; what a line was given for the period already stays as it is.

    Records of the period that came before are counted in.
    """
    every = list(made)
    if every:
        session.connection().execute(insert_new(session, Allowance).on_conflict_do_nothing(), every)
        used_before.count(session, [row["id"] for row in every])


def give_rest(
    session: Session, line_id: UUID, packages: Packages, *, item: str, code: str, at: datetime, day: date, now: datetime
) -> date | None:
    """Gives a line what a plan or service gives for the rest of the period, in proportion to its days, rounded up.

    It holds from the moment `at` of the local `day` on. What is bought for days begins when what the line has of it
    ends. What a service gave for a period that it was paid for is not given again when it is connected again. Gives
    the day on which the service has nothing to give any more, where all that it gives is for days.
    """
    made = []
    for every in Every:
        since, until = period_of(every, day)
        left, whole = (until - day).days, (until - since).days
        for gives in packages.of(item, code, every):
            runs = _runs_until(session, line_id, gives, day) if item == SERVICE else day
            if gives.days:
                period, total = (runs, runs + timedelta(days=gives.days)), gives.total
            elif runs > day:
                continue
            else:
                period, total = (day, until), gives.part(left, whole)
            row = _row(line_id, item, gives, total, period, now)
            if gives.version and period[0] == day:
                row["begins_at"] = at
            made.append((gives, row))
    write(session, [row for _, row in made])
    bought = [row["period_until"] for gives, row in made if gives.days]
    return max(bought) if bought and len(bought) == len(made) else None


def _runs_until(session: Session, line_id: UUID, gives: Gives, day: date) -> date:
    """The day on which the line has nothing of it any more; `day` itself where it has nothing then."""
    query = select(func.max(Allowance.period_until)).where(
        Allowance.line_id == line_id, Allowance.code == gives.code, col(Allowance.period_until) > day
    )
    return session.exec(query).one() or day


def end(session: Session, line_id: UUID, packages: Packages, *, item: str, code: str, day: date) -> None:
    """What a plan or service had given is over when that day begins; what began on the day itself was never given."""
    take_back(session, line_id, packages, item=item, code=code, day=day)
    running = _of(line_id, packages, item, code, day)
    session.connection().execute(update(Allowance).where(*running).values(period_until=day))


def take_back(session: Session, line_id: UUID, packages: Packages, *, item: str, code: str, day: date) -> None:
    """What a plan or service has given from that day on was never given; what it had before goes on."""
    given = (*_of(line_id, packages, item, code, day), col(Allowance.period_from) >= day)
    session.connection().execute(delete(Allowance).where(*given))


def _of(line_id: UUID, packages: Packages, item: str, code: str, day: date) -> tuple[ColumnElement[bool], ...]:
    codes = [gives.code for every in Every for gives in packages.of(item, code, every)]
    return col(Allowance.line_id) == line_id, col(Allowance.code).in_(codes), col(Allowance.period_until) > day
