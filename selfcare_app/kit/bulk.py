"""Many rows at once: merged by what identifies them outside, with an account of what became of each."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from sqlalchemy import Table, bindparam, insert, select, text, tuple_, update
from sqlmodel import Session

from selfcare_app.kit.ids import new_id

Row = dict[str, Any]
Item = TypeVar("Item")

CHUNK = 500
"""Keys in one query: far below the parameter limit of either database."""
_IMPORT_LOCK = 5_127_001


@dataclass(frozen=True, slots=True)
class Refusal:
    """Row `index` of a batch can't be taken because of `column`; `reason` is the end of a key `intake.error.…`."""

    index: int
    column: str
    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a batch: rows that are new, changed and the same as before, and rows refused."""

    inserted: int = 0
    changed: int = 0
    same: int = 0
    refused: tuple[Refusal, ...] = ()

    def at(self, places: Sequence[int]) -> "Written":
        """The same with refusals told of by their places in the whole batch."""
        return replace(self, refused=tuple(replace(refusal, index=places[refusal.index]) for refusal in self.refused))

    def __add__(self, other: "Written") -> "Written":
        return Written(
            self.inserted + other.inserted,
            self.changed + other.changed,
            self.same + other.same,
            self.refused + other.refused,
        )


class Sieve:
    """The rows of a batch on their way in: those that can't be taken fall out, with their place in the batch."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = [(place, dict(row)) for place, row in enumerate(rows)]
        self.refused: list[Refusal] = []

    @property
    def rows(self) -> list[Row]:
        """What is still there."""
        return [row for _, row in self._rows]

    def refuse(self, why: Callable[[Row], tuple[str, str, str] | None]) -> None:
        """Drops rows for which `why` gives a column, a reason and a value."""
        kept = []
        for place, row in self._rows:
            if (found := why(row)) is None:
                kept.append((place, row))
            else:
                self.refused.append(Refusal(place, found[0], found[1], {"value": found[2]}))
        self._rows = kept

    def refer(self, session: Session, table: Table, column: str, into: str, reason: str) -> None:
        """Puts into `into` the id of the row that `column` names by its `external_id`; drops rows that name none."""
        known = ids(session, table, "external_id", {row[column] for row in self.rows})
        self.refuse(lambda row: None if row[column] in known else (column, reason, row[column]))
        for row in self.rows:
            row[into] = known[row.pop(column)]

    def claim(self, session: Session, table: Table, column: str, reason: str) -> None:
        """Drops rows whose value of `column` another row has already, in the table or before them in the batch."""
        values = {row[column] for row in self.rows if row.get(column) is not None}
        keys = found(session, table, (column,), ((value,) for value in values))
        owners = {value: row["external_id"] for (value,), row in keys.items()}

        def why(row: Row) -> tuple[str, str, str] | None:
            value = row.get(column)
            if value is None or owners.setdefault(value, row["external_id"]) == row["external_id"]:
                return None
            return column, reason, str(value)

        self.refuse(why)

    def settled(self, written: Written) -> Written:
        """What became of the whole batch, when `written` is what became of the rows that are left."""
        places = [place for place, _ in self._rows]
        late = written.at(places).refused
        return replace(written, refused=tuple(sorted([*self.refused, *late], key=lambda refusal: refusal.index)))


def chunks(items: Iterable[Item], size: int = CHUNK) -> Iterator[list[Item]]:
    """The items in lists of at most `size`."""
    every = list(items)
    for start in range(0, len(every), size):
        yield every[start : start + size]


def one_at_a_time(session: Session) -> None:
    """Makes imports into PostgreSQL wait for each other until this transaction ends; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _IMPORT_LOCK})


def found(
    session: Session, table: Table, key: Sequence[str], keys: Iterable[tuple[Any, ...]]
) -> dict[tuple[Any, ...], Row]:
    """Rows of `table` whose columns `key` have one of the values `keys`, by those values."""
    columns = [table.c[name] for name in key]
    known: dict[tuple[Any, ...], Row] = {}
    for some in chunks(set(keys)):
        condition = columns[0].in_([value for (value,) in some]) if len(columns) == 1 else tuple_(*columns).in_(some)
        for row in session.execute(select(table).where(condition)).mappings():
            known[tuple(row[name] for name in key)] = dict(row)
    return known


def ids(session: Session, table: Table, name: str, values: Iterable[str]) -> dict[str, Any]:
    """The `id` of each row of `table` whose column `name` has one of `values`."""
    column = table.c[name]
    pairs: dict[str, Any] = {}
    for some in chunks(set(values)):
        pairs.update(session.execute(select(column, table.c.id).where(column.in_(some))).tuples().all())
    return pairs


def merge(
    session: Session,
    table: Table,
    key: Sequence[str],
    rows: Sequence[Row],
    *,
    defaults: Row | None = None,
    refuses: Callable[[Row, Row], tuple[str, str] | None] = lambda known, new: None,
    initial: frozenset[str] = frozenset(),
) -> Written:
    """Inserts rows whose `key` is new, updates those that differ, leaves the others alone.

    A new row gets an `id`, and `defaults` for columns that it does not name; columns in `initial` are written with new
    rows only. `refuses(known, new)` may name a column and a reason against an update. Of two rows with one key in a
    batch the later counts.
    """
    known = found(session, table, key, (tuple(row[name] for name in key) for row in rows))
    fresh: dict[tuple[Any, ...], Row] = {}
    updates: list[Row] = []
    refused: list[Refusal] = []
    same = 0
    for index, row in enumerate(rows):
        identity = tuple(row[name] for name in key)
        if (old := known.get(identity)) is None:
            same += identity in fresh
            fresh[identity] = {"id": new_id(), **(defaults or {}), **fresh.get(identity, {}), **row}
            continue
        new = {name: value for name, value in row.items() if name not in initial and value != old[name]}
        if not new:
            same += 1
        elif (why := refuses(old, new)) is not None:
            refused.append(Refusal(index, *why))
        else:
            old.update(new)
            updates.append({"_id": old["id"], **new})
    if fresh:
        session.execute(insert(table), list(fresh.values()))
    change(session, table, updates)
    return Written(len(fresh), len(updates), same, tuple(refused))


def change(session: Session, table: Table, updates: Sequence[Row]) -> None:
    """Updates rows by `_id`; each names the columns that change."""
    alike: dict[tuple[str, ...], list[Row]] = {}
    for row in updates:
        alike.setdefault(tuple(sorted(row)), []).append(row)
    for names, group in alike.items():
        values: dict[str, Any] = {name: bindparam(name) for name in names if name != "_id"}
        session.connection().execute(update(table).where(table.c.id == bindparam("_id")).values(values), group)
