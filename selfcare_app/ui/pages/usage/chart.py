"""A small chart of a period's days: bars drawn as SVG, said in words, and as a table for who would rather read."""

from datetime import date, timedelta
from typing import Any

import reflex as rx

from selfcare_app.i18n.message import data_size, message, wire
from selfcare_app.ui import components as c
from selfcare_app.ui.components.chart import STEP, bars, by_day
from selfcare_app.ui.text import T, choice, money, msg, show
from selfcare_app.ui.text import date as day_text
from selfcare_app.usage.codes import Kind
from selfcare_app.usage.views import Period, Sum, Totals

_DAY = timedelta(days=1)


def drawn(totals: Totals, period: Period) -> dict[str, Any]:
    """The chart as state keeps it: what is measured, bars from left to right, its width, and the highest day in words.

    Time is measured where there were only calls, volume where only data, records otherwise.
    """
    kinds = {kind for kind, _ in totals.by_kind}
    measure = {frozenset({Kind.CALL}): "duration", frozenset({Kind.DATA}): "volume"}.get(frozenset(kinds), "count")
    values = {day: _value(measure, part) for day, part in totals.by_day}
    most = max(values.values(), default=0)
    width = (period.until - period.first).days
    highest = max(values, key=lambda day: values[day], default=None)
    return {
        "measure": measure,
        "bars": bars(values, period.first),
        "width": width * STEP,
        "most": _most(measure, highest, values) if highest and most else {},
    }


def chart(found: Any, first: Any, last: Any, table: Any) -> rx.Component:
    """The chart of `drawn`, the days that it begins and ends with, and its table."""
    return by_day(
        title=choice("usage.chart.by", found["measure"]),
        bars=found["bars"].to(list[dict[str, int]]),
        width=found["width"],
        said=msg(found["most"]),
        first=first,
        last=last,
        table=_table(table),
    )


def _table(rows: Any) -> rx.Component:
    return c.table(
        headers=[
            (T("usage.chart.day"), "start"),
            (T("usage.totals.count"), "end"),
            (T("usage.totals.duration"), "end"),
            (T("usage.totals.volume"), "end"),
            (T("usage.totals.charge"), "end"),
        ],
        rows=rows,
        cells=lambda row: [
            day_text(row["day"], "day"),
            msg(row["count"]),
            show(row["duration"]),
            show(row["volume"]),
            money(row["charge"]),
        ],
        caption=T("usage.chart.by.count"),
    )


def _value(measure: str, part: Sum) -> int:
    return {"duration": part.duration_seconds, "volume": part.octets, "count": part.count}[measure]


def _most(measure: str, day: date, values: dict[date, int]) -> Any:
    said = {
        "duration": lambda: wire(timedelta(seconds=values[day])),
        "volume": lambda: data_size(values[day]),
        "count": lambda: message("usage.count.record", n=values[day]),
    }[measure]()
    return message("usage.chart.most", date=day, value=said)
