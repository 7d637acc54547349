"""Registration in three pages: number, code, password (ISSA-005…011)."""

import reflex as rx

from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.access import parts
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T

_STEPS = 3
_BY_SMS = parts.by_sms(operator().registration.methods)


@shell.screen("/register", title="access.register.title", audience="visitor", back="/sign-in")
def number() -> rx.Component:
    """The number to register."""
    if not _BY_SMS:
        return rx.fragment(parts.other_ways(), parts.to_sign_in(T("access.register.have")))
    return rx.fragment(
        c.steps(1, _STEPS, T("access.step.number")),
        c.lead(T("access.register.lead")),
        c.native_form(
            parts.number_field(),
            c.button(T("access.register.submit"), type="submit", wide=True),
            action="/session/register/number",
        ),
        parts.to_sign_in(T("access.register.have")),
        parts.trouble(),
    )


def code() -> rx.Component:
    """The code from the SMS."""
    return rx.fragment(
        c.steps(2, _STEPS, T("access.step.code")),
        parts.code_step(
            check="/session/register/code",
            resend="/session/register/resend",
            about=T("access.register.about"),
            none=T("access.code.none"),
            submit=T("access.code.check"),
        ),
        rx.el.p(c.link(T("access.code.change"), "/register")),
        parts.trouble(),
    )


def password() -> rx.Component:
    """The password, twice."""
    return rx.fragment(
        c.steps(3, _STEPS, T("access.step.password")),
        c.native_form(
            parts.user_name(),
            *parts.new_password_fields(),
            c.button(T("access.register.finish"), type="submit", wide=True),
            action="/session/register/password",
        ),
    )


if _BY_SMS:
    shell.screen("/register/code", title="access.register.title", audience="visitor", back="/register")(code)
    shell.screen("/register/password", title="access.register.choose", audience="visitor")(password)
