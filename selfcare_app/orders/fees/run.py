"""The run that takes the fees of a month or a day from all lines: chunk by chunk, each a transaction, exactly once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.catalogue.charge_tables import BY_RUN
from selfcare_app.kit.actor import System
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.money import Money
from selfcare_app.ledger.batch import Instruction, post_many
from selfcare_app.messaging import outbox
from selfcare_app.orders.fees import facts, packages, progress, take
from selfcare_app.orders.fees.progress import Taken
from selfcare_app.orders.fees.rules import PLAN, SERVICE, Every, shares, still_due
from selfcare_app.orders.fees.tables import FeeRun
from selfcare_app.subscribers.tables import Account, Line, LinePlan, LineService

KIND = "fee"
CHUNK = 500
"""Lines in one transaction: a second's work, and what is done anew after a crash."""


@dataclass(frozen=True, slots=True)
class Payer:
    """A line and what of its account decides whether its fee may be taken."""

    line: Line
    settlement: str
    currency: str


def take_next(session: Session, actor: System, *, now: datetime, chunk: int = CHUNK) -> bool:
    """Takes the next chunk of lines through the earliest period that is due; False when nothing is left.

    Money, fees, packages and how far the run has come are one transaction: a worker that dies in between has done
    nothing, one that is started by mistake finds the row locked, and one that was down goes through all periods that
    it has missed, each at its own prices. ISSA-040, AS-042, R12, R22.
    """
    run = progress.next_due(session, now=now)
    if run is None:
        return False
    price_of, every = facts.Prices(session), Every(run.period)
    payers = _payers(session, run, price_of, chunk)
    if not payers:
        progress.done(session, actor, run=run, now=now)
        return True
    taken = take_from(session, actor, run=run, payers=payers, price_of=price_of, every=every, now=now)
    progress.move(session, run, after_no=payers[-1].line.no, lines=len(payers), taken=taken)
    return True


def is_due(session: Session, actor: System, *, now: datetime) -> bool:
    """Whether there is a period to take: a look that writes nothing."""
    return progress.is_due(session, now=now)


def _payers(session: Session, run: FeeRun, price_of: facts.Prices, chunk: int) -> list[Payer]:
    """The next lines, locked: an order that changes what a line pays for comes before this or after it."""
    query = (
        select(Line, Account.settlement, Account.currency)
        .join(Account, col(Account.id) == Line.account_id)
        .where(col(Line.no) > run.after_no, Line.state != "closed")
        .order_by(col(Line.no))
        .limit(chunk)
        .with_for_update(of=Line, key_share=True)
        .execution_options(populate_existing=True)
    )
    if run.period == Every.DAY:
        query = query.where(_pays_by_day(price_of))
    return [Payer(*row) for row in session.exec(query).all()]


def _pays_by_day(price_of: facts.Prices) -> ColumnElement[bool]:
    plans, services = price_of.codes(PLAN, Every.DAY), price_of.codes(SERVICE, Every.DAY)
    had = select(LinePlan.line_id).where(col(LinePlan.tariff_plan).in_(plans))
    has = select(LineService.line_id).where(col(LineService.service).in_(services))
    return col(Line.tariff_plan).in_(plans) | col(Line.id).in_(had) | col(Line.id).in_(has)


