"""What every page has of the lines of one sign-in: on whose line one works, the way back, the way to others."""

from typing import Any

import reflex as rx

from selfcare_app.operators.schema import Feature
from selfcare_app.ui import components as c
from selfcare_app.ui import watch
from selfcare_app.ui.session import AppState
from selfcare_app.ui.text import T, choice, show

LINES = "/lines"
SWITCH = "/session/act"
CLIENT, CHOSEN = "client", "chosen"


def banner() -> rx.Component:
    """Says on each page that this is another's line, under which right, and leads back to the own one (S-16)."""
    acting: Any = AppState.acting
    return rx.cond(
        acting["role"],
        rx.el.section(
            rx.el.p(
                choice("delegation.banner", acting["role"], number=show(acting["number"])),
                class_name="min-w-0 font-semibold",
            ),
            rx.el.div(
                rx.cond(AppState.menu == CHOSEN, _to_client(acting), _to_own(acting)),
                c.link_button(
                    rx.cond(AppState.menu == CHOSEN, T("menu.line_choice"), T("delegation.others")),
                    LINES,
                    kind="quiet",
                ),
                class_name="flex flex-wrap gap-2",
            ),
            aria_label=T("delegation.banner_label"),
            class_name="flex flex-col gap-3 rounded-card border border-warn bg-warn-soft p-4",
            id="acting",
        ),
    )


def _to_own(acting: Any) -> rx.Component:
    return c.native_form(
        c.button(T("delegation.back"), type="submit", kind="secondary"),
        action=SWITCH,
        fields={"line": acting["own_line"]},
    )


def _to_client(acting: Any) -> rx.Component:
    """From a chosen line back to the organisation (ADM-001)."""
    return c.native_form(
        c.button(T("menu.administrator_menu"), type="submit", kind="secondary"),
        action=SWITCH,
        fields={"line": acting["own_line"], "next": Feature.CLIENT.path},
    )


def ways_out() -> rx.Component:
    """The way to other numbers, and the form that ends the session, for the menu."""
    return rx.el.div(
        rx.cond(
            AppState.menu == CLIENT,
            c.link_button(T("menu.administrator_menu"), Feature.CLIENT.path, kind="quiet", icon="building", wide=True),
        ),
        c.link_button(T("delegation.lines.title"), LINES, kind="quiet", icon="people", wide=True),
        watch.sign_out_form(),
        class_name="flex flex-col",
    )
