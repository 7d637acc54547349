"""The form that asks what to show: period, direction, kinds."""

from typing import Any

import reflex as rx

from selfcare_app.operators.schema.vocabulary import CurrentUntil, Period
from selfcare_app.ui import components as c
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T, date, msg

_OPTION = (
    "flex min-h-12 items-center gap-3 rounded-card border border-field-line bg-raised px-3 py-2 "
    "has-[:checked]:border-accent has-[:checked]:bg-accent-soft"
)
_THREE = "grid grid-cols-[repeat(auto-fit,minmax(min(100%,9.5rem),1fr))] gap-2 lg:grid-cols-3"
_FOUR = "grid grid-cols-[repeat(auto-fit,minmax(min(100%,9.5rem),1fr))] gap-2"
_INPUT = "size-5 shrink-0 scroll-mb-40 accent-accent"


def choosing(state: Any) -> rx.Component:
    """The form of `state`: months (or days) offered, direction and kinds ticked as they were chosen last."""
    shown = operator().call_detail
    lead = "usage.choose.lead" if shown.current_until is CurrentUntil.YESTERDAY else "usage.choose.lead_now"
    return c.form(
        c.lead(T(lead)),
        _days(state) if shown.period is Period.RANGE else _months(state),
        _group(
            state,
            "direction",
            T("usage.choose.direction"),
            *[_radio("direction", way, T(f"usage.direction.{way}"), state.direction == way) for way in _directions()],
        ),
        _group(
            state,
            "kinds",
            T("usage.choose.kinds"),
            *[_tick(f"kind_{kind}", T(f"usage.kind.{kind}"), state.kinds.contains(str(kind))) for kind in shown.kinds],
            hint=T("usage.choose.data_hint") if "data" in shown.kinds else None,
            columns=_FOUR,
        ),
        c.actions(c.button(T("usage.choose.next"), type="submit")),
        on_submit=state.choose,
        errors=state.errors,
        class_name="flex max-w-2xl flex-col gap-6",
    )


def _directions() -> list[str]:
    offered = [str(way) for way in operator().call_detail.directions]
    return ["both", *offered] if len(offered) > 1 else offered


def _months(state: Any) -> rx.Component:
    return _group(
        state,
        "period",
        T("usage.choose.period"),
        rx.foreach(
            state.months,
            lambda month: _radio(
                "period",
                month["code"],
                rx.el.span(
                    rx.el.span(date(month["first"], "month"), class_name="block first-letter:uppercase"),
                    rx.cond(month["current"], rx.el.span(_until(month), class_name="block text-s text-muted")),
                ),
                month["code"] == state.period,
                wide=month["current"],
            ),
        ),
    )


def _until(month: Any) -> Any:
    return rx.cond(month["empty"], T("usage.choose.not_yet"), T("usage.choose.until", date=date(month["last"], "day")))


def _days(state: Any) -> rx.Component:
    limits = {"min": state.earliest, "max": state.latest}
    return rx.el.fieldset(
        rx.el.legend(T("usage.choose.days"), class_name="mb-2 font-semibold"),
        rx.el.div(
            c.date_field("first", T("usage.choose.first"), value=state.first_day, **limits),
            c.date_field("last", T("usage.choose.last"), value=state.last_day, **limits),
            class_name="grid grid-cols-[repeat(auto-fit,minmax(min(100%,9.5rem),1fr))] gap-3",
        ),
        rx.el.p(
            T("usage.choose.days_hint", first=date(state.earliest, "long"), last=date(state.latest, "long")),
            class_name="mt-2 text-s text-muted",
        ),
    )


def _group(state: Any, name: str, legend: Any, *options: Any, hint: Any = None, columns: str = _THREE) -> rx.Component:
    """Options side by side; the error summary leads here by the name."""
    wrong = rx.el.p(msg(state.errors[name]), class_name="mb-2 text-s font-semibold text-bad")
    return rx.el.fieldset(
        rx.el.legend(legend, class_name="mb-2 font-semibold"),
        rx.cond(state.errors.contains(name), wrong),
        rx.el.div(*options, class_name=columns),
        rx.el.p(hint, class_name="mt-2 text-s text-muted") if hint is not None else None,
        id=name,
        custom_attrs={"tabIndex": -1},
    )


def _radio(name: str, value: Any, label: Any, checked: Any, *, wide: Any = False) -> rx.Component:
    span = rx.cond(wide, f"{_OPTION} col-span-full", _OPTION)
    return rx.el.label(
        rx.el.input(type="radio", name=name, value=value, default_checked=checked, class_name=_INPUT),
        label,
        class_name=span,
    )


def _tick(name: str, label: Any, checked: Any) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", name=name, value="on", default_checked=checked, class_name=_INPUT),
        label,
        class_name=_OPTION,
    )
