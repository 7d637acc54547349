"""What becomes of a charge by what the acquirer said: credited once, tried again, or turned off for good."""

from datetime import datetime

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import System
from selfcare_app.kit.ids import new_id
from selfcare_app.ledger.post import Leg, post
from selfcare_app.payments import hosted_rules
from selfcare_app.payments.automatic import card, rules, tell
from selfcare_app.payments.automatic.tables import AutomaticCharge, AutomaticTopUp
from selfcare_app.payments.automatic.watch import charge_of
from selfcare_app.payments.dispute import opened
from selfcare_app.payments.hosted_rules import Verdict
from selfcare_app.payments.hosted_views import Facts
from selfcare_app.payments.tables import Payment

WAY = "bank_card"
_KIND = "top_up"
_POSTED_BY = System(job=_KIND)
"""The same whoever brings the facts: the callback's operation and the worker's are one."""


def judge(session: Session, row: AutomaticTopUp, charge: AutomaticCharge, facts: Facts, now: datetime) -> None:
    """Does what the facts lead to; the caller has locked both rows."""
    verdict = hosted_rules.verdict(
        state="pending" if charge.state == "sent" else charge.state,
        amount_minor=charge.amount_minor,
        currency=charge.currency,
        transaction_id=charge.transaction_id,
        facts=facts,
    )
    if verdict is Verdict.CREDIT and opened.is_credited(session, charge.acquirer, facts.transaction_id):
        verdict = Verdict.DISPUTE
    if verdict is Verdict.CREDIT:
        _credit(session, row, charge, facts, now)
    elif verdict is Verdict.FAIL:
        not_made(session, row, charge, "automatic.refused", now)
    elif verdict is Verdict.DISPUTE:
        _dispute(session, charge, facts, now)


def not_made(session: Session, row: AutomaticTopUp, charge: AutomaticCharge, reason: str, now: datetime) -> None:
    """Refused by the bank, or nobody knows of it any more: tried again by the operator's rule, or turned off."""
    _end(session, charge, "refused" if reason == "automatic.refused" else "void", reason, now)
    rule = operators.of(session).automatic_top_up
    if row.state != "on" or rule is None:
        return
    row.refusals += 1
    again = rules.again_at(rule, row.refusals, now)
    said = {"action": "automatic_top_up_refused", "outcome": "refused"}
    record(session, _POSTED_BY, line_id=charge.line_id, **said, details={"reason": reason}, now=now)
    if again is None:
        card.turn_off(session, _POSTED_BY, row=row, reason="refused", now=now)
        tell.of_charge(session, charge, "refused_off", now=now)
        return
    # With a new id: what was refused is never sent again under its own.
    session.add(charge_of(row, attempt=_attempt(charge, row), due_at=again, now=now))
    session.flush()
    tell.of_charge(session, charge, "refused", again=again, now=now)


def _attempt(charge: AutomaticCharge, row: AutomaticTopUp) -> int:
    return charge.attempt + 1 if charge.fall == row.falls else 1


def _credit(session: Session, row: AutomaticTopUp, charge: AutomaticCharge, facts: Facts, now: datetime) -> None:
    amount = tell.money(session, charge.amount_minor, charge.currency)
    leg = Leg(("cash_in", WAY), ("subscriber", charge.account_id), amount, WAY)
    posted = post(session, _POSTED_BY, kind=_KIND, key=str(charge.id), legs=[leg], now=now)
    charge.operation_id, charge.transaction_id = posted.operation_id, facts.transaction_id
    session.add(
        Payment(
            id=new_id(),
            external_id=f"{charge.acquirer}:{facts.transaction_id}",
            account_id=charge.account_id,
            paid_at=now,
            amount_minor=charge.amount_minor,
            currency=charge.currency,
            channel=WAY,
            operation_id=posted.operation_id,
        )
    )
    _end(session, charge, "paid", "", now)
    row.refusals = 0
    if not card.is_short(session, row):
        row.is_below = False
        card.drop(session, row.account_id, "automatic.recovered", now)
    said = {"amount": amount.text, "currency": charge.currency}
    record(session, _POSTED_BY, line_id=charge.line_id, action="automatic_top_up_paid", details=said, now=now)
    tell.of_charge(session, charge, "paid", tail=row.card_tail, now=now)


def _dispute(session: Session, charge: AutomaticCharge, facts: Facts, now: datetime) -> None:
    """Nothing is credited: the desk compares it with the acquirer's own list."""
    asked = tell.money(session, charge.amount_minor, charge.currency)
    to = {"line_id": charge.line_id, "account_id": charge.account_id}
    if not opened.note(session, **to, way=WAY, acquirer=charge.acquirer, asked=asked, facts=facts, now=now):
        return
    said = {"told": f"{facts.amount_minor} {facts.currency}", "transaction": facts.transaction_id}
    action = {"action": "top_up_disputed", "outcome": "refused"}
    record(session, _POSTED_BY, line_id=charge.line_id, **action, details=said, now=now)
    if charge.state != "paid":
        _end(session, charge, "disputed", "automatic.disputed", now)


def _end(session: Session, charge: AutomaticCharge, state: str, reason: str, now: datetime) -> None:
    charge.state, charge.reason, charge.finished_at, charge.due_at = state, reason, now, None
    session.flush()
