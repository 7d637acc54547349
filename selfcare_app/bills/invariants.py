"""What must hold of bills, asked of the database as it stands: they come to what their rows and the ledger say."""

from collections.abc import Callable
from datetime import date, datetime, time

from sqlalchemy import Date, bindparam, text
from sqlmodel import Session, col, func, select

from selfcare_app import operators
from selfcare_app.bills.tables import BillRun
from selfcare_app.db import Moment
from selfcare_app.kit.invariant import Check, Rows

_MOVED = """
  SELECT a.account_id, t.id AS transfer_id, t.amount_minor AS minor, t.created_at
  FROM transfer t JOIN ledger_account a ON a.id = t.credit_id AND a.kind = 'subscriber'
  UNION ALL
  SELECT a.account_id, t.id, -t.amount_minor, t.created_at
  FROM transfer t JOIN ledger_account a ON a.id = t.debit_id AND a.kind = 'subscriber'
"""

# Of an account: the bill, and what its lines' rows come to.
_ROWS = """
SELECT b.account_id AS account, b.month, b.payments_minor AS payments, b.others_minor AS others,
  b.charges_minor AS charges, b.vat_minor AS vat, b.closing_minor AS closing,
  COALESCE(r.paid, 0) AS rows_paid, COALESCE(r.other, 0) AS rows_other, COALESCE(r.charged, 0) AS rows_charged,
  COALESCE(r.vat, 0) AS rows_vat
FROM bill b LEFT JOIN (
  SELECT account_id, month, SUM(CASE part WHEN 'payment' THEN amount_minor ELSE 0 END) AS paid,
    SUM(CASE part WHEN 'other' THEN amount_minor ELSE 0 END) AS other,
    SUM(CASE part WHEN 'charge' THEN amount_minor ELSE 0 END) AS charged, SUM(vat_minor) AS vat
  FROM bill_row GROUP BY account_id, month
) AS r ON r.account_id = b.account_id AND r.month = b.month
WHERE b.payments_minor <> COALESCE(r.paid, 0) OR b.others_minor <> COALESCE(r.other, 0)
  OR b.charges_minor <> COALESCE(r.charged, 0) OR b.vat_minor <> COALESCE(r.vat, 0)
  OR b.closing_minor <> b.opening_minor + b.payments_minor + b.others_minor - b.charges_minor
"""
# Of a row: what it says, and what the ledger moved by its transfers.
_LEDGER = """
WITH moved AS ({moved})
SELECT r.account_id AS account, r.month, r.seq AS row_no, r.line_id AS line, r.kind, r.amount_minor AS amount,
  m.minor AS moved, r.transfers, m.transfers AS found
FROM bill_row r LEFT JOIN (
  SELECT e.account_id, e.month, e.seq, SUM(moved.minor) AS minor, COUNT(*) AS transfers
  FROM bill_entry e JOIN moved ON moved.account_id = e.account_id AND moved.transfer_id = e.transfer_id
  GROUP BY e.account_id, e.month, e.seq
) AS m ON m.account_id = r.account_id AND m.month = r.month AND m.seq = r.seq
WHERE m.minor IS NULL OR r.transfers <> m.transfers
  OR r.amount_minor <> CASE r.part WHEN 'charge' THEN -m.minor ELSE m.minor END
"""
_ENTRIES = """
WITH moved AS ({moved})
SELECT e.account_id AS account, e.month, e.transfer_id AS transfer FROM bill_entry e
LEFT JOIN moved ON moved.account_id = e.account_id AND moved.transfer_id = e.transfer_id
LEFT JOIN bill_row r ON r.account_id = e.account_id AND r.month = e.month AND r.seq = e.seq
WHERE moved.transfer_id IS NULL OR (e.seq > 0 AND r.seq IS NULL)
"""
_LEFT_OUT = """
WITH moved AS ({moved})
SELECT moved.account_id AS account, moved.transfer_id AS transfer
FROM moved JOIN bill b ON b.account_id = moved.account_id AND b.month = :month
LEFT JOIN bill_entry e ON e.account_id = moved.account_id AND e.transfer_id = moved.transfer_id
WHERE e.transfer_id IS NULL AND moved.created_at < :since
"""
_ORGANISATIONS = """
SELECT COALESCE(c.client_id, s.client_id) AS client, COALESCE(c.month, s.month) AS month,
  c.charges_minor AS charges, s.charges_minor AS accounts_charges, c.closing_minor AS closing,
  s.closing_minor AS accounts_closing
FROM (
  SELECT b.client_id, b.month, COUNT(*) AS accounts, SUM(b.opening_minor) AS opening_minor,
    SUM(b.payments_minor) AS payments_minor, SUM(b.others_minor) AS others_minor,
    SUM(b.charges_minor) AS charges_minor, SUM(b.vat_minor) AS vat_minor, SUM(b.closing_minor) AS closing_minor
  FROM bill b JOIN client k ON k.id = b.client_id AND k.kind = 'organisation' GROUP BY b.client_id, b.month
) AS s FULL JOIN client_bill c ON c.client_id = s.client_id AND c.month = s.month
WHERE c.client_id IS NULL OR s.client_id IS NULL OR c.accounts <> s.accounts
  OR c.opening_minor <> s.opening_minor OR c.payments_minor <> s.payments_minor
  OR c.others_minor <> s.others_minor OR c.charges_minor <> s.charges_minor
  OR c.vat_minor <> s.vat_minor OR c.closing_minor <> s.closing_minor
"""
_LINES = """
SELECT c.client_id AS client, c.month, c.charges_minor AS charges, COALESCE(SUM(r.amount_minor), 0) AS lines_charges
FROM client_bill c LEFT JOIN bill b ON b.client_id = c.client_id AND b.month = c.month
LEFT JOIN bill_row r ON r.account_id = b.account_id AND r.month = b.month AND r.part = 'charge'
GROUP BY c.client_id, c.month, c.charges_minor HAVING c.charges_minor <> COALESCE(SUM(r.amount_minor), 0)
"""
_CHAIN = """
WITH moved AS ({moved}), opened AS (
  SELECT e.account_id, e.month, SUM(moved.minor) AS minor FROM bill_entry e
  JOIN moved ON moved.account_id = e.account_id AND moved.transfer_id = e.transfer_id
  WHERE e.seq = 0 GROUP BY e.account_id, e.month
), chain AS (
  SELECT account_id, month, opening_minor,
    LAG(closing_minor, 1, 0) OVER (PARTITION BY account_id ORDER BY month) AS before_minor FROM bill
)
SELECT c.account_id AS account, c.month, c.opening_minor AS opening, c.before_minor AS closing_before
FROM chain c LEFT JOIN opened o ON o.account_id = c.account_id AND o.month = c.month
WHERE c.opening_minor <> c.before_minor + COALESCE(o.minor, 0)
"""
_BALANCE = """
WITH moved AS ({moved}), latest AS (
  SELECT account_id, MAX(month) AS month FROM bill GROUP BY account_id
), since AS (
  SELECT moved.account_id, SUM(moved.minor) AS minor FROM moved
  LEFT JOIN bill_entry e ON e.account_id = moved.account_id AND e.transfer_id = moved.transfer_id
  WHERE e.transfer_id IS NULL GROUP BY moved.account_id
)
SELECT b.account_id AS account, b.month, b.closing_minor AS closing, COALESCE(s.minor, 0) AS since,
  COALESCE(a.credits - a.debits, 0) AS balance
FROM latest l JOIN bill b ON b.account_id = l.account_id AND b.month = l.month
LEFT JOIN since s ON s.account_id = b.account_id
LEFT JOIN ledger_account a ON a.account_id = b.account_id AND a.kind = 'subscriber'
WHERE b.closing_minor + COALESCE(s.minor, 0) <> COALESCE(a.credits - a.debits, 0)
"""
_MISSING = """
SELECT f.account_id AS account, f.bills, COUNT(r.month) AS months
FROM (SELECT account_id, MIN(month) AS first, COUNT(*) AS bills FROM bill GROUP BY account_id) AS f
JOIN bill_run r ON r.month >= f.first AND r.done_at IS NOT NULL
GROUP BY f.account_id, f.bills HAVING f.bills < COUNT(r.month)
"""


