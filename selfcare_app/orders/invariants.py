"""What must hold of drafts, changes of tariff and fees: none outlives its session, each is due when the rule says."""

from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access.tables import WebSession
from selfcare_app.kit.invariant import Check, Rows
from selfcare_app.operators.effect import due_at
from selfcare_app.operators.schema import Feature
from selfcare_app.orders.rules import DraftState, OrderState
from selfcare_app.orders.tables import Draft, Order
from selfcare_app.orders.tariff import KIND

_FEES = """
SELECT f.account_id AS account, f.item, f.fees, COALESCE(m.taken, 0) AS taken
FROM (SELECT account_id, item, SUM(amount_minor) AS fees FROM fee_charge GROUP BY account_id, item) AS f
LEFT JOIN (
  SELECT a.account_id, side.code, SUM(side.minor) AS taken
  FROM (
    SELECT debit_id AS id, code, amount_minor AS minor FROM transfer
    UNION ALL SELECT credit_id, code, -amount_minor FROM transfer
  ) AS side JOIN ledger_account a ON a.id = side.id AND a.kind = 'subscriber'
  WHERE side.code IN ('plan', 'service', 'switch', 'connect')
  GROUP BY a.account_id, side.code
) AS m ON m.account_id = f.account_id AND m.code = f.item
WHERE f.fees <> COALESCE(m.taken, 0)
"""


def checks() -> tuple[Check, ...]:
    """I12 and the parts of I15 and I16 that are the orders'."""
    return (
        Check("I12", "a line waits for one tariff, from the day that the rule says", _tariffs),
        Check("I15", "no draft outlives its session", _drafts),
        Check("I16", "fees that are shown are what the ledger took", _fees),
    )


def _tariffs(session: Session, now: datetime) -> Rows:
    profile, seen = operators.of(session), set()
    waiting = select(Order).where(Order.kind == KIND, Order.state == OrderState.ACCEPTED)
    for order in session.exec(waiting.order_by(col(Order.accepted_at))).all():
        if order.line_id in seen:
            yield {"order": order.id, "line": order.line_id, "differs": "second"}
        seen.add(order.line_id)
        if profile.has(Feature.TARIFF_CHANGE):
            rule = profile.tariff_change.effect
            if order.due_at != due_at(rule, confirmed_at=order.accepted_at, zone=profile.zone):
                yield {"order": order.id, "line": order.line_id, "differs": "due"}


def _drafts(session: Session, now: datetime) -> Rows:
    ended = (
        select(Draft.id)
        .join(WebSession, col(WebSession.id) == Draft.session_id)
        .where(Draft.state == DraftState.OPEN, col(WebSession.ended_at).is_not(None))
    )
    for draft_id in session.exec(ended).all():
        yield {"draft": draft_id}


def _fees(session: Session, now: datetime) -> Rows:
    yield from map(dict, session.connection().execute(text(_FEES)).mappings())
