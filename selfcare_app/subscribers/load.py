"""Takes clients, accounts, SIMs and connected services from the operator's export into the tables."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.db import keys_of
from selfcare_app.kit.actor import Actor
from selfcare_app.kit.bulk import Row, Sieve, Written, change, found, merge, one_at_a_time
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.sealing import Keyring
from selfcare_app.subscribers import sim_seal
from selfcare_app.subscribers.tables import Account, Client, Line, LineService, Sim

CLIENT: Table = Client.__table__  # type: ignore[attr-defined]
ACCOUNT: Table = Account.__table__  # type: ignore[attr-defined]
LINE: Table = Line.__table__  # type: ignore[attr-defined]
SIM: Table = Sim.__table__  # type: ignore[attr-defined]
LINE_SERVICE: Table = LineService.__table__  # type: ignore[attr-defined]
_KEY = ("external_id",)


def clients(session: Session, actor: Actor, *, rows: Sequence[Row]) -> Written:
    """Clients by `external_id`."""
    one_at_a_time(session)
    defaults = {"tax_id": "", "document": "", "email": "", "contract_number": "", "contract_on": None}
    return merge(session, CLIENT, _KEY, rows, defaults=defaults)


def accounts(session: Session, actor: Actor, *, rows: Sequence[Row]) -> Written:
    """Accounts by `external_id`; `client_id` is the client's external one. `balance_as_of` stays as it was first.

    Refuses `unknown_client` and `account_number_taken`.
    """
    one_at_a_time(session)
    sieve = Sieve(rows)
    sieve.refer(session, CLIENT, "client_id", "client_id", "unknown_client")
    sieve.claim(session, ACCOUNT, "number", "account_number_taken")
    defaults = {
        "currency": operators.of(session).currency,
        "payment_form": "cash",
        "credit_limit_minor": 0,
        "bill_delivery": "self",
        "balance_as_of": None,
    }
    initial = frozenset({"balance_as_of"})
    return sieve.settled(merge(session, ACCOUNT, _KEY, sieve.rows, defaults=defaults, initial=initial))


def account_ids(session: Session, actor: Actor, *, external_ids: Sequence[str]) -> dict[str, tuple[Any, Any]]:
    """The id of each account that is there, and the moment that its opening balance is of."""
    rows = found(session, ACCOUNT, _KEY, ((external_id,) for external_id in external_ids))
    return {external_id: (row["id"], row["balance_as_of"]) for (external_id,), row in rows.items()}


def sims(session: Session, actor: Actor, *, rows: Sequence[Row]) -> Written:
    """SIMs by `iccid`; codes come in clear and are sealed. Refuses `unknown_line` and `sim_of_another_line`."""
    one_at_a_time(session)
    sieve = Sieve(rows)
    sieve.refer(session, LINE, "line_id", "line_id", "unknown_line")
    known = found(session, SIM, ("iccid",), ((row["iccid"],) for row in sieve.rows))
    owners = {iccid: row["line_id"] for (iccid,), row in known.items()}
    for row in sieve.rows:
        owners.setdefault(row["iccid"], row["line_id"])
    sieve.refuse(
        lambda row: None if owners[row["iccid"]] == row["line_id"] else ("iccid", "sim_of_another_line", row["iccid"])
    )
    keys = keys_of(session)
    fresh: dict[str, Row] = {}
    updates: list[Row] = []
    same = 0
    for row in sieve.rows:
        old = known.get((row["iccid"],))
        if old is None:
            same += row["iccid"] in fresh
            fresh[row["iccid"]] = _sealed(keys, row)
        elif new := _news(keys, old, row):
            old.update(new)
            updates.append({"_id": old["id"], **new})
        else:
            same += 1
    if fresh:
        session.connection().execute(SIM.insert(), list(fresh.values()))
    change(session, SIM, updates)
    return sieve.settled(Written(len(fresh), len(updates), same))


def _sealed(keys: Keyring, row: Row) -> Row:
    sim_id = new_id()
    codes = {column: row[column] for column in sim_seal.COLUMNS}
    return {
        **row,
        "id": sim_id,
        "retired_at": row.get("retired_at"),
        "puk1_mac": sim_seal.puk1_mac(keys, row["iccid"], row["puk1"]),
        **sim_seal.seal(keys, sim_id, **codes),
    }


def _news(keys: Keyring, old: Row, row: Row) -> Row:
    """What a row says that is not known yet; codes are compared in clear, as the same code is sealed anew each time."""
    new: Row = {name: row[name] for name in ("issued_at", "retired_at") if name in row and row[name] != old[name]}
    codes = {column: row[column] for column in sim_seal.COLUMNS}
    if sim_seal.unseal(keys, Sim(**old)) != codes:
        new |= sim_seal.seal(keys, old["id"], **codes)
        new["puk1_mac"] = sim_seal.puk1_mac(keys, row["iccid"], row["puk1"])
    return new


_OPEN: Row = {"disconnected_at": None, "order_id": None, "used_at": None, "undone_at": None}


def services(session: Session, actor: Actor, *, rows: Sequence[Row]) -> Written:
    """Connected services by `external_id`. Refuses `unknown_line`."""
    one_at_a_time(session)
    sieve = Sieve(rows)
    sieve.refer(session, LINE, "line_id", "line_id", "unknown_line")
    # An export that still shows a service does not connect anew what was disconnected here.
    taken = [
        {name: value for name, value in row.items() if name not in _OPEN or value is not None} for row in sieve.rows
    ]
    return sieve.settled(merge(session, LINE_SERVICE, _KEY, taken, defaults=_OPEN))
