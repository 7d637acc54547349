"""Charts as inline SVG without scripts: bars of days and bars of shares; what they show stands in words beside them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import reflex as rx

from selfcare_app.ui.text import T
from selfcare_app.ui.text import date as day_text

WHOLE = 1000
"""A share is counted in thousandths of the largest."""

HEIGHT = 48
STEP = 10


def share(part: Any) -> rx.Component:
    """A thin bar of `part` thousandths; the number stands beside it, so that it says nothing to a screen reader."""
    return rx.el.svg(
        rx.el.svg.rect(x=0, y=0, width=WHOLE, height=8, class_name="fill-current text-line"),
        rx.el.svg.rect(x=0, y=0, width=part, height=8, class_name="fill-current text-accent"),
        view_box=f"0 0 {WHOLE} 8",
        custom_attrs={"preserveAspectRatio": "none", "aria-hidden": "true"},
        class_name="h-2 w-full overflow-hidden rounded-card",
    )


def shares(values: list[int]) -> list[int]:
    """Each value in thousandths of the largest, at least one where there is anything at all."""
    most = max(values, default=0)
    return [max(1, value * WHOLE // most) if value > 0 and most > 0 else 0 for value in values]


def bars(values: Mapping[date, int], first: date) -> list[dict[str, int]]:
    """A bar for each day from `first` on that has anything, from left to right."""
    most = max(values.values(), default=0)
    return [_bar((day - first).days, value, most) for day, value in sorted(values.items()) if value > 0]


def by_day(*, title: Any, bars: Any, width: Any, said: Any, first: Any, last: Any, table: Any) -> rx.Component:
    """The bars of so many days with what they say in words, and the `table` of them behind a toggle."""

    def one(bar: Any) -> rx.Component:
        return rx.el.svg.rect(x=bar["x"], y=bar["y"], width=STEP - 2, height=bar["h"], rx=1, class_name="fill-current")

    return rx.el.figure(
        rx.el.figcaption(title, class_name="font-semibold"),
        rx.el.svg(
            rx.foreach(bars, one),
            view_box="0 0 " + width.to(str) + f" {HEIGHT}",
            custom_attrs={"preserveAspectRatio": "none"},
            role="img",
            aria_label=said,
            class_name="h-24 w-full border-b border-line text-accent",
        ),
        rx.el.p(
            rx.el.span(day_text(first, "day")),
            rx.el.span(day_text(last, "day")),
            class_name="flex justify-between text-s text-muted",
        ),
        rx.el.p(said, class_name="text-s text-muted"),
        behind(T("usage.chart.as_table"), table),
        class_name="flex flex-col gap-2",
    )


def behind(toggle: Any, content: rx.Component) -> rx.Component:
    """What stands behind a toggle."""
    return rx.el.details(
        rx.el.summary(toggle, class_name="min-h-11 cursor-pointer py-2 font-semibold text-accent"), content
    )


def _bar(place: int, value: int, most: int) -> dict[str, int]:
    height = max(1, value * HEIGHT // most)
    return {"x": place * STEP + 1, "y": HEIGHT - height, "h": height}
