"""A new password for somebody who is signed in (ISSA-019)."""

import reflex as rx

from selfcare_app.operators.schema import Feature
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.access import arrival, parts
from selfcare_app.ui.pages.runa import guarding
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import TN, T

_AGE = operator().password.max_age_days


@shell.screen(Feature.PASSWORD.path, title="access.change.title", feature=Feature.PASSWORD, back=Feature.MORE.path)
def change_password() -> rx.Component:
    """The present password, and the new one twice."""
    return rx.fragment(
        rx.cond(arrival.done, c.notice("good", T("access.change.done"), T("access.change.done_what"))),
        # In the same place and of the same size: nothing jumps when the address is read.
        rx.cond(
            arrival.due,
            c.lead(rx.el.strong(T("access.change.due")), " ", T("access.change.due_what")),
            c.lead(TN("access.change.lives", _AGE) if _AGE else T("access.change.lead")),
        ),
        c.native_form(
            c.field("current", T("access.change.current"), kind="password"),
            *parts.new_password_fields(),
            c.button(T("access.change.submit"), type="submit", wide=True),
            action="/session/password",
        ),
        guarding.sections(Feature.PASSWORD.path),
    )
