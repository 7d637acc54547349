"""Takes fees: the money through the ledger and a row for each fee, together or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.catalogue.charge_rules import vat_in
from selfcare_app.catalogue.charge_tables import FeeCharge
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger.rules import AccountRef, Leg
from selfcare_app.orders.fees.rules import CONNECT, SWITCH, Step

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OneOff:
    """A fee of no period: for going over to a plan, for connecting a service."""

    item: str
    code: str
    version_id: UUID
    minor: int
    day: date


@dataclass(frozen=True, slots=True)
class Bill:
    """What one act takes from a line's account, or gives back."""

    line_id: UUID
    account_id: UUID
    currency: str
    steps: tuple[Step, ...] = ()
    once: tuple[OneOff, ...] = ()

    @property
    def minor(self) -> int:
        """All together; below zero when more is given back than taken."""
        return sum(step.minor for step in self.steps) + sum(one.minor for one in self.once)


def legs(bill: Bill, scale: int) -> list[Leg]:
    """The transfers of a bill, one a fee, what is given back first so that it can pay for the rest."""
    own: AccountRef = ("subscriber", bill.account_id)
    parts = [(step.share.item, step.minor) for step in bill.steps] + [(one.item, one.minor) for one in bill.once]
    made = []
    for item, minor in sorted(parts, key=lambda part: part[1]):
        amount = Money(abs(minor), bill.currency, scale)
        sides = (own, ("revenue", item)) if minor > 0 else (("revenue", item), own)
        if minor:
            made.append(Leg(sides[0], sides[1], amount, item))
    return made


def rows(
    session: Session, bill: Bill, *, cause: str, operation_id: UUID, order_id: UUID | None, now: datetime
) -> list[dict[str, Any]]:
    """The rows that a taken bill leaves in `fee_charge`."""
    vat = operators.of(session).charging.vat_percent
    same = {
        "line_id": bill.line_id,
        "account_id": bill.account_id,
        "currency": bill.currency,
        "cause": cause,
        "operation_id": operation_id,
        "order_id": order_id,
        "vat_percent": vat,
        "charged_at": now,
    }
    made = [_of_step(step) for step in bill.steps] + [_of_once(one) for one in bill.once if one.minor]
    return [{"id": new_id(), **same, **row, "vat_minor": vat_in(row["amount_minor"], vat)} for row in made]


def write(session: Session, made: Sequence[dict[str, Any]]) -> None:
    """Puts rows into `fee_charge`."""
    if made:
        session.connection().execute(insert(FeeCharge), list(made))


def _of_step(step: Step) -> dict[str, Any]:
    share = step.share
    return {
        "item": share.item,
        "code": share.code,
        "version_id": share.price.id,
        "period_from": share.since,
        "period_until": share.until,
        "fee_minor": share.price.fee_minor,
        "discount_percent": share.discount_percent,
        "day_percents": share.day_percents,
        "before_minor": step.before_minor,
        "amount_minor": step.minor,
    }


def _of_once(one: OneOff) -> dict[str, Any]:
    return {
        "item": one.item,
        "code": one.code,
        "version_id": one.version_id,
        "period_from": one.day,
        "period_until": one.day + _DAY,
        "fee_minor": one.minor,
        "discount_percent": 0,
        "day_percents": 100,
        "before_minor": 0,
        "amount_minor": one.minor,
    }


__all__ = ["CONNECT", "SWITCH", "Bill", "OneOff", "legs", "rows", "write"]
