"""Call detail as rows of a file: the whole period, oldest first, in batches, so that no transaction waits."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from selfcare_app.db import moment
from selfcare_app.kit.actor import Subscriber
from selfcare_app.usage import selection, statements
from selfcare_app.usage.views import CallRecord, Choice, Period

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Some records and the last one's place, after which the next batch begins; None when there is no more."""

    period: Period
    records: tuple[CallRecord, ...]
    last: tuple[int, int] | None


def batch(
    session: Session,
    actor: Subscriber,
    *,
    choice: Choice,
    after: tuple[int, int] | None = None,
    size: int = BATCH,
    now: datetime,
) -> Batch:
    """At most `size` records that follow the place `after` (microseconds, key); the choice is checked every time.

    A record that arrives meanwhile is in the file or not, but none is in it twice. Raises what selection.select does.
    """
    chosen = selection.select(session, actor, choice=choice, now=now)
    if not chosen.stretches:
        return Batch(chosen.period, (), None)
    at, key = (moment(after[0]), after[1]) if after else (chosen.stretches[0].since, -1)
    place = {"until": chosen.stretches[-1].until, "at": at, "key": key, "limit": size}
    rows = statements.forward(session, by_number=chosen.by_number).run(session, chosen.values | place)
    records = tuple(map(CallRecord._make, rows))
    full = len(records) == size
    return Batch(chosen.period, records, (records[-1].at_micros, records[-1].key) if full else None)
