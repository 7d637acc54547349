"""The sign-in page: number and password (ISSA-004), and the code that an unknown device is asked for (ISSA-017)."""

import reflex as rx

from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.access import arrival, check, parts, ways
from selfcare_app.ui.pages.runa import parts as runa
from selfcare_app.ui.pages.runa import unlocking
from selfcare_app.ui.pages.security.enter import emergency_link, passkey_button
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T


@shell.screen("/sign-in", title="access.sign_in.title", audience="visitor")
def sign_in() -> rx.Component:
    """Number and password, and the ways to get a password."""
    return rx.fragment(
        rx.cond(arrival.expired, c.notice("info", T("access.sign_in.expired"), T("access.sign_in.expired_why"))),
        rx.cond(arrival.ended, c.notice("good", T("access.sign_in.ended"))),
        runa.own_number("/sign-in"),
        c.native_form(
            ways.audience(),
            parts.number_field(),
            c.field("password", T("access.password"), kind="password"),
            check.picture(on_demand=not operator().sign_in.captcha),
            c.button(T("access.sign_in.submit"), type="submit", wide=True),
            rx.el.p(c.link(T("access.sign_in.forgot"), "/recover"), class_name="text-center"),
            action="/session/sign-in",
            fields={"next": arrival.next_path},
        ),
        unlocking.link(),
        passkey_button(arrival.next_path),
        rx.el.div(
            c.hint(T("access.sign_in.new_here")),
            c.link_button(T("access.sign_in.register"), "/register", wide=True),
            class_name="flex flex-col gap-2 border-t border-line pt-6",
        ),
        emergency_link(),
    )


@shell.screen("/sign-in/code", title="access.factor.title", audience="visitor", back="/sign-in")
def second_factor() -> rx.Component:
    """The code, and whether the device is to be remembered."""
    return rx.fragment(
        c.lead(T("access.factor.lead")),
        parts.code_step(
            check="/session/second-factor",
            resend="/session/second-factor/resend",
            about=T("access.factor.about"),
            none=None,
            submit=T("access.factor.submit"),
            more=c.checkbox(
                "remember", T("access.factor.remember"), hint=T("access.factor.remember_hint"), checked=True
            ),
        ),
    )
