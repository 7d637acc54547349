"""Takes the catalogue of gifts from the operator's export: versions that never change, except that they end."""

from collections.abc import Sequence

from sqlalchemy import Table
from sqlmodel import Session

from selfcare_app.kit.actor import Actor
from selfcare_app.kit.bulk import Row, Sieve, Written, merge, one_at_a_time
from selfcare_app.payments.bonus_tables import Gift

GIFT: Table = Gift.__table__  # type: ignore[attr-defined]
_FIXED = ("name", "description", "units", "kind", "amount", "days")


def gifts(session: Session, actor: Actor, *, rows: Sequence[Row]) -> Written:
    """Versions of gifts by `code` and `valid_from`. Refuses `version_changed` and `gift_of_nothing`."""
    one_at_a_time(session)
    sieve = Sieve(rows)
    sieve.refuse(_of_nothing)
    written = merge(
        session,
        GIFT,
        ("code", "valid_from"),
        sieve.rows,
        defaults={"description": "", "valid_until": None},
        refuses=_changed,
    )
    return sieve.settled(written)


def _of_nothing(row: Row) -> tuple[str, str, str] | None:
    empty = next((name for name in ("units", "amount", "days") if row[name] <= 0), None)
    return None if empty is None else (empty, "gift_of_nothing", "")


def _changed(known: Row, new: Row) -> tuple[str, str] | None:
    other = next((name for name in _FIXED if name in new and new[name] != known[name]), None)
    return None if other is None else (other, "version_changed")
