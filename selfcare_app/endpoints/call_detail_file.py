"""Call detail as the tables of a file: every record of the period, then the sums, worded in the reader's language."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from decimal import Decimal

from selfcare_app.adapters.documents.table import Cell, Column, Form, Table
from selfcare_app.i18n.speak import Speaker
from selfcare_app.operators import Profile
from selfcare_app.usage.codes import Kind, Zone
from selfcare_app.usage.export import Batch
from selfcare_app.usage.views import CallRecord

Next = Callable[[tuple[int, int]], Batch]

_MEGABYTE = 1 << 20
_EXACT = Decimal("0.0000001")
"""So many digits tell one byte from the next in megabytes."""


class CallDetailFile:
    """The tables of one file; sums are added up while the records are read, so that they always agree."""

    def __init__(self, speaker: Speaker, profile: Profile, first: Batch, following: Next) -> None:
        self._say, self._profile, self._first, self._next = speaker, profile, first, following
        self._sums: dict[Kind, list[int]] = {}
        self._scale = 4 + profile.currency_scale
        self._events: dict[tuple[int, int], str] = {}
        self._zones = {zone: self._zone(zone) for zone in Zone}

    def records(self) -> Table:
        """A row for each record, oldest first."""
        columns = (
            self._column("moment", Form.MOMENT, 20),
            self._column("event", width=20),
            self._column("number", width=20),
            self._column("zone", width=28),
            self._column("service"),
            self._column("duration", Form.SPAN, 14),
            self._column("volume", Form.DECIMAL, 14),
            self._column("charge", Form.DECIMAL, 18),
        )
        return Table(self._say.text("usage.document.records"), columns, self._rows())

    def totals(self) -> Table:
        """A row for each kind and one for all; read after the records."""
        columns = (
            self._column("kind", width=20),
            self._column("count", Form.COUNT),
            self._column("duration", Form.SPAN),
            self._column("volume", Form.DECIMAL),
            self._column("charge", Form.DECIMAL, 18),
        )
        return Table(self._say.text("usage.document.totals"), columns, self._sum_rows())

    @property
    def name(self) -> str:
        """The file's name without its ending, in the reader's language."""
        return self._say.text("usage.document.file_name", period=_plain(self._first.period.code))

    @property
    def plain_name(self) -> str:
        """The same in ASCII, for programs that know no other."""
        return f"call-detail-{_plain(self._first.period.code)}"

    def _rows(self) -> Iterator[tuple[Cell, ...]]:
        for record in self._every():
            yield (
                record.at.astimezone(self._profile.zone).replace(tzinfo=None),
                self._event(record),
                self._number(record.peer),
                self._zones[record.where],
                record.service,
                timedelta(seconds=record.duration_seconds) if record.duration_seconds else None,
                _megabytes(record.octets) if record.octets else None,
                Decimal(record.charge_units).scaleb(-self._scale),
            )

    def _every(self) -> Iterator[CallRecord]:
        batch = self._first
        while True:
            for record in batch.records:
                self._add(record)
                yield record
            if batch.last is None:
                return
            batch = self._next(batch.last)

    def _add(self, record: CallRecord) -> None:
        sums = self._sums.setdefault(record.what, [0, 0, 0, 0])
        for place, value in enumerate((1, record.duration_seconds, record.octets, record.charge_units)):
            sums[place] += value

    def _sum_rows(self) -> Iterator[tuple[Cell, ...]]:
        for kind in sorted(self._sums):
            yield self._sum_row(self._say.text(f"usage.kind.{kind.name.lower()}"), self._sums[kind])
        everything = [sum(column) for column in zip(*self._sums.values(), strict=True)] or [0, 0, 0, 0]
        yield self._sum_row(self._say.text("usage.document.all"), everything)

    def _sum_row(self, name: str, sums: Iterable[int]) -> tuple[Cell, ...]:
        count, seconds, octets, units = sums
        return name, count, timedelta(seconds=seconds), _megabytes(octets), Decimal(units).scaleb(-self._scale)

    def _column(self, what: str, form: Form = Form.TEXT, width: int = 16) -> Column:
        currency = {"currency": self._profile.currency} if what == "charge" else {}
        return Column(self._say.text(f"usage.document.{what}", **currency), form, width)

    def _event(self, record: CallRecord) -> str:
        which = (record.direction, record.kind)
        if which not in self._events:
            key = f"usage.event.{record.way.name.lower()}_{record.what.name.lower()}"
            self._events[which] = self._say.text(key)
        return self._events[which]

    def _zone(self, zone: Zone) -> str:
        return "" if zone is Zone.NONE else self._say.text(f"usage.zone.{zone.name.lower()}")

    def _number(self, peer: str) -> str:
        # Without the plus, which a spreadsheet would take for a formula; grouped, so that it takes it for no number.
        return self._say.msisdn(peer).removeprefix("+") if peer.isdigit() else peer


def _megabytes(octets: int) -> Decimal:
    return (Decimal(octets) / _MEGABYTE).quantize(_EXACT)


def _plain(code: str) -> str:
    return code.replace("..", "_")
