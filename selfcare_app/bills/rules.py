"""Pure decisions about bills: in which row and month a transfer stands, and what rows add up to."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from selfcare_app.catalogue.charge_rules import month_of, vat_in
from selfcare_app.ledger.rules import SUBSCRIBER

PAYMENT, OTHER, CHARGE = "payment", "other", "charge"
OPENING_SEQ = 0
"""The row that no bill shows: what the account came with from the former billing is in the bill's opening balance."""

_OPENING, _REVENUE = "opening", "revenue"
_PAID = frozenset({"cash_in", "voucher_liability", "refund_clearing"})
_NOT_CHARGED = frozenset({"instalment"})
"""What goes to the operator and is no price: the goods were billed when they were sold."""

_NAMES = {"voucher_liability": "voucher", "refund_clearing": "refund", "promised_receivable": "promised_payment"}
_ORDER = (PAYMENT, OTHER, CHARGE)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moved:
    """A transfer as one account sees it: `minor` above zero came in. `other` is kind and code of the other side."""

    transfer_id: UUID
    operation_id: UUID
    kind: str
    key: str
    actor: str
    code: str
    minor: int
    at: datetime
    other: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Of:
    """Whose and what a transfer is: the line if one is known, the part and kind of row, the month it belongs to."""

    line_id: UUID | None
    part: str
    kind: str
    period: date


@dataclass(slots=True)
class Sum:
    """What stands in a row: amounts above zero were taken in `charge`, and came in elsewhere."""

    transfers: list[UUID] = field(default_factory=list)
    minor: int = 0
    vat: int | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a bill, in minor units."""

    opening: int
    payments: int
    others: int
    charges: int
    vat: int

    @property
    def closing(self) -> int:
        """What is left at the end."""
        return self.opening + self.payments + self.others - self.charges


def closes_at(month: date, days: int, begins: Callable[[date], datetime]) -> datetime:
    """When the month that begins with that day is closed: so many days after it has ended."""
    return begins(month_of(month)[1] + days * _DAY)


def is_opening(moved: Moved) -> bool:
    """Whether it is the balance that the account came with."""
    return moved.other[0] == _OPENING


def place(moved: Moved, line_id: UUID | None, period: date) -> Of:
    """The row of what is neither a fee nor usage."""
    kind, code = moved.other
    if kind == _REVENUE and code not in _NOT_CHARGED:
        return Of(line_id, CHARGE, moved.code, period)
    if kind in _PAID:
        return Of(None, PAYMENT, _NAMES.get(kind, code), period)
    named = "transfer" if kind == SUBSCRIBER else _NAMES.get(kind, code if kind == _REVENUE else kind)
    return Of(None, OTHER, named, period)


def month_at(at: datetime, zone: ZoneInfo) -> date:
    """The first day of the local month of a moment."""
    return at.astimezone(zone).date().replace(day=1)


def line_and_month(key: str) -> tuple[int, date]:
    """The line's compact number and the month at the beginning of the key of an operation of usage."""
    number, month = key.split(".")[:2]
    return int(number), date(int(month) // 12, int(month) % 12 + 1, 1)


def add(rows: dict[Of, Sum], of: Of, moved: Moved, vat: int | None = None) -> None:
    """Puts a transfer into its row; `vat` is the tax in it where that is known."""
    row = rows.setdefault(of, Sum())
    row.transfers.append(moved.transfer_id)
    row.minor += -moved.minor if of.part == CHARGE else moved.minor
    if vat is not None:
        row.vat = (row.vat or 0) + vat


def in_order(rows: Mapping[Of, Sum], line_order: Mapping[UUID, int], vat_percent: int) -> list[tuple[Of, Sum]]:
    """The rows as a bill shows them, each with its tax: payments, what else moved, charges line by line."""
    for of, row in rows.items():
        if row.vat is None:
            row.vat = vat_in(row.minor, vat_percent) if of.part == CHARGE else 0

    def place_of(each: tuple[Of, Sum]) -> tuple[int, int, str, date]:
        of = each[0]
        return _ORDER.index(of.part), line_order.get(of.line_id, -1) if of.line_id else -1, of.kind, of.period

    return sorted(rows.items(), key=place_of)


def totals(opening: int, rows: Iterable[tuple[Of, Sum]]) -> Totals:
    """What rows come to."""
    sums = dict.fromkeys(_ORDER, 0)
    vat = 0
    for of, row in rows:
        sums[of.part] += row.minor
        vat += row.vat or 0
    return Totals(opening, sums[PAYMENT], sums[OTHER], sums[CHARGE], vat)


def due_of(rest: int, bills: Sequence[tuple[int, date | None]]) -> date | None:
    """By when the oldest part of an unpaid rest is to be paid: payments go to the oldest bills first.

    `bills` are charges and due days, the newest first; None: at once, or nothing is owed.
    """
    for charges, due_on in bills:
        if 0 < rest <= charges:
            return due_on
        rest -= max(0, charges)
    return bills[-1][1] if rest > 0 and bills else None


def matched(fees: Sequence[tuple[UUID, str, int]], moved: Sequence[Moved]) -> dict[UUID, int]:
    """Which fee each transfer of an operation took or gave back, by (operation, code, amount): places in `fees`."""
    waiting: dict[tuple[UUID, str, int], list[int]] = {}
    for place_, fee in enumerate(fees):
        waiting.setdefault(fee, []).append(place_)
    found: dict[UUID, int] = {}
    for each in moved:
        left = waiting.get((each.operation_id, each.code, -each.minor))
        if left:
            found[each.transfer_id] = left.pop(0)
    return found
