"""Which of the records that arrive are not there yet: only those are priced, so that nothing is charged twice."""

import json
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlmodel import Session

from selfcare_app.usage.load import Records

Integers = npt.NDArray[np.int64]

_SQLITE = """
SELECT j.key FROM json_each(?) j CROSS JOIN usage_record u
WHERE u.line_no = json_extract(j.value, '$[0]') AND u.started_at = json_extract(j.value, '$[1]')
AND u.record_key = json_extract(j.value, '$[2]')
"""
_POSTGRES = """
SELECT j.n - 1 FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) WITH ORDINALITY AS j(line_no, at, record_key, n)
JOIN usage_record u ON u.line_no = j.line_no AND u.record_key = j.record_key
AND u.started_at = timestamptz 'epoch' + j.at * interval '1 microsecond'
"""


def fresh(session: Session, records: Records, unpriced: npt.NDArray[np.bool_]) -> Integers:
    """The places of those unpriced records that will be written now, in the table's order.

    Of records with one key only the first of the batch is, and none where the table has it already.
    """
    order = np.lexsort((records.record_key, records.started_at, records.line_no))
    keys = [column[order] for column in (records.line_no, records.started_at, records.record_key)]
    first = np.ones(len(order), bool)
    first[1:] = np.logical_or.reduce([key[1:] != key[:-1] for key in keys])
    some = first & unpriced[order]
    rows = order[some]
    new = np.ones(len(rows), bool)
    new[_there(session, [key[some].tolist() for key in keys])] = False
    return rows[new]


def _there(session: Session, keys: list[list[int]]) -> list[int]:
    """The places of those keys that the table has."""
    connection = session.connection()
    if session.get_bind().dialect.name == "postgresql":
        found: Any = connection.exec_driver_sql(_POSTGRES, tuple(keys))
    else:
        found = connection.exec_driver_sql(_SQLITE, (json.dumps(list(zip(*keys, strict=True))),))
    return [int(place) for (place,) in found]
