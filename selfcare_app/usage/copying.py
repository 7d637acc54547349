"""Usage records in the binary format of PostgreSQL's COPY, made by column: by row it would cost more than the table."""

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from selfcare_app.usage.load import Records

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
_SINCE_2000 = 946_684_800_000_000
"""Microseconds from 1970 to 2000, where PostgreSQL's moments begin."""
_FIELDS = 13
_WIDTHS = {">i2": 2, ">i4": 4, ">i8": 8}
_BEFORE_PEER = (
    ("line_no", ">i8"),
    ("started_at", ">i8"),
    ("record_key", ">i8"),
    ("kind", ">i2"),
    ("direction", ">i2"),
    ("zone", ">i2"),
)
_AFTER_PEER = (("duration_seconds", ">i4"), ("bytes_in", ">i8"), ("bytes_out", ">i8"), ("charge_units", ">i8"))


def encoded(records: "Records") -> bytes:
    """The records one after another, without header and trailer."""
    count = len(records)
    peers = [peer.encode() for peer in records.peer.tolist()]
    before = np.empty(count, _packed(_BEFORE_PEER, ("fields", ">i2"), ("peer_length", ">i4")))
    before["fields"] = _FIELDS
    before["peer_length"] = np.fromiter(map(len, peers), np.int32, count)
    after = np.empty(count, _packed(_AFTER_PEER))
    for made, columns in ((before, _BEFORE_PEER), (after, _AFTER_PEER)):
        for name, kind in columns:
            made[f"{name}_length"] = _WIDTHS[kind]
            made[name] = getattr(records, name)
    before["started_at"] -= _SINCE_2000
    ends = _Ends()
    last = map(ends.__getitem__, zip(records.service.tolist(), records.domain.tolist(), strict=True))
    return b"".join(chain.from_iterable(zip(_rows(before), peers, _rows(after), last, strict=True)))


class _Ends(dict[tuple[str, str], bytes]):
    """Service and domain as the end of a row: there are few of them."""

    def __missing__(self, texts: tuple[str, str]) -> bytes:
        made = b"".join(len(plain).to_bytes(4, "big") + plain for plain in (text.encode() for text in texts))
        self[texts] = made
        return made


def _packed(columns: tuple[tuple[str, str], ...], *around: tuple[str, str]) -> np.dtype[np.void]:
    """A row of these columns, each behind its length; of `around` the first stands before and the last behind them."""
    fields = [pair for name, kind in columns for pair in ((f"{name}_length", ">i4"), (name, kind))]
    return np.dtype([*around[:1], *fields, *around[1:]])


def _rows(table: npt.NDArray[np.void]) -> Iterator[Any]:
    return iter(table.view(f"V{table.dtype.itemsize}").tolist())
