"""Takes versions of catalogue rows in: none is changed in place, and each ends where the next one begins."""

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import Table, select, tuple_, update
from sqlmodel import Session

from selfcare_app.kit.bulk import Row, Written, chunks, merge, one_at_a_time

SINCE, UNTIL = "valid_from", "valid_until"


def take(
    session: Session,
    table: Table,
    identity: tuple[str, ...],
    rows: Sequence[Row],
    *,
    defaults: Row,
    may_change: Collection[str] = (),
) -> Written:
    """Versions by `identity` and `valid_from`; of a known one its end and `may_change` may change.

    Refuses `version_changed`.
    """
    one_at_a_time(session)
    changing = {UNTIL, *may_change}
    # An open end does not reopen a version that a later one has ended.
    ended = [{name: value for name, value in row.items() if name != UNTIL or value is not None} for row in rows]

    def refuses(known: Row, new: Row) -> tuple[str, str] | None:
        return None if new.keys() <= changing else (sorted(new.keys() - changing)[0], "version_changed")

    written = Written()
    for open_end in (True, False):
        places = [place for place, row in enumerate(ended) if (UNTIL not in row) == open_end]
        some = [ended[place] for place in places]
        part = merge(session, table, (*identity, SINCE), some, defaults=defaults, refuses=refuses)
        written += part.at(places)
    _end_earlier(session, table, identity, {tuple(row[name] for name in identity) for row in rows})
    return written


def _end_earlier(session: Session, table: Table, identity: tuple[str, ...], keys: set[tuple[Any, ...]]) -> None:
    """Every version ends where the next one begins."""
    columns = [table.c[name] for name in identity]
    for some in chunks(keys):
        found = select(table.c.id, table.c.valid_from, table.c.valid_until, *columns)
        wanted = columns[0].in_([key[0] for key in some]) if len(columns) == 1 else tuple_(*columns).in_(some)
        versions = session.execute(found.where(wanted).order_by(*columns, table.c.valid_from)).all()
        for earlier, later in pairwise(versions):
            overlaps = earlier.valid_until is None or earlier.valid_until > later.valid_from
            if tuple(earlier[3:]) == tuple(later[3:]) and overlaps:
                session.execute(update(table).where(table.c.id == earlier.id).values(valid_until=later.valid_from))
