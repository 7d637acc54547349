"""A new password for somebody who is signed in (ISSA-019)."""

import reflex as rx

from selfcare_app.operators.schema import Feature
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.access import arrival, parts
from selfcare_app.ui.text import T


@shell.screen(Feature.PASSWORD.path, title="access.change.title", feature=Feature.PASSWORD, back=Feature.MORE.path)
def change_password() -> rx.Component:
    """The present password, and the new one twice."""
    return rx.fragment(
        rx.cond(arrival.done, c.notice("good", T("access.change.done"), T("access.change.done_what"))),
        c.lead(T("access.change.lead")),
        c.native_form(
            c.field("current", T("access.change.current"), kind="password"),
            *parts.new_password_fields(),
            c.button(T("access.change.submit"), type="submit", wide=True),
            action="/session/password",
        ),
    )
