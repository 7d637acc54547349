"""Takes instalments from the operator's export; an older state never replaces a newer one."""

from collections.abc import Sequence

from sqlalchemy import Table
from sqlmodel import Session

from selfcare_app.kit.actor import Actor
from selfcare_app.kit.bulk import Row, Sieve, Written, merge, one_at_a_time
from selfcare_app.payments.instalment_tables import Instalment
from selfcare_app.subscribers import load as subscribers

INSTALMENT: Table = Instalment.__table__  # type: ignore[attr-defined]


def instalments(session: Session, actor: Actor, *, rows: Sequence[Row]) -> Written:
    """Purchases by `external_id`; `line_id` is the line's external one.

    Refuses `unknown_line`, `instalment_rest` (more left than the payments make) and `instalment_older`.
    """
    one_at_a_time(session)
    sieve = Sieve(rows)
    sieve.refer(session, subscribers.LINE, "line_id", "line_id", "unknown_line")
    sieve.refuse(_too_much_left)
    return sieve.settled(merge(session, INSTALMENT, ("external_id",), sieve.rows, refuses=_older))


def _too_much_left(row: Row) -> tuple[str, str, str] | None:
    if row["payments"] > 0 and row["rest_minor"] <= row["monthly_minor"] * row["payments"]:
        return None
    return "rest_minor", "instalment_rest", ""


def _older(known: Row, new: Row) -> tuple[str, str] | None:
    return ("as_of", "instalment_older") if new.get("as_of", known["as_of"]) < known["as_of"] else None
