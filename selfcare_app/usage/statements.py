"""The statements that read usage records, compiled once for each database and run without that cost again."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Dialect,
    Integer,
    Select,
    bindparam,
    case,
    cast,
    extract,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    type_coerce,
)
from sqlmodel import Session

from selfcare_app.subscribers.tables import Line
from selfcare_app.usage.codes import FORWARDED, Direction, Kind, Zone
from selfcare_app.usage.rating.compiled import SHAPE
from selfcare_app.usage.rules import ESCAPE
from selfcare_app.usage.tables import UsageRecord

PATTERNS = 4
"""So many spellings of a number may be looked for at once."""

PACKED = 256
"""More than there are places: a moment and a place make one number."""

_MICROS = literal_column("1000000", BigInteger)
_DAY_MICROS = literal_column("86400000000", BigInteger)

_line = Line.__table__.c  # type: ignore[attr-defined]
_record = UsageRecord.__table__.c  # type: ignore[attr-defined]

Build = Callable[[Dialect, bool], Select[Any]]


class Prepared:
    """One statement as text with its parameters, for one database; gives back rows as the driver made them."""

    def __init__(self, statement: Select[Any], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.text = str(compiled)
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}
        self._binders = {name: _binder(bind, dialect) for bind, name in compiled.bind_names.items()}
        self._order: Sequence[str] | None = compiled.positiontup

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """What the driver is given for these values, by parameter name."""
        given = {**self._fixed, **values}
        bound = {name: bind(given[name]) if bind else given[name] for name, bind in self._binders.items()}
        return bound if self._order is None else tuple([bound[name] for name in self._order])

    def run(self, session: Session, values: Mapping[str, Any]) -> Sequence[Any]:
        """All rows for these values."""
        return session.connection().exec_driver_sql(self.text, self.parameters(values)).fetchall()

    def bare(self, session: Session, values: Mapping[str, Any]) -> Sequence[Any]:
        """All rows for these values, as plain tuples: thousands of rows are had in half the time."""
        found = session.connection().exec_driver_sql(self.text, self.parameters(values))
        rows: Sequence[Any] = found.cursor.fetchall()
        found.close()
        return rows


def line(session: Session) -> Prepared:
    """Of the line `line_id`: its compact key, its kind and the day it began."""
    return _prepared(_line_of, session.get_bind().dialect, False)


def page(session: Session, *, by_number: bool) -> Prepared:
    """Records since a moment and before a place, newest first; fields in the order of views.CallRecord."""
    return _prepared(_page, session.get_bind().dialect, by_number)


def place(session: Session, *, by_number: bool) -> Prepared:
    """The place (time, key) of the record that comes after `skip` others in the order of `page`."""
    return _prepared(_place, session.get_bind().dialect, by_number)


def forward(session: Session, *, by_number: bool) -> Prepared:
    """Records after a place and before a moment, oldest first."""
    return _prepared(_forward, session.get_bind().dialect, by_number)


def sums(session: Session, *, by_number: bool) -> Prepared:
    """Kind, day counted from the moment `midnight`, and the count, seconds, bytes and charge units of both."""
    return _prepared(_sums, session.get_bind().dialect, by_number)


def priced(session: Session) -> Prepared:
    """What prices the records of a line in [since, until), oldest first.

    Microseconds times PACKED plus the place (rating.compiled), and what is paid for: thousands of rows of two numbers
    are had in half the time of those of seven.
    """
    return _prepared(_priced, session.get_bind().dialect, False)


def earlier(session: Session) -> Prepared:
    """What prices the records of a line since a moment and before a place.

    Microseconds, kind, direction, zone, seconds, bytes, whether it was forwarded.
    """
    return _prepared(_earlier, session.get_bind().dialect, False)


def single(session: Session) -> Prepared:
    """The record of a line at a moment `at` with the key `key`; fields in the order of views.CallRecord."""
    return _prepared(_single, session.get_bind().dialect, False)


def spent(session: Session) -> Prepared:
    """Day counted from the moment `midnight`, whether in roaming, and the charge units of both."""
    return _prepared(_spent, session.get_bind().dialect, False)


def chosen(directions: Sequence[Direction], kinds: Sequence[Kind], numbers: Sequence[str] = ()) -> dict[str, Any]:
    """The parameters that say which directions, kinds (at least one of each) and numbers (at most PATTERNS)."""
    values: dict[str, Any] = {f"direction_{i}": int(directions[i % len(directions)]) for i in range(len(Direction))}
    values |= {f"kind_{i}": int(kinds[i % len(kinds)]) for i in range(len(Kind))}
    return values | {f"number_{i}": numbers[i % len(numbers)] for i in range(PATTERNS) if numbers}


@lru_cache(maxsize=64)
def _prepared(build: Build, dialect: Dialect, by_number: bool) -> Prepared:
    return Prepared(build(dialect, by_number), dialect)


def _binder(bind: BindParameter[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    binder: Callable[[Any], Any] | None = bind.type.dialect_impl(dialect).bind_processor(dialect)
    return binder


def _line_of(_dialect: Dialect, _by_number: bool) -> Select[Any]:
    return select(_line.no, _line.kind, _line.activated_on).where(_line.id == bindparam("line_id"))


def _page(dialect: Dialect, by_number: bool) -> Select[Any]:
    return _before(_fields(dialect), by_number).limit(bindparam("limit", type_=BigInteger))


def _place(dialect: Dialect, by_number: bool) -> Select[Any]:
    columns = (_at_micros(dialect), _record.record_key)
    return _before(columns, by_number).limit(literal_column("1")).offset(bindparam("skip", type_=BigInteger))


def _forward(dialect: Dialect, by_number: bool) -> Select[Any]:
    c = _record
    wanted = _of_choice(_fields(dialect), by_number).where(c.started_at < bindparam("until"), _here() > _there())
    return wanted.order_by(c.started_at, c.record_key).limit(bindparam("limit", type_=BigInteger))


def _priced(dialect: Dialect, _by_number: bool) -> Select[Any]:
    c = _record
    place = ((c.kind * SHAPE[1] + c.direction) * SHAPE[2] + c.zone) * SHAPE[3] + _forwarded()
    quantity = case((c.kind == Kind.CALL, c.duration_seconds), (c.kind == Kind.DATA, _octets()), else_=1)
    wanted = _from_since(_at_micros(dialect) * PACKED + place, quantity)
    return wanted.where(c.started_at < bindparam("until"))


def _earlier(dialect: Dialect, _by_number: bool) -> Select[Any]:
    c = _record
    told = (c.kind, c.direction, c.zone, c.duration_seconds, _octets(), _forwarded())
    return _from_since(_at_micros(dialect), *told).where(_here() < _there())


def _octets() -> ColumnElement[int]:
    return type_coerce(_record.bytes_in + _record.bytes_out, BigInteger)


def _forwarded() -> ColumnElement[int]:
    return cast(_record.service == FORWARDED, Integer)


def _from_since(*columns: Any) -> Select[Any]:
    c = _record
    wanted = select(*columns).where(c.line_no == bindparam("line_no"), c.started_at >= bindparam("since"))
    return wanted.order_by(c.started_at, c.record_key)


def _single(dialect: Dialect, _by_number: bool) -> Select[Any]:
    return select(*_fields(dialect)).where(_record.line_no == bindparam("line_no"), _here() == _there())


def _sums(dialect: Dialect, by_number: bool) -> Select[Any]:
    c = _record
    day = ((_at_micros(dialect) - bindparam("midnight", type_=BigInteger)) // _DAY_MICROS).label("day")
    summed = (c.duration_seconds, c.bytes_in + c.bytes_out, c.charge_units)
    added = (cast(func.sum(column), BigInteger) for column in summed)
    # By the name of the column, as PostgreSQL does not see that two expressions with parameters are the same.
    return (
        _of_choice((c.kind, day, func.count(), *added), by_number)
        .where(c.started_at >= bindparam("since"), c.started_at < bindparam("until"))
        .group_by(c.kind, literal_column("day"))
    )


def _spent(dialect: Dialect, _by_number: bool) -> Select[Any]:
    c = _record
    day = ((_at_micros(dialect) - bindparam("midnight", type_=BigInteger)) // _DAY_MICROS).label("day")
    roaming = (c.zone == literal_column(str(int(Zone.ROAMING)))).label("roaming")
    return (
        select(day, roaming, cast(func.sum(c.charge_units), BigInteger))
        .where(c.line_no == bindparam("line_no"), c.started_at >= bindparam("since"), c.started_at < bindparam("until"))
        .group_by(literal_column("day"), literal_column("roaming"))
    )


def _before(columns: Sequence[ColumnElement[Any]], by_number: bool) -> Select[Any]:
    c = _record
    wanted = _of_choice(columns, by_number).where(c.started_at >= bindparam("since"), _here() < _there())
    return wanted.order_by(c.started_at.desc(), c.record_key.desc())


def _of_choice(columns: Sequence[ColumnElement[Any]], by_number: bool) -> Select[Any]:
    """Records of one line with the chosen directions and kinds: always as many parameters, so that the text is one."""
    c = _record
    wanted = select(*columns).where(
        c.line_no == bindparam("line_no"),
        c.direction.in_([bindparam(f"direction_{i}", type_=c.direction.type) for i in range(len(Direction))]),
        c.kind.in_([bindparam(f"kind_{i}", type_=c.kind.type) for i in range(len(Kind))]),
    )
    if not by_number:
        return wanted
    return wanted.where(or_(*[c.peer.ilike(bindparam(f"number_{i}"), escape=ESCAPE) for i in range(PATTERNS)]))


def _fields(dialect: Dialect) -> tuple[ColumnElement[Any], ...]:
    c = _record
    told = (c.peer, c.duration_seconds, c.bytes_in + c.bytes_out, c.charge_units, c.service, c.domain)
    return (_at_micros(dialect), c.record_key, c.kind, c.direction, c.zone, *told)


def _here() -> ColumnElement[Any]:
    return tuple_(_record.started_at, _record.record_key)


def _there() -> ColumnElement[Any]:
    return tuple_(bindparam("at", type_=_record.started_at.type), bindparam("key", type_=BigInteger))


def _at_micros(dialect: Dialect) -> ColumnElement[Any]:
    """The time as whole microseconds since 1970, which is how SQLite keeps it."""
    if dialect.name == "sqlite":
        return type_coerce(_record.started_at, BigInteger)
    return cast(extract("epoch", _record.started_at) * _MICROS, BigInteger)
