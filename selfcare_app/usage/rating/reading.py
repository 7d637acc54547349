"""The records of a line as columns that can be priced."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlmodel import Session

from selfcare_app.db import moment
from selfcare_app.usage import statements
from selfcare_app.usage.rating.columns import Uses
from selfcare_app.usage.rating.compiled import PLACES, SHAPE
from selfcare_app.usage.rating.engine import Use

_PARTS = np.unravel_index(np.arange(PLACES), SHAPE)
"""Kind, direction, zone and whether it was forwarded, by place."""


def uses(session: Session, *, line_no: int, since: datetime, until: datetime, zone: ZoneInfo) -> Uses:
    """All records of the line in [since, until), oldest first."""
    rows = statements.priced(session).bare(session, {"line_no": line_no, "since": since, "until": until})
    return of_rows(line_no, rows, zone)


def earlier(session: Session, *, line_no: int, since: datetime, at: datetime, key: int) -> list[Use]:
    """Records of the line since a moment and before the one of this time and key, oldest first."""
    values = {"line_no": line_no, "since": since, "at": at, "key": key}
    return [
        Use(moment(micros), kind, direction, zone, seconds, octets, bool(forwarded))
        for micros, kind, direction, zone, seconds, octets, forwarded in statements.earlier(session).run(
            session, values
        )
    ]


def of_rows(line_no: int, rows: Sequence[Any], zone_of: ZoneInfo) -> Uses:
    """Rows of statements.priced as columns."""
    flat = np.fromiter(chain.from_iterable(rows), np.int64, len(rows) * 2).reshape(len(rows), 2)
    at, place = np.divmod(flat[:, 0], statements.PACKED)
    quantity = flat[:, 1].copy()
    kind, direction, zone, forwarded = (each[place] for each in _PARTS)
    return Uses(
        line=np.full(len(rows), line_no, np.int64),
        at=at,
        kind=kind,
        direction=direction,
        zone=zone,
        seconds=quantity,
        octets=quantity,
        forwarded=forwarded.astype(bool),
        time_zone=zone_of,
    )
