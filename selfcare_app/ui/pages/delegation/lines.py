"""All lines that one sign-in reaches: going over to one, adding an own one, the organisation's cabinets (ADM-018)."""

from typing import Any, Literal

import reflex as rx

from selfcare_app.operators.schema import Feature
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.lines import LINES, SWITCH
from selfcare_app.ui.pages.access import arrival
from selfcare_app.ui.pages.delegation import own_line
from selfcare_app.ui.pages.delegation.choosing import Lines
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import AppState
from selfcare_app.ui.text import TN, T, choice, show

ACCESS = f"{SWITCH}/access"
_LIST = "divide-y divide-line rounded-card bg-raised shadow-card"


@shell.screen(
    LINES, title="delegation.lines.title", feature="line_choice", on_load=Lines.load, back="/more", heading=False
)
def lines() -> rx.Component:
    """The list, the search, another own number, and the way to one's own delegates."""
    return rx.fragment(
        c.heading(rx.cond(AppState.menu, T("menu.line_choice"), T("delegation.lines.title"))),
        rx.cond(arrival.done, c.notice("good", T("delegation.lines.done"))),
        c.lead(T("delegation.lines.lead")),
        c.loading(
            Lines.loaded,
            c.skeleton("rows", 3),
            rx.fragment(
                rx.cond(Lines.searches, _search()),
                rx.cond(Lines.keeps, _selection()),
                rx.cond(
                    Lines.rows.length() > 0,
                    rx.el.ul(rx.foreach(Lines.rows, _line), id="lines", class_name=_LIST),
                    c.empty("people", T("delegation.lines.nothing")),
                ),
                rx.el.div(
                    rx.cond(
                        Lines.has_before,
                        c.button(T("delegation.lines.before"), kind="quiet", on_click=Lines.before),
                    ),
                    rx.cond(
                        Lines.has_more, c.button(T("delegation.lines.more"), kind="secondary", on_click=Lines.more)
                    ),
                    class_name="flex justify-between gap-4 empty:hidden",
                ),
            ),
        ),
        # Below a list of any length they come with it, so that nothing on the page jumps.
        rx.cond(
            Lines.loaded,
            rx.cond(AppState.acting["role"], rx.fragment(), rx.fragment(own_line.add(), _delegates())),
        ),
    )


def _search() -> rx.Component:
    hint = T("delegation.lines.search_hint", example=operator().numbering.input_hint)
    return c.form(
        c.field("number", T("delegation.lines.search"), hint=hint, required=False, max_length=40),
        rx.cond(
            Lines.accounts.length() > 0,
            c.select(
                "account",
                T("delegation.lines.account"),
                options=rx.Var.create([["", T("delegation.lines.all_accounts")]]).to(list) + Lines.accounts,
                required=False,
            ),
        ),
        c.button(T("delegation.lines.find"), type="submit", kind="secondary"),
        on_submit=Lines.search,
        errors=Lines.errors,
        class_name="flex flex-col gap-4",
    )


def _selection() -> rx.Component:
    """What can be done with the lines that are marked; it stands above them and says how many."""
    chosen = rx.fragment(
        rx.el.p(TN("delegation.lines.marked", Lines.marked.length()), class_name="font-semibold", role="status"),
        rx.el.div(
            c.button(T("delegation.lines.close_marked"), kind="secondary", on_click=Lines.close_marked),
            c.button(T("delegation.lines.open_marked"), kind="secondary", on_click=Lines.open_marked),
            c.button(T("delegation.lines.unmark"), kind="quiet", on_click=Lines.unmark),
            class_name="flex flex-wrap gap-2",
        ),
    )
    return rx.el.section(
        rx.cond(Lines.marked.length() > 0, chosen, c.hint(T("delegation.lines.mark_hint"))),
        rx.el.div(c.button(T("delegation.lines.mark_page"), kind="quiet", on_click=Lines.mark_page), class_name="flex"),
        id="selection",
        aria_label=T("delegation.lines.selection"),
        class_name="flex flex-col gap-3",
    )


def _mark(row: Any) -> rx.Component:
    label = T("delegation.lines.mark", number=show(row["number"]))
    return rx.el.label(
        rx.el.input(
            key=row["line"].to(str) + Lines.round.to_string(),
            type="checkbox",
            default_checked=row["marked"].to(bool),
            on_change=lambda chosen: Lines.mark(row["line"].to(str), chosen),
            class_name="size-5 accent-accent",
        ),
        rx.el.span(label, class_name="sr-only"),
        class_name="flex size-11 shrink-0 items-center justify-center",
    )


def _line(row: Any) -> rx.Component:
    return rx.el.li(
        rx.cond(row["keeper"], _mark(row)),
        rx.el.div(
            rx.el.p(show(row["number"]), class_name="tabular font-semibold"),
            rx.el.p(row["name"], class_name="break-words"),
            rx.el.p(
                choice("delegation.role", row["role"]),
                rx.cond(row["closed"], " · ", ""),
                rx.cond(row["closed"], T("delegation.lines.closed"), ""),
                class_name="text-s text-muted",
            ),
            class_name="min-w-0 flex-1 basis-40",
        ),
        rx.el.div(
            rx.cond(row["current"], _here(), _go(row)),
            rx.cond(row["keeper"], _keep(row)),
            class_name="flex flex-wrap gap-2",
        ),
        class_name="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 p-4",
    )


def _here() -> rx.Component:
    return rx.el.p(T("delegation.lines.current"), class_name="flex min-h-11 items-center text-s text-good")


def _go(row: Any) -> rx.Component:
    return c.native_form(_of("work", row, "secondary"), action=SWITCH, fields={"line": row["line"]})


def _keep(row: Any) -> rx.Component:
    return c.native_form(
        rx.cond(row["closed"], _of("open", row, "quiet"), _of("close", row, "quiet")),
        action=ACCESS,
        fields={"line": row["line"], "closed": rx.cond(row["closed"], "0", "1")},
    )


def _of(act: str, row: Any, kind: Literal["secondary", "quiet"]) -> rx.Component:
    """A button of a row: short to the eye, which sees the number above it, whole to who hears it alone."""
    seen = rx.el.span(T(f"delegation.lines.{act}_short"), aria_hidden="true")
    heard = rx.el.span(T(f"delegation.lines.{act}", number=show(row["number"])), class_name="sr-only")
    return c.button(rx.fragment(seen, heard), type="submit", kind=kind)


def _delegates() -> rx.Component:
    return rx.el.section(
        c.subheading(T("delegation.delegates.title")),
        c.lead(T("delegation.delegates.short")),
        rx.el.p(c.link(T("delegation.delegates.see"), Feature.DELEGATION.path)),
        class_name="flex flex-col gap-4",
    )
