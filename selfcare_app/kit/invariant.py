"""What must hold in the database whatever happens: each a question that gives the rows that break it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

Rows = Iterable[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Check:
    """`find(session, now)` reads one snapshot and gives the rows that break what `says` says, by ids alone.

    Nothing that tells who somebody is may be in them: they go to logs and screens of the operator's staff.
    """

    id: str
    says: str
    find: Callable[[Session, datetime], Rows]
