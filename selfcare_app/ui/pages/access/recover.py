"""A forgotten password in three pages: number, code, a new password (ISSA-021)."""

import reflex as rx

from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.access import parts, ways
from selfcare_app.ui.pages.runa import letters
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T

_STEPS = 3
_METHODS = operator().recovery.methods


@shell.screen("/recover", title="access.recover.title", audience="visitor", back="/sign-in")
def number() -> rx.Component:
    """The number whose password is forgotten."""
    if letters.by_email():
        return letters.ask_for_one()
    if not ways.by_sms(_METHODS):
        told = ways.dialled(_METHODS) if ways.by_handset(_METHODS) else parts.other_ways()
        return rx.fragment(told, parts.to_sign_in(T("access.recover.remembered")))
    return rx.fragment(
        c.steps(1, _STEPS, T("access.step.number")),
        c.lead(T("access.recover.lead")),
        c.native_form(
            ways.audience(),
            parts.number_field(),
            c.button(T("access.recover.submit"), type="submit", wide=True),
            ways.others(_METHODS, page="/recover"),
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


def puk1() -> rx.Component:
    """PUK1 of the SIM in use."""
    return rx.fragment(
        c.steps(2, _STEPS, T("access.step.puk1")),
        ways.puk1_step(check="/session/recover/code", submit=T("access.code.check")),
        rx.el.p(c.link(T("access.code.change"), "/recover")),
        parts.trouble(),
    )


def dial() -> rx.Component:
    """What is dialled on the handset."""
    return rx.fragment(ways.dialled(_METHODS), parts.to_sign_in(T("access.dial.then")), parts.trouble())


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


if ways.by_sms(_METHODS):
    shell.screen("/recover/code", title="access.recover.title", audience="visitor", back="/recover")(code)
    shell.screen("/recover/password", title="access.recover.choose", audience="visitor")(password)
if ways.by_puk1(_METHODS):
    shell.screen("/recover/puk1", title="access.recover.title", audience="visitor", back="/recover")(puk1)
if ways.by_sms(_METHODS) and ways.by_handset(_METHODS):
    shell.screen("/recover/dial", title="access.dial.title", audience="visitor", back="/recover")(dial)
