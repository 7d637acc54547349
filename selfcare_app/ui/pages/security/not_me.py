"""Where the link of a notice leads: one button that stops what somebody else began."""

import reflex as rx

from selfcare_app.access.stop_link import PAGE
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.access import arrival, parts
from selfcare_app.ui.pages.runa.letters import with_letter, without_letter
from selfcare_app.ui.text import T


@shell.screen(PAGE, title="guard.not_me.title", audience="visitor")
def not_me() -> rx.Component:
    """The button; or that it is done; or that the page was not opened by a link."""
    form = rx.fragment(
        c.native_form(
            with_letter(
                c.lead(T("guard.not_me.lead")),
                c.button(T("guard.not_me.submit"), kind="danger", type="submit", wide=True),
                c.hint(T("guard.not_me.was_me")),
                name="token",
            ),
            action="/session/not-me",
        ),
        without_letter(c.empty("mail", T("guard.not_me.no_link"), T("guard.not_me.no_link_what"))),
    )
    done = rx.fragment(
        c.notice("good", T("guard.not_me.done"), T("guard.not_me.done_what")),
        c.link_button(T("access.sign_in.submit"), "/sign-in", kind="primary", wide=True),
    )
    return rx.fragment(rx.cond(arrival.done, done, form), parts.trouble())
