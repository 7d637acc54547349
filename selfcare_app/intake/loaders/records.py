"""Loads tables of records row by row: columns of the layout become those of the areas, which take them in."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.catalogue import load as catalogue
from selfcare_app.intake.loaders.loader import Surroundings
from selfcare_app.intake.shape import Batch
from selfcare_app.kit.actor import System
from selfcare_app.kit.bulk import Refusal, Row, Sieve, Written
from selfcare_app.kit.money import Money
from selfcare_app.ledger.opening import Opening, post_openings
from selfcare_app.numbers import load as numbers_load
from selfcare_app.numbers.rules import index_of
from selfcare_app.payments import gift_load, instalment_load
from selfcare_app.payments import load as payments_load
from selfcare_app.payments.voucher import load as voucher_load
from selfcare_app.subscribers import load as subscribers
from selfcare_app.subscribers import load_lines
from selfcare_app.usage import load as usage

UseCase = Callable[..., Written]
PACKAGE = {
    "package_seconds": "seconds",
    "package_messages": "messages",
    "package_bytes": "bytes",
    "package_money": "minor",
}

_OF_THE_LAYOUT = {
    "fee_minor": "fee",
    "switch_fee_minor": "switch_fee",
    "connect_fee_minor": "connect_fee",
    "amount_minor": "amount",
    "package": "package_seconds",
    "from_minute": "from",
    "until_minute": "until",
    "rate_units": "price",
    "rest_minor": "rest",
}


class Rows:
    """Hands rows to a use case, so many in a transaction."""

    def __init__(self, around: Surroundings, use_case: UseCase, *, rows_at_once: int = 1_000) -> None:
        self.written = Written()
        self._around, self._use_case, self._rows_at_once = around, use_case, rows_at_once

    def take(self, batch: Batch) -> tuple[Refusal, ...]:
        """Loads the batch."""
        rows = batch.records()
        refused: list[Refusal] = []
        for start in range(0, len(rows), self._rows_at_once):
            some = rows[start : start + self._rows_at_once]
            written = self._around.door.do(self._use_case, rows=some, now=self._around.now)
            for refusal in written.at(range(start, start + len(some))).refused:
                refused.append(replace(refusal, column=_OF_THE_LAYOUT.get(refusal.column, refusal.column)))
            self.written += replace(written, refused=())
        return tuple(refused)

    def finish(self) -> None:
        """Nothing is left over."""


def _named(rows: Sequence[Row], **names: str) -> list[Row]:
    return [{names.get(name, name): value for name, value in row.items()} for row in rows]


def clients(session: Session, actor: System, *, rows: Sequence[Row], now: Any) -> Written:
    """Clients."""
    return subscribers.clients(session, actor, rows=_named(rows, client_id="external_id"))


def accounts(session: Session, actor: System, *, rows: Sequence[Row], now: Any) -> Written:
    """Accounts, and what they have to begin with."""
    sieve = Sieve(rows)
    own = operators.of(session).currency
    sieve.refuse(
        lambda row: None if row.get("currency") in (None, "", own) else ("currency", "other_currency", row["currency"])
    )
    sieve.refuse(_balance_without_moment)
    kept = sieve.rows
    for row in kept:
        if not row.get("currency"):
            row["currency"] = own
    plain = [{name: value for name, value in row.items() if name != "balance"} for row in kept]
    written = subscribers.accounts(
        session, actor, rows=_named(plain, account_id="external_id", credit_limit="credit_limit_minor")
    )
    _open(session, actor, kept, {refusal.index for refusal in written.refused}, now)
    return sieve.settled(written)


def _balance_without_moment(row: Row) -> tuple[str, str, str] | None:
    if (row.get("balance") is None) == (row.get("balance_as_of") is None):
        return None
    return "balance_as_of", "balance_without_moment", ""


def _open(session: Session, actor: System, rows: Sequence[Row], refused: set[int], now: Any) -> None:
    balances = {
        row["account_id"]: row
        for place, row in enumerate(rows)
        if place not in refused and row.get("balance") is not None
    }
    known = subscribers.account_ids(session, actor, external_ids=list(balances))
    scale = operators.of(session).currency_scale
    openings = [
        Opening(known[external_id][0], Money(row["balance"], row["currency"], scale))
        for external_id, row in balances.items()
    ]
    post_openings(session, actor, openings=openings, now=now)


def tariff_plans(session: Session, actor: System, *, rows: Sequence[Row], now: Any) -> Written:
    """Versions of tariff plans; what their packages give stands in one column."""
    plain = _named(rows, fee="fee_minor", switch_fee="switch_fee_minor")
    for row in plain:
        _pack(row)
    return catalogue.tariff_plans(session, actor, rows=plain)


def _pack(row: Row) -> None:
    given = {kind: row.pop(name, 0) for name, kind in PACKAGE.items() if name in row}
    if given:
        row["package"] = {kind: count for kind, count in given.items() if count}


def services(session: Session, actor: System, *, rows: Sequence[Row], now: Any) -> Written:
    """Versions of services; `plans` are codes with spaces between them."""
    plain = _named(rows, fee="fee_minor", connect_fee="connect_fee_minor")
    for row in plain:
        _pack(row)
        if "plans" in row:
            row["plans"] = sorted(set(row["plans"].split()))
    return catalogue.services(session, actor, rows=plain)


def lines(session: Session, actor: System, *, rows: Sequence[Row], now: Any) -> Written:
    """Lines; their numbers are taken out of what the pool offers."""
    sieve = Sieve(rows)
    plans = catalogue.known_plans(session, actor, codes=[row["tariff_plan"] for row in rows])
    sieve.refuse(
        lambda row: None if row["tariff_plan"] in plans else ("tariff_plan", "unknown_tariff_plan", row["tariff_plan"])
    )
    kept = _named(sieve.rows, line_id="external_id")
    written = load_lines.lines(session, actor, rows=kept, now=now)
    if operators.of(session).number_change is not None:
        msisdns = load_lines.current_numbers(session, actor, external_ids=[row["external_id"] for row in kept])
        numbers_load.occupy(session, actor, msisdns=msisdns)
    return sieve.settled(written)


def sims(session: Session, actor: System, *, rows: Sequence[Row], now: Any) -> Written:
    """SIMs and their codes."""
    return subscribers.sims(session, actor, rows=rows)


def line_services(session: Session, actor: System, *, rows: Sequence[Row], now: Any) -> Written:
    """Services that lines have or had."""
    sieve = Sieve(rows)
    known = catalogue.known_services(session, actor, codes=[row["service"] for row in rows])
    sieve.refuse(lambda row: None if row["service"] in known else ("service", "unknown_service", row["service"]))
    return sieve.settled(subscribers.services(session, actor, rows=_named(sieve.rows, connection_id="external_id")))


def allowances(session: Session, actor: System, *, rows: Sequence[Row], now: Any) -> Written:
    """What is left of packages."""
    sieve = Sieve(rows)
    sieve.refer(session, subscribers.LINE, "line_id", "line_id", "unknown_line")
    sieve.refuse(lambda row: None if row["period_from"] < row["period_until"] else ("period_until", "period_empty", ""))
    return sieve.settled(usage.allowances(session, actor, rows=sieve.rows))


def numbers(session: Session, actor: System, *, rows: Sequence[Row], now: Any) -> Written:
    """Numbers of the pool by the name of their category."""
    rule = operators.of(session).number_change
    indexes = {name: index_of(rule, name) if rule else None for name in {row["category"] for row in rows}}
    sieve = Sieve(rows)
    sieve.refuse(
        lambda row: None if indexes[row["category"]] is not None else ("category", "unknown_category", row["category"])
    )
    kept = sieve.rows
    written = numbers_load.pool(
        session,
        actor,
        numbers=[int(row["msisdn"]) for row in kept],
        categories=[indexes[row["category"]] or 0 for row in kept],
    )
    return sieve.settled(written)


def payments(session: Session, actor: System, *, rows: Sequence[Row], now: Any) -> Written:
    """Payments."""
    return payments_load.payments(
        session, actor, rows=_named(rows, payment_id="external_id", amount="amount_minor"), now=now
    )


def instalments(session: Session, actor: System, *, rows: Sequence[Row], now: Any) -> Written:
    """Equipment bought in instalments."""
    plain = _named(rows, instalment_id="external_id", monthly="monthly_minor", rest="rest_minor")
    return instalment_load.instalments(session, actor, rows=plain)


def vouchers(session: Session, actor: System, *, rows: Sequence[Row], now: Any) -> Written:
    """Vouchers; of their codes nothing is kept but a digest."""
    return voucher_load.vouchers(session, actor, rows=_named(rows, value="value_minor"), now=now)


def gifts(session: Session, actor: System, *, rows: Sequence[Row], now: Any) -> Written:
    """The catalogue of gifts for bonus units."""
    return gift_load.gifts(session, actor, rows=rows)
