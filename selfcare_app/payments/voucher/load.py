"""Takes vouchers from the operator's export: of each code only its keyed digest is kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, insert
from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.kit.actor import System
from selfcare_app.kit.bulk import Row, Sieve, Written, chunks, found, one_at_a_time
from selfcare_app.operators.schema.money import Voucher as Rule
from selfcare_app.payments.voucher.redeem import macs
from selfcare_app.payments.voucher.tables import Voucher

VOUCHER: Table = Voucher.__table__  # type: ignore[attr-defined]
_FIXED = ("batch", "value_minor", "currency", "expires_at")


def vouchers(session: Session, actor: System, *, rows: Sequence[Row], now: datetime) -> Written:
    """Vouchers by `code`, which is kept nowhere; `state` active or blocked.

    A card that is known stays as it is, but for its state: it may be blocked and unblocked while nobody has used it.
    Refuses `no_vouchers`, `voucher_code`, `other_currency`, `voucher_value`, `voucher_changed`, `voucher_redeemed`.
    """
    one_at_a_time(session)
    profile = operators.of(session)
    sieve = Sieve(rows)
    sieve.refuse(lambda row: _misfit(row, profile.voucher, profile.currency))
    for row in sieve.rows:
        row["currency"] = row.get("currency") or profile.currency
        row["macs"] = macs(session, row.pop("code"))
    known = _known(session, [mac for row in sieve.rows for mac in row["macs"]])
    told: dict[str, Row] = {}
    for row in sieve.rows:
        row["known"] = next((known[mac] for mac in row["macs"] if mac in known), None)
        told.setdefault(row["macs"][0], row["known"] or row)
    sieve.refuse(lambda row: _changed(row, told[row["macs"][0]]))
    fresh = {row["macs"][0]: row for row in sieve.rows if row["known"] is None}
    for some in chunks(fresh.items()):
        session.execute(insert(VOUCHER), [_made(mac, row) for mac, row in some])
    moved = {row["macs"][0]: row for row in sieve.rows if row["known"] and _moves(row)}
    for row in moved.values():
        _move(session, row)
    same = len(sieve.rows) - len(fresh) - len(moved)
    return sieve.settled(Written(len(fresh), len(moved), same))


def _misfit(row: Row, rule: Rule | None, currency: str) -> tuple[str, str, str] | None:
    if rule is None:
        return "code", "no_vouchers", ""
    if len(row["code"]) != rule.digits:
        return "code", "voucher_code", str(rule.digits)
    if row.get("currency") not in (None, "", currency):
        return "currency", "other_currency", row["currency"]
    if rule.denominations_minor and row["value_minor"] not in rule.denominations_minor:
        return "value", "voucher_value", str(row["value_minor"])
    return None


def _known(session: Session, macs: Sequence[str]) -> dict[str, Row]:
    return {mac: row for (mac,), row in found(session, VOUCHER, ("code_mac",), ((mac,) for mac in macs)).items()}


def _changed(row: Row, told: Mapping[str, Any]) -> tuple[str, str, str] | None:
    other = next((name for name in _FIXED if row[name] != told[name]), None)
    if other is not None:
        return "value" if other == "value_minor" else other, "voucher_changed", ""
    if row["state"] == "blocked" and told["state"] == "redeemed":
        return "state", "voucher_redeemed", ""
    return None


def _made(mac: str, row: Row) -> Row:
    return {"code_mac": mac, "state": row["state"], **{name: row[name] for name in _FIXED}}


def _moves(row: Row) -> bool:
    """Whether a card that nobody has used is blocked or unblocked by the row; one that is used up stays so."""
    return row["known"]["state"] not in ("redeemed", row["state"])


def _move(session: Session, row: Row) -> None:
    own = VOUCHER.c.code_mac == row["known"]["code_mac"]
    unused = VOUCHER.c.state != "redeemed"
    session.execute(VOUCHER.update().where(own, unused).values(state=row["state"]))
