"""How the choice of a number looks: what is held, the ways to look, what was found."""

from typing import Any

import reflex as rx

from selfcare_app.kit.money import Money
from selfcare_app.operators.schema.numbers import NumberChange
from selfcare_app.ui import components as c
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import TN, T, choice, duration, money, msg, msisdn

RESULTS, HELD, REFUSED = "results", "held", "refused"
_STEP, _STEPS = 1, 3
_SEGMENT = (
    "flex min-h-11 flex-auto items-center justify-center rounded-card px-2 text-center text-s font-semibold "
    "aria-pressed:bg-raised aria-pressed:text-accent aria-pressed:shadow-card"
)


def page(state: Any) -> rx.Component:
    """The page's content for its State."""
    rule = _rule()
    return rx.fragment(
        c.steps(_STEP, _STEPS, T("numbers.step.number")),
        c.loading(
            state.loaded,
            rx.el.div(c.skeleton("line"), c.skeleton("card"), c.skeleton("rows", 5), class_name="flex flex-col gap-6"),
            rx.fragment(
                _lead(state, rule),
                rx.cond(state.held.length() > 0, _held(state)),
                rx.cond(state.obstacle, _obstacle(state), _looking(state, rule)),
            ),
        ),
        c.link(T("numbers.choose.orders"), "/orders"),
    )


def badge(category: Any) -> rx.Component:
    """A category as a small label; the word says it, the look only helps."""
    return rx.el.span(
        choice("numbers.category", category),
        class_name="rounded-full bg-accent-soft px-3 py-1 text-s font-semibold text-text",
    )


def _rule() -> NumberChange:
    rule = operator().number_change
    if rule is None:
        raise LookupError("the operator has no number change")
    return rule


def _lead(state: Any, rule: NumberChange) -> rx.Component:
    time, number = duration(rule.hold_seconds), msisdn(state.number)
    inviting = rx.cond(
        state.number,
        T("numbers.choose.lead", number=number, time=time),
        T("numbers.choose.lead_none", time=time),
    )
    return c.lead(rx.cond(state.obstacle, T("numbers.choose.current", number=number), inviting))


def _obstacle(state: Any) -> rx.Component:
    to_order = rx.cond(state.order != "", c.link(T("numbers.choose.open_order"), state.order))
    return c.notice("warn", msg(state.obstacle), action=to_order)


def _held(state: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(T("numbers.held.title"), class_name="text-m font-semibold"),
        rx.el.ul(rx.foreach(state.held, lambda row: _held_row(state, row)), class_name="divide-y divide-line"),
        id=HELD,
        tab_index=-1,
        class_name="scroll-mt-20 flex flex-col gap-2 rounded-card border border-accent bg-raised p-4 shadow-card",
    )


def _held_row(state: Any, row: Any) -> rx.Component:
    number = msisdn(row["number"])
    return rx.el.li(
        rx.el.div(
            rx.el.span(number, class_name="tabular wrap-anywhere text-l font-semibold"),
            rx.el.span(money(row["price"]), class_name="tabular whitespace-nowrap"),
            class_name="flex flex-wrap items-baseline justify-between gap-x-4",
        ),
        rx.el.p(
            T("numbers.held.left"),
            " ",
            c.countdown(seconds=row["seconds"], on_end=state.run_out),
            class_name="text-s text-muted",
        ),
        rx.el.div(
            c.button(
                T("numbers.held.go_on"),
                on_click=state.go_on(row["number"]),
                aria_label=T("numbers.held.go_on_number", number=number),
                class_name="flex-1 px-4!",
            ),
            c.button(
                T("numbers.held.release"),
                kind="quiet",
                on_click=state.let_go(row["number"]),
                aria_label=T("numbers.held.release_number", number=number),
                class_name="px-3!",
            ),
            class_name="flex flex-wrap gap-2",
        ),
        key=row["number"].to(str),
        class_name="flex flex-col gap-2 py-3",
    )


def _looking(state: Any, rule: NumberChange) -> rx.Component:
    panels = {"list": _from_list, "mask": _by_mask, "category": _by_category}
    return rx.fragment(
        rx.el.div(
            *[_segment(state, str(way)) for way in rule.ways],
            role="group",
            aria_label=T("numbers.way.legend"),
            class_name="flex flex-wrap gap-1 rounded-card bg-line p-1",
        ),
        *[rx.cond(state.way == str(way), panels[str(way)](state, rule)) for way in rule.ways],
        rx.cond(state.refused, _refused(state)),
        rx.cond(state.found, _results(state, rule)),
    )


def _segment(state: Any, way: str) -> rx.Component:
    return rx.el.button(
        T(f"numbers.way.{way}"),
        type="button",
        on_click=state.choose_way(way),
        aria_pressed=rx.cond(state.way == way, "true", "false"),
        class_name=_SEGMENT,
    )


def _from_list(state: Any, _rule_: NumberChange) -> rx.Component:
    return c.button(T("numbers.choose.others"), kind="secondary", icon="refresh", on_click=state.others)


