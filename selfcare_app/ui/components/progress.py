"""How far, how much is left, how it ended."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from selfcare_app.ui.components.controls import link
from selfcare_app.ui.components.icons import icon as draw
from selfcare_app.ui.components.notices import Tone
from selfcare_app.ui.text import T


class _Gauge(rx.Component):
    library = "$/frame/gauge"

    part: rx.Var[Any]
    whole: rx.Var[Any]
    label: rx.Var[Any]
    text: rx.Var[Any]
    hint: rx.Var[Any]


class _Ring(_Gauge):
    tag = "Ring"


class _Bar(_Gauge):
    tag = "Bar"


def ring(part: Any, whole: Any, label: Any, text: Any, hint: Any = None) -> rx.Component:
    """How much is left of a package; `text` is the number that stands beside it."""
    return _Ring.create(part=part, whole=whole, label=label, text=text, **_given(hint))


def bar(part: Any, whole: Any, label: Any, text: Any, hint: Any = None) -> rx.Component:
    """The same as a bar."""
    return _Bar.create(part=part, whole=whole, label=label, text=text, **_given(hint))


def steps(current: Any, total: Any, title: Any = None) -> rx.Component:
    """ "Step 2 of 4" with a bar."""
    return rx.el.div(
        rx.el.p(
            T("shell.step.of", step=current, total=total),
            *([" · ", title] if title is not None else []),
            class_name="text-s text-muted",
        ),
        rx.el.progress(
            value=current,
            max=total,
            aria_hidden="true",
            class_name=(
                "h-1 w-full appearance-none overflow-hidden rounded-full bg-line [&::-moz-progress-bar]:bg-accent "
                "[&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-accent"
            ),
        ),
        class_name="flex flex-col gap-2",
    )


def check_list(rows: Sequence[tuple[Any, Any, Any]]) -> rx.Component:
    """ "Check your answers": (label, value, where to change it or None)."""
    return rx.el.dl(
        *[_answer(*row) for row in rows], class_name="divide-y divide-line rounded-card bg-raised px-4 shadow-card"
    )


def answer(label: Any, value: Any, change_to: Any = None) -> rx.Component:
    """One line of a check list, for a list made with `rx.foreach`."""
    return _answer(label, value, change_to)


def result(tone: Tone, title: Any, *body: Any) -> rx.Component:
    """How a journey ended: what happens when, how to undo it, what it cost."""
    icon, look = {
        "good": ("check", "bg-good-soft text-good"),
        "info": ("clock", "bg-accent-soft text-accent"),
        "warn": ("warning", "bg-warn-soft text-warn"),
        "bad": ("warning", "bg-bad-soft text-bad"),
    }[tone]
    return rx.el.section(
        rx.el.div(draw(icon, size=32), class_name=f"flex size-16 items-center justify-center rounded-full {look}"),
        rx.el.h2(title, class_name="text-l font-semibold", tab_index=-1),
        *[rx.el.p(item) if not isinstance(item, rx.Component) else item for item in body],
        class_name="flex flex-col items-start gap-4 rounded-card bg-raised p-6 shadow-card",
    )


def _answer(label: Any, value: Any, change_to: Any) -> rx.Component:
    change = (
        link(rx.el.span(T("shell.step.change"), rx.el.span(" ", label, class_name="sr-only")), change_to)
        if change_to is not None
        else None
    )
    return rx.el.div(
        rx.el.dt(label, class_name="w-full text-s text-muted"),
        rx.el.dd(value, class_name="min-w-0 flex-1 font-semibold"),
        rx.el.dd(change) if change is not None else None,
        class_name="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 py-3",
    )


def _given(hint: Any) -> dict[str, Any]:
    return {} if hint is None else {"hint": hint}
