"""A forgotten password in three pages: number, code, a new password (ISSA-021)."""

import reflex as rx

from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.access import parts
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T

_STEPS = 3
_BY_SMS = parts.by_sms(operator().recovery.methods)


@shell.screen("/recover", title="access.recover.title", audience="visitor", back="/sign-in")
def number() -> rx.Component:
    """The number whose password is forgotten."""
    if not _BY_SMS:
        return rx.fragment(parts.other_ways(), parts.to_sign_in(T("access.recover.remembered")))
    return rx.fragment(
        c.steps(1, _STEPS, T("access.step.number")),
        c.lead(T("access.recover.lead")),
        c.native_form(
            parts.number_field(),
            c.button(T("access.recover.submit"), type="submit", wide=True),
            action="/session/recover/number",
        ),
        parts.to_sign_in(T("access.recover.remembered")),
        parts.trouble(),
    )


def code() -> rx.Component:
    """The code from the SMS."""
    return rx.fragment(
        c.steps(2, _STEPS, T("access.step.code")),
        parts.code_step(
            check="/session/recover/code",
            resend="/session/recover/resend",
            about=T("access.recover.about"),
            none=T("access.code.none_recover"),
            submit=T("access.code.check"),
        ),
        rx.el.p(c.link(T("access.code.change"), "/recover")),
        parts.trouble(),
    )


def password() -> rx.Component:
    """The new password, twice."""
    return rx.fragment(
        c.steps(3, _STEPS, T("access.step.password")),
        c.native_form(
            parts.user_name(),
            *parts.new_password_fields(),
            c.button(T("access.recover.finish"), type="submit", wide=True),
            action="/session/recover/password",
        ),
    )


if _BY_SMS:
    shell.screen("/recover/code", title="access.recover.title", audience="visitor", back="/recover")(code)
    shell.screen("/recover/password", title="access.recover.choose", audience="visitor")(password)
