"""The receipt of one record: which rule and version priced it, by what arithmetic, and who had agreed to that plan."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.catalogue import charge_rules, plan, prices
from selfcare_app.catalogue.price_list import MONEY, PriceList, PriceVersion
from selfcare_app.kit.actor import ProofNeeded, Subscriber
from selfcare_app.kit.errors import NotFound
from selfcare_app.kit.money import Money, Rate
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage import selection, statements
from selfcare_app.usage.codes import FORWARDED, Kind
from selfcare_app.usage.rating import books, engine, reading
from selfcare_app.usage.rating.engine import Charge, Use
from selfcare_app.usage.rating.rating_tables import RatedUse
from selfcare_app.usage.tables import Allowance
from selfcare_app.usage.views import CallRecord
from selfcare_app.usage.views_receipt import Arithmetic, Consent, Covered, Drawn, PriceShown, Receipt

_KEY = re.compile("[0-9a-f]{32}")
"""What was given by a service is named by its id."""

consent_of: list[Callable[..., Consent | None]] = []
"""Who knows (session, line_id=, plan=, at=) by which order a line came to a plan: the room above that keeps orders."""

RATED, AGREES, OPERATOR = "rated", "agrees", "operator"
UNITS: Mapping[int, str] = {Kind.CALL: "seconds", Kind.SMS: "messages", Kind.MMS: "messages", Kind.DATA: "bytes"}


class NoSuchRecord(NotFound):
    """The line has no such record."""

    code = "usage.no_such_record"


def read(session: Session, actor: Subscriber, *, record_key: int, started_at: datetime, now: datetime) -> Receipt:
    """The receipt of a record of the actor's line, as call detail names it: by its key and time.

    A record names the other side, so the session has to be proved as for call detail.
    Raises ProofNeeded, selection.NoSuchLine, NoSuchRecord.
    """
    line = selection.line_of(session, actor)
    if not selection.proven(session, actor, line=line, now=now):
        raise ProofNeeded(purpose=selection.PURPOSE)
    return _read(session, actor.line_id, line.no, record_key, started_at)


def of_line(session: Session, *, line_id: UUID, record_key: int, started_at: datetime) -> Receipt:
    """The same of any line. Not a use case: the caller decides who may see it. Raises NoSuchRecord."""
    number = session.exec(select(Line.no).where(Line.id == line_id)).one_or_none()
    if number is None:
        raise NoSuchRecord()
    return _read(session, line_id, number, record_key, started_at)


def _read(session: Session, line_id: UUID, line_no: int, record_key: int, started_at: datetime) -> Receipt:
    values = {"line_no": line_no, "at": started_at, "key": record_key}
    rows = statements.single(session).run(session, values)
    if not rows:
        raise NoSuchRecord()
    record = CallRecord._make(rows[0])
    turns = _turns(session, line_no, record)
    code = turns[-1].plan if turns else plan.code_at(session, line_id, at=record.at)
    consent = consent_of[0](session, line_id=line_id, plan=code, at=record.at) if consent_of else None
    if turns:
        return _rated(session, record, turns, consent)
    return _of_operator(session, record, line_no, code, consent)


def _turns(session: Session, line_no: int, record: CallRecord) -> list[RatedUse]:
    query = select(RatedUse).where(
        RatedUse.line_no == line_no, RatedUse.started_at == record.at, RatedUse.record_key == record.key
    )
    return list(session.exec(query.order_by(col(RatedUse.turn))).all())


def _rated(session: Session, record: CallRecord, turns: list[RatedUse], consent: Consent | None) -> Receipt:
    *former, last = turns
    money = operators.of(session)
    corrected = tuple(Rate(turn.units, money.currency, money.currency_scale) for turn in former)
    charge = record.charge(money.currency, money.currency_scale)
    if last.price_id is None:
        return Receipt(record, RATED, charge, consent=consent, corrected=corrected)
    price = prices.version(session, last.price_id)
    drawn, covered = _from_services(session, books.said(last.drawn))
    arithmetic = _arithmetic(session, record, last.plan, last.billed, drawn, last.paid, last.paid * price.rate_units)
    arithmetic = _less(session, arithmetic, covered)
    return Receipt(record, RATED, charge, _shown(session, last.plan, price), arithmetic, consent, corrected)


def _from_services(
    session: Session, said: list[tuple[str, int]]
) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
    """What packages gave by their names or codes: of what was used, and in money."""
    keys = [UUID(code) for code, _ in said if _KEY.fullmatch(code)]
    rows = session.exec(select(Allowance).where(col(Allowance.id).in_(keys))).all() if keys else ()
    known = {row.id.hex: row for row in rows}
    named = [(known[code].name if code in known else code, taken, _is_money(known.get(code))) for code, taken in said]
    drawn = tuple((name, taken) for name, taken, is_money in named if not is_money)
    return drawn, tuple((name, taken) for name, taken, is_money in named if is_money)


def _is_money(row: Allowance | None) -> bool:
    return row is not None and row.kind == MONEY


def _less(session: Session, found: Arithmetic, covered: tuple[tuple[str, int], ...]) -> Arithmetic:
    """The arithmetic with what packages of money paid."""
    if not covered:
        return found
    profile = operators.of(session)
    parts = tuple(Covered(name, Rate(taken, profile.currency, profile.currency_scale)) for name, taken in covered)
    rest = Rate(found.sum.units - sum(taken for _, taken in covered), profile.currency, profile.currency_scale)
    charge = rest.rounded()
    vat = Money(charge_rules.vat_in(charge.minor, profile.charging.vat_percent), charge.currency, charge.scale)
    return replace(found, covered=parts, charge=charge, vat=vat)


def _of_operator(session: Session, record: CallRecord, line_no: int, code: str, consent: Consent | None) -> Receipt:
    """What the operator's billing charged; with the catalogue's arithmetic where that comes to the same."""
    money = operators.of(session)
    charge = record.charge(money.currency, money.currency_scale)
    found = _again(session, record, line_no, prices.lists(session).get(code))
    if found is None or found.units != record.charge_units or found.price is None:
        return Receipt(record, OPERATOR, charge, consent=consent)
    arithmetic = _arithmetic(session, record, code, found.billed, found.drawn, found.paid, found.units)
    return Receipt(record, AGREES, charge, _shown(session, code, found.price), arithmetic, consent)


def _again(session: Session, record: CallRecord, line_no: int, known: PriceList | None) -> Charge | None:
    """The charge that the engine comes to after all records of the month before it."""
    if known is None:
        return None
    zone = operators.of(session).zone
    since = record.at.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    before = reading.earlier(session, line_no=line_no, since=since, at=record.at, key=record.key)
    own = Use(
        record.at,
        record.kind,
        record.direction,
        record.zone,
        record.duration_seconds,
        record.octets,
        record.service == FORWARDED,
    )
    *_, last = engine.rate_all([*before, own], known, zone)
    return last


def _arithmetic(
    session: Session,
    record: CallRecord,
    code: str,
    billed: int,
    drawn: tuple[tuple[str, int], ...],
    paid: int,
    units: int,
) -> Arithmetic:
    profile = operators.of(session)
    rate = Rate(units, profile.currency, profile.currency_scale)
    charge = rate.rounded()
    known = prices.lists(session).get(code)
    names = {each.code: each.name for each in known.packages_at(record.at)} if known else {}
    quantity = {Kind.CALL: record.duration_seconds, Kind.DATA: record.octets}.get(record.what, 1)
    return Arithmetic(
        unit=UNITS[record.kind],
        quantity=quantity,
        billed=billed,
        free=tuple(Drawn(package, names.get(package, package), taken) for package, taken in drawn),
        paid=paid,
        sum=rate,
        charge=charge,
        vat=Money(charge_rules.vat_in(charge.minor, profile.charging.vat_percent), charge.currency, charge.scale),
    )


def _shown(session: Session, code: str, price: PriceVersion) -> PriceShown:
    profile = operators.of(session)
    at = price.valid_from
    named = plan.in_force(session, code, at=at)
    return PriceShown(
        code=price.code,
        name=price.name,
        plan=code,
        plan_name=named.name if named else code,
        interval=price.step,
        rate=Rate(price.rate_units, profile.currency, profile.currency_scale),
        vat_percent=profile.charging.vat_percent,
        valid_from=price.valid_from,
        valid_until=price.valid_until,
    )