def checks() -> tuple[Check, ...]:
    """I18, and the part of I16 that is the bills'."""
    return (
        Check("I16", "what was there, what moved in the month and what is left add up, to the balance", _statement),
        Check("I18", "a bill is the sum of its lines", _asked(_ROWS)),
        Check("I18", "a bill's rows are what the ledger moved", _asked(_LEDGER, _ENTRIES)),
        Check("I18", "what the ledger moved stands in a bill once its month is closed", _left_out),
        Check("I18", "an organisation's bill is the sum of its accounts and of their lines", _organisations),
        Check("I18", "an account has a bill of every month since its first", _asked(_MISSING)),
    )


def _asked(*queries: str) -> Callable[[Session, datetime], Rows]:
    def find(session: Session, now: datetime) -> Rows:
        for query in queries:
            yield from map(dict, session.connection().execute(text(query.format(moved=_MOVED))).mappings())

    return find


def _statement(session: Session, now: datetime) -> Rows:
    yield from _asked(_CHAIN, _BALANCE)(session, now)


def _organisations(session: Session, now: datetime) -> Rows:
    yield from _asked(_ORGANISATIONS, _LINES)(session, now)


def _left_out(session: Session, now: datetime) -> Rows:
    """Transfers of before the last closed month; what came in it may have come too late for it."""
    last: date | None = session.exec(select(func.max(BillRun.month)).where(col(BillRun.done_at).is_not(None))).one()
    if last is None:
        return
    query = text(_LEFT_OUT.format(moved=_MOVED))
    query = query.bindparams(bindparam("month", last, Date), bindparam("since", type_=Moment()))
    since = datetime.combine(last, time.min, operators.of(session).zone)
    yield from map(dict, session.connection().execute(query, {"since": since}).mappings())
