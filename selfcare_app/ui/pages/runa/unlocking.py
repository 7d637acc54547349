"""A sign-in that wrong passwords locked, opened by РУНА (AS-019)."""

import reflex as rx

from selfcare_app.operators.schema.vocabulary import Method
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.access import arrival
from selfcare_app.ui.pages.access import parts as door
from selfcare_app.ui.pages.runa import parts
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T

PATH = "/sign-in/unlock"


def by_runa() -> bool:
    """Whether the operator unlocks by РУНА."""
    return parts.offered() and Method.RUNA in operator().lockout.unlock_methods


def unlock() -> rx.Component:
    """Number and РУНА; then back to signing in, because nobody is let in by it."""
    form = rx.fragment(
        c.lead(T("runa.unlock.lead", attempts=operator().lockout.attempts)),
        c.native_form(
            door.number_field(),
            parts.code_field(),
            c.button(T("runa.unlock.submit"), type="submit", wide=True),
            action="/session/unlock",
        ),
        parts.how_to(),
        door.trouble(),
    )
    opened = rx.fragment(
        c.notice("good", T("runa.unlock.done"), T("runa.unlock.done_what")),
        c.link_button(T("access.sign_in.submit"), "/sign-in", kind="primary", wide=True),
    )
    return rx.cond(arrival.done, opened, form)


def link() -> rx.Component:
    """The way here from the sign-in page; nothing where the operator unlocks otherwise."""
    if not by_runa():
        return rx.fragment()
    return rx.el.p(c.link(T("runa.unlock.link"), PATH), class_name="text-center")


if by_runa():
    shell.screen(PATH, title="runa.unlock.title", audience="visitor", back="/sign-in")(unlock)
