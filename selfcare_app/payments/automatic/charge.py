"""Charges the kept card: claimed and written down before it leaves, credited once, tried again, turned off (R11)."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from selfcare_app import operators
from selfcare_app.access import sim_window
from selfcare_app.kit.actor import System
from selfcare_app.operators.schema.money import AutomaticTopUp as Rule
from selfcare_app.payments import hosted_rules, rules_top_up, transfer_rules
from selfcare_app.payments.automatic import card, rules, stop, tell
from selfcare_app.payments.automatic.outcome import judge, not_made
from selfcare_app.payments.automatic.tables import AutomaticCharge, AutomaticTopUp
from selfcare_app.payments.automatic.views import Due
from selfcare_app.payments.hosted_views import Charge, Facts, Outcome
from selfcare_app.subscribers.tables import Line

CLAIM_SECONDS = 60


def claim(session: Session, actor: System, *, by: str, limit: int, now: datetime) -> tuple[Due, ...]:
    """Takes up to `limit` charges that are due; nobody else gets them for CLAIM_SECONDS. The caller commits first.

    What is to be charged counts as sent from here on: whoever dies with it has it asked after and never sent again.
    """
    rule = operators.of(session).automatic_top_up
    taken = []
    for row in _due(session, limit, now) if rule else ():
        charge = session.exec(_one_due(row.account_id, now)).one_or_none()
        if charge is None or rule is None:
            continue
        if charge.state == "new" and not _may_leave(session, rule, row, charge, now):
            continue
        is_sent = charge.state == "sent"
        if not is_sent:
            charge.state, charge.reason, charge.sent_at = "sent", "", now
            charge.due_at = rules.asked_at(now, 0, now)
        charge.claimed_by, charge.claimed_until = by, now + timedelta(seconds=CLAIM_SECONDS)
        amount = tell.money(session, charge.amount_minor, charge.currency)
        token = "" if is_sent else card.token(session, row)
        taken.append(Due(Charge(charge.id, amount, row.language, token), charge.acquirer, is_sent))
    return tuple(taken)


def not_sent(session: Session, actor: System, *, charge_id: UUID, by: str, now: datetime) -> None:
    """Nobody takes cards at present: it has not left, and waits."""
    found, rule = _claimed(session, charge_id, by), operators.of(session).automatic_top_up
    if found is None or found[1].state != "sent" or rule is None:
        return
    row = found[1]
    row.state, row.sent_at = "new", None
    row.due_at = now + timedelta(seconds=rule.stopped_again_seconds)
    _release(row)


def answered(session: Session, actor: System, *, charge_id: UUID, by: str, facts: Facts | None, now: datetime) -> str:
    """What the acquirer said when it was charged or asked; None: it knows of no such charge. Gives the state."""
    found = _claimed(session, charge_id, by)
    if found is None:
        return ""
    row, charge = found
    _release(charge)
    if facts is not None and facts.outcome is not Outcome.WAITING:
        judge(session, row, charge, facts, now)
    elif charge.state == "sent":
        _asked_in_vain(session, row, charge, is_known=facts is not None, now=now)
    return charge.state


def not_answered(session: Session, actor: System, *, charge_id: UUID, by: str, now: datetime) -> None:
    """Nobody knows what came of it: asked after in five minutes, then every hour for five days; never sent again."""
    found = _claimed(session, charge_id, by)
    if found is None or found[1].state != "sent":
        return
    row, charge = found
    sent_at = charge.sent_at or now
    first = rules.asked_at(sent_at, 0, sent_at)
    charge.due_at = first if first and first > now else hosted_rules.after_silence(sent_at, now)
    _release(charge)
    if charge.due_at is None:
        not_made(session, row, charge, "automatic.unknown", now)


def take(session: Session, actor: System, *, acquirer: str, facts: Facts, now: datetime) -> str:
    """What a callback says whose signature was right. Gives the charge's state, "" where there is no such charge."""
    account = session.exec(select(AutomaticCharge.account_id).where(AutomaticCharge.id == facts.payment_id)).first()
    row = card.locked(session, account) if account else None
    if row is None:
        return ""
    charge = session.exec(_one(facts.payment_id)).one()
    if charge.acquirer != acquirer:
        return ""
    judge(session, row, charge, facts, now)
    return charge.state


