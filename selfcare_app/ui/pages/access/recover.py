"""A forgotten password in three pages: number, code, a new password (ISSA-021)."""

from typing import Any

import reflex as rx

from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.access import arrival, check, parts, ways
from selfcare_app.ui.pages.runa import letters
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T, duration

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
            check.picture(on_demand=True),
            c.button(T("access.recover.submit"), type="submit", wide=True),
            ways.others(_METHODS, page="/recover"),
            action="/session/recover/number",
        ),
        c.hint(T("access.recover.with_passkey")),
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


class _PasskeyRecover(rx.Component):
    library = "$/frame/passkey"
    tag = "PasskeyRecover"

    label: rx.Var[Any]
    unable: rx.Var[Any]


def passkey() -> rx.Component:
    """The passkey that the number has, or a day of waiting (ASVS 6.4.3)."""
    wait = rx.el.section(
        c.subheading(T("guard.recover.no_key")),
        rx.el.p(T("guard.recover.wait_what")),
        c.native_form(
            c.button(T("guard.recover.wait"), kind="secondary", type="submit", wide=True),
            action="/session/recover/wait",
            fields={"number": arrival.number},
        ),
        class_name="flex flex-col gap-4 border-t border-line pt-6",
    )
    waiting = c.notice("info", T("guard.recover.waiting", left=duration(arrival.wait)), T("guard.recover.come_back"))
    return rx.fragment(
        rx.cond(arrival.done, waiting),
        c.lead(T("guard.recover.lead")),
        _PasskeyRecover.create(label=T("guard.recover.prove"), unable=T("guard.recover.unable")),
        rx.cond(arrival.done, rx.fragment(), wait),
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


if ways.by_sms(_METHODS):
    shell.screen("/recover/code", title="access.recover.title", audience="visitor", back="/recover")(code)
if ways.by_sms(_METHODS) or letters.by_email():
    shell.screen("/recover/passkey", title="guard.recover.title", audience="visitor", back="/recover")(passkey)
    shell.screen("/recover/password", title="access.recover.choose", audience="visitor")(password)
if ways.by_puk1(_METHODS):
    shell.screen("/recover/puk1", title="access.recover.title", audience="visitor", back="/recover")(puk1)
if ways.by_sms(_METHODS) and ways.by_handset(_METHODS):
    shell.screen("/recover/dial", title="access.dial.title", audience="visitor", back="/recover")(dial)
