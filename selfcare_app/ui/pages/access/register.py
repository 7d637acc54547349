"""Registration in three pages: number, code, password (ISSA-005…011)."""

import reflex as rx

from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.access import check, parts, ways
from selfcare_app.ui.pages.runa import registration
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T

_STEPS = 3
_METHODS = operator().registration.methods


@shell.screen("/register", title="access.register.title", audience="visitor", back="/sign-in")
def number() -> rx.Component:
    """The number to register."""
    if registration.by_form():
        return registration.form()
    if not ways.by_sms(_METHODS):
        told = ways.dialled(_METHODS) if ways.by_handset(_METHODS) else parts.other_ways()
        return rx.fragment(told, parts.to_sign_in(T("access.register.have")))
    return rx.fragment(
        c.steps(1, _STEPS, T("access.step.number")),
        c.lead(T("access.register.lead")),
        c.native_form(
            ways.audience(),
            parts.number_field(),
            check.picture(on_demand=True),
            c.button(T("access.register.submit"), type="submit", wide=True),
            ways.others(_METHODS, page="/register"),
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


def puk1() -> rx.Component:
    """PUK1 of the SIM in use."""
    return rx.fragment(
        c.steps(2, _STEPS, T("access.step.puk1")),
        ways.puk1_step(check="/session/register/code", submit=T("access.code.check")),
        rx.el.p(c.link(T("access.code.change"), "/register")),
        parts.trouble(),
    )


def dial() -> rx.Component:
    """What is dialled on the handset."""
    return rx.fragment(ways.dialled(_METHODS), parts.to_sign_in(T("access.dial.then")), parts.trouble())


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


if ways.by_sms(_METHODS):
    shell.screen("/register/code", title="access.register.title", audience="visitor", back="/register")(code)
    shell.screen("/register/password", title="access.register.choose", audience="visitor")(password)
if ways.by_puk1(_METHODS):
    shell.screen("/register/puk1", title="access.register.title", audience="visitor", back="/register")(puk1)
if ways.by_sms(_METHODS) and ways.by_handset(_METHODS):
    shell.screen("/register/dial", title="access.dial.title", audience="visitor", back="/register")(dial)