def month_taken(session: Session, row: AutomaticTopUp, now: datetime) -> int:
    """What this calendar month has had, or may have had, in minor units."""
    since = transfer_rules.month_began(now, operators.of(session).zone)
    query = select(func.sum(AutomaticCharge.amount_minor)).where(
        AutomaticCharge.account_id == row.account_id,
        col(AutomaticCharge.state).in_(("sent", "paid", "disputed", "settled")),
        col(AutomaticCharge.sent_at) >= since,
    )
    return int(session.exec(query).one() or 0)


def _due(session: Session, limit: int, now: datetime) -> list[AutomaticTopUp]:
    free = col(AutomaticCharge.claimed_until).is_(None) | (col(AutomaticCharge.claimed_until) <= now)
    query = (
        select(AutomaticTopUp)
        .join(AutomaticCharge, col(AutomaticCharge.account_id) == AutomaticTopUp.account_id)
        .where(col(AutomaticCharge.state).in_(("new", "sent")), col(AutomaticCharge.due_at) <= now, free)
        .order_by(col(AutomaticCharge.due_at))
        .limit(limit)
        .with_for_update(of=AutomaticTopUp, skip_locked=True)
    )
    return list(session.exec(query.execution_options(populate_existing=True)).all())


def _may_leave(session: Session, rule: Rule, row: AutomaticTopUp, charge: AutomaticCharge, now: datetime) -> bool:
    """Whether it is charged now; else it is dropped, or waits for what stands against it."""
    if row.state != "on" or not card.is_short(session, row):
        row.is_below = row.is_below and card.is_short(session, row)
        card.drop(session, row.account_id, "automatic.recovered", now)
        return False
    line = session.get_one(Line, charge.line_id)
    refused = stop.why_not(session, line, now=now) or _month_spent(session, row, charge, now)
    if refused is None:
        return True
    until = refused.params.get("until") or refused.params.get("again")
    charge.due_at = until if until and until > now else now + timedelta(seconds=rule.stopped_again_seconds)
    if charge.reason != refused.code:
        # Told once for each thing that stands against it, not each time that it is looked at.
        charge.reason = refused.code
        tell.stopped(session, charge, refused, now=now)
    return False


def _month_spent(
    session: Session, row: AutomaticTopUp, charge: AutomaticCharge, now: datetime
) -> stop.MonthSpent | None:
    factor = sim_window.limits_factor(session, line_id=row.line_id, now=now)
    most = int(row.month_minor * factor)
    if month_taken(session, row, now) + charge.amount_minor <= most:
        return None
    again = rules_top_up.month_end(now, operators.of(session).zone)
    return stop.MonthSpent(most=tell.money(session, most, row.currency), again=again)


def _asked_in_vain(
    session: Session, row: AutomaticTopUp, charge: AutomaticCharge, *, is_known: bool, now: datetime
) -> None:
    if charge.sent_at is None:
        return
    if charge.sent_at < now:
        charge.asked += 1
    upcoming = rules.asked_at(charge.sent_at, charge.asked, now)
    if not is_known and charge.asked >= rules.NEVER_HEARD_OF:
        upcoming = None
    charge.due_at = upcoming
    if upcoming is None:
        not_made(session, row, charge, "automatic.unknown", now)


def _claimed(session: Session, charge_id: UUID, by: str) -> tuple[AutomaticTopUp, AutomaticCharge] | None:
    account = session.exec(select(AutomaticCharge.account_id).where(AutomaticCharge.id == charge_id)).first()
    row = card.locked(session, account) if account else None
    charge = session.exec(_one(charge_id)).one_or_none()
    return (row, charge) if row is not None and charge is not None and charge.claimed_by == by else None


def _one(charge_id: UUID) -> SelectOfScalar[AutomaticCharge]:
    query = select(AutomaticCharge).where(AutomaticCharge.id == charge_id).with_for_update()
    return query.execution_options(populate_existing=True)


def _one_due(account_id: UUID, now: datetime) -> SelectOfScalar[AutomaticCharge]:
    free = col(AutomaticCharge.claimed_until).is_(None) | (col(AutomaticCharge.claimed_until) <= now)
    due = (col(AutomaticCharge.state).in_(("new", "sent")), col(AutomaticCharge.due_at) <= now, free)
    query = select(AutomaticCharge).where(AutomaticCharge.account_id == account_id, *due).with_for_update()
    return query.execution_options(populate_existing=True)


def _release(row: AutomaticCharge) -> None:
    row.claimed_by, row.claimed_until = "", None