def _by_mask(state: Any, rule: NumberChange) -> rx.Component:
    numbering = operator().numbering
    categories = [("", T("numbers.choose.any_category"))]
    categories += [(str(row.key), T(f"numbers.category.{row.key}")) for row in rule.categories]
    return c.form(
        c.number_mask(
            label=T("numbers.choose.mask"),
            hint=T("numbers.choose.mask_hint", run=rule.mask_any_run, digit=rule.mask_any_digit),
            length=numbering.national_length,
            pattern=numbering.national_display,
            prefix=f"+{numbering.country_code}",
            any_run=rule.mask_any_run,
            any_digit=rule.mask_any_digit,
            value=state.mask,
        ),
        c.select("category", T("numbers.choose.category"), options=categories, value=state.category),
        c.button(T("numbers.choose.find"), type="submit", icon="search"),
        on_submit=state.find,
        errors=state.errors,
    )


def _by_category(state: Any, rule: NumberChange) -> rx.Component:
    profile = operator()

    def tile(key: str, price_minor: int) -> rx.Component:
        return rx.el.button(
            rx.el.span(T(f"numbers.category.{key}"), class_name="font-semibold"),
            rx.el.span(
                money(Money(price_minor, profile.currency, profile.currency_scale)),
                class_name="tabular text-s text-muted",
            ),
            type="button",
            on_click=state.choose_category(key),
            aria_pressed=rx.cond(state.category == key, "true", "false"),
            class_name=(
                "flex min-h-14 flex-col items-start justify-center rounded-card border border-field-line bg-raised "
                "px-3 py-2 text-left aria-pressed:border-accent aria-pressed:bg-accent-soft"
            ),
        )

    return rx.el.div(
        *[tile(str(row.key), row.price_minor) for row in rule.categories],
        role="group",
        aria_label=T("numbers.choose.category"),
        class_name="grid grid-cols-[repeat(auto-fit,minmax(min(9.5rem,100%),1fr))] gap-2",
    )


def _refused(state: Any) -> rx.Component:
    return rx.el.div(
        rx.cond(
            state.was_taken,
            c.notice("warn", msg(state.refused), T("numbers.taken.lead")),
            c.notice("warn", msg(state.refused)),
        ),
        id=REFUSED,
        tab_index=-1,
        class_name="scroll-mt-20",
    )


def _results(state: Any, rule: NumberChange) -> rx.Component:
    return rx.el.section(
        rx.cond(
            state.rows.length() > 0,
            rx.fragment(
                rx.el.div(rx.el.h2(_how_many(state), class_name="text-m font-semibold"), role="status"),
                rx.el.ul(
                    rx.foreach(state.rows, lambda row: _offer(state, row)),
                    class_name="divide-y divide-line rounded-card bg-raised shadow-card",
                ),
                _turning(state),
            ),
            _nothing(state, rule),
        ),
        id=RESULTS,
        tab_index=-1,
        class_name="scroll-mt-20 flex flex-col gap-4",
    )


def _how_many(state: Any) -> Any:
    counted = rx.cond(
        state.way == "mask", TN("numbers.choose.found", state.total), TN("numbers.choose.offered", state.total)
    )
    return rx.cond(
        state.at_least > 0,
        TN("numbers.choose.more_than", state.at_least),
        rx.cond(state.total > 0, counted, T("numbers.choose.results")),
    )


def _offer(state: Any, row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(
                rx.foreach(row["parts"].to(list[dict[str, Any]]), _part), class_name="tabular wrap-anywhere text-l"
            ),
            rx.el.p(money(row["price"]), class_name="tabular ml-auto whitespace-nowrap"),
            class_name="flex flex-wrap items-baseline justify-between gap-x-2",
        ),
        rx.el.div(
            rx.el.p(badge(row["category"])),
            c.button(
                T("numbers.choose.hold"),
                kind="secondary",
                on_click=state.hold(row["number"]),
                aria_label=T("numbers.choose.hold_number", number=msisdn(row["number"])),
                class_name="ml-auto px-3! text-s",
            ),
            class_name="flex flex-wrap items-center justify-between gap-2",
        ),
        key=row["number"].to(str),
        class_name="flex flex-col gap-2 px-3 py-3 sm:px-4",
    )


def _part(part: Any) -> rx.Component:
    return rx.cond(
        part["strong"],
        rx.el.strong(part["text"], class_name="text-accent"),
        rx.el.span(part["text"]),
    )


def _turning(state: Any) -> rx.Component:
    return rx.el.div(
        rx.cond(state.has_previous, c.button(T("numbers.choose.previous"), kind="quiet", on_click=state.previous)),
        rx.cond(state.has_next, c.button(T("numbers.choose.next"), kind="secondary", on_click=state.following)),
        class_name="flex items-center justify-between gap-4",
    )


def _nothing(state: Any, rule: NumberChange) -> rx.Component:
    loosen = T("numbers.empty.mask", run=rule.mask_any_run, digit=rule.mask_any_digit)
    other_category = T("numbers.empty.category", any=T("numbers.choose.any_category"))
    return c.empty(
        "search",
        T("numbers.empty.title"),
        rx.cond(state.way == "mask", loosen, T("numbers.empty.list")),
        rx.cond((state.way == "mask") & (state.category != ""), other_category, ""),
    )