def take_from(
    session: Session,
    actor: System,
    *,
    run: FeeRun,
    payers: Sequence[Payer],
    price_of: facts.Prices,
    every: Every,
    now: datetime,
) -> Taken:
    """Takes what the lines owe; gives what that was."""
    profile = operators.of(session)
    lines = [payer.line for payer in payers]
    known = facts.of_lines(session, lines, price_of, since=run.period_from)
    charged = facts.charged(session, (lines[0].no, lines[-1].no), run.period_from, run.period_until)
    pausing = facts.pausing(profile)
    begins = facts.begins(run.period_from, profile.zone)
    giving = packages.Packages(session, price_of, run.period_from, begins)
    asked: list[tuple[Payer, take.Bill]] = []
    given: list[dict[str, Any]] = []
    for payer in payers:
        line = payer.line
        of_line = known[line.id]
        if every == Every.DAY and not _works(line, price_of, run):
            continue
        due = still_due(shares(of_line, price_of, every, run.period_from, pausing), charged.get(line.id, {}))
        bill = take.Bill(line.id, line.account_id, payer.currency, due)
        if due and bill.minor:
            asked.append((payer, bill))
        else:
            if line.unpaid_minor and not shares(of_line, price_of, every, run.period_from, pausing):
                _start(session, line, run, now)
            given += packages.rows(of_line, giving, every, run.period_from, now)
    refused = _post(session, actor, run, asked, now)
    for payer, _ in asked:
        if payer.line.id not in refused:
            given += packages.rows(known[payer.line.id], giving, every, run.period_from, now)
    packages.write(session, given)
    paid = [bill for payer, bill in asked if payer.line.id not in refused]
    fees = sum(1 for bill in paid for step in bill.steps if step.minor)
    return Taken(len(refused), fees, sum(bill.minor for bill in paid))


def _works(line: Line, price_of: facts.Prices, run: FeeRun) -> bool:
    """A line that does not work for its monthly fee's sake pays for no days. AS-042."""
    price = price_of(PLAN, line.tariff_plan, run.period_from)
    return not line.unpaid_minor or (price is not None and price.every == Every.DAY)


def _post(
    session: Session, actor: System, run: FeeRun, asked: Sequence[tuple[Payer, take.Bill]], now: datetime
) -> set[UUID]:
    """Moves the money of all bills and writes their rows; gives the lines whose whole fee was not there."""
    profile = operators.of(session)
    operations = [
        Instruction(
            kind=KIND,
            key=f"{bill.line_id}:{run.period}:{run.period_from.isoformat()}",
            legs=tuple(take.legs(bill, profile.currency_scale)),
            may_overdraw=not (profile.charging.whole_fee_or_nothing and payer.settlement == "prepaid"),
        )
        for payer, bill in asked
    ]
    outcomes = post_many(session, actor, operations=operations, now=now) if operations else []
    made: list[dict[str, Any]] = []
    refused: set[UUID] = set()
    for (payer, bill), outcome in zip(asked, outcomes, strict=True):
        if isinstance(outcome, Fault):
            refused.add(bill.line_id)
            _stop(session, payer.line, bill, run, now)
        else:
            made += take.rows(session, bill, cause=BY_RUN, operation_id=outcome.operation_id, order_id=None, now=now)
            if payer.line.unpaid_minor:
                _start(session, payer.line, run, now)
    take.write(session, made)
    return refused


def _stop(session: Session, line: Line, bill: take.Bill, run: FeeRun, now: datetime) -> None:
    """The number does not work until the whole fee is there; a line that its owner has blocked stays as it is."""
    owes_plan = any(step.share.item == PLAN for step in bill.steps)
    if not owes_plan or (line.state != "active" and not line.unpaid_minor):
        return
    line.state, line.unpaid_minor = "blocked", bill.minor
    session.flush()
    _tell(session, line, "unpaid", bill, run, now)


def _start(session: Session, line: Line, run: FeeRun, now: datetime) -> None:
    line.state, line.unpaid_minor = "active", 0
    session.flush()
    _tell(session, line, "works", None, run, now)


def _tell(session: Session, line: Line, what: str, bill: take.Bill | None, run: FeeRun, now: datetime) -> None:
    if line.msisdn is None:
        return
    profile = operators.of(session)
    args: dict[str, Any] = {"since": run.period_from}
    if bill is not None:
        args["fee"] = Money(bill.minor, bill.currency, profile.currency_scale)
    outbox.enqueue(
        session,
        recipient=line.msisdn,
        language=line.language or profile.default_language,
        key=f"month.sms.{what}",
        args=args,
        dedup_key=f"{KIND}:{line.id}:{run.period}:{run.period_from.isoformat()}:{what}",
        now=now,
    )
