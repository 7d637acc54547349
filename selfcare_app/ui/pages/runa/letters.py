"""A forgotten password by e-mail: the letter is asked for, its link opens the page with a new password (AS-020)."""

from typing import Any

import reflex as rx

from selfcare_app.operators.schema.vocabulary import Method
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.access import arrival, check
from selfcare_app.ui.pages.access import parts as door
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T

_MINUTE = 60


class _WithLetter(rx.Component):
    library = "$/frame/letter"
    tag = "WithLetter"

    name: rx.Var[Any]


class _WithoutLetter(rx.Component):
    library = "$/frame/letter"
    tag = "WithoutLetter"


def with_letter(*fields: rx.Component, name: str) -> rx.Component:
    """Part of a form that is there for whoever came by a link; its value goes as the field `name`."""
    return _WithLetter.create(*fields, name=name)


def without_letter(*content: rx.Component) -> rx.Component:
    """What stands where the page was not opened by a link."""
    return _WithoutLetter.create(*content)


def by_email() -> bool:
    """Whether the operator replaces passwords through the mailbox."""
    return Method.EMAIL in operator().recovery.methods


def ask_for_one() -> rx.Component:
    """The number whose password is forgotten."""
    return rx.fragment(
        c.lead(T("runa.letter.lead")),
        c.native_form(
            door.number_field(),
            check.picture(on_demand=True),
            c.button(T("runa.letter.submit"), type="submit", wide=True),
            action="/session/recover/email",
        ),
        c.hint(T("access.recover.with_passkey")),
        door.to_sign_in(T("access.recover.remembered")),
        door.trouble(),
    )


def sent() -> rx.Component:
    """The same page whether or not anybody is written to."""
    minutes = (operator().recovery.email_valid_seconds or 0) // _MINUTE
    return rx.fragment(
        c.lead(T("runa.letter.sent_lead", minutes=minutes)),
        rx.el.p(
            T("runa.letter.sent_none"),
            " ",
            c.call_link(operator().contacts.hotlines[0].number),
            class_name="text-s text-muted",
        ),
        door.to_sign_in(T("access.recover.remembered")),
    )


def choose() -> rx.Component:
    """The new password, twice; or that it is set; or that the page was not opened by a link."""
    form = rx.fragment(
        c.native_form(
            with_letter(
                *door.new_password_fields(),
                c.button(T("runa.letter.finish"), type="submit", wide=True),
                name="token",
            ),
            action="/session/recover/link",
        ),
        without_letter(
            c.empty(
                "mail",
                T("runa.letter.no_link"),
                T("runa.letter.no_link_what"),
                action=c.link_button(T("runa.letter.again"), "/recover"),
            )
        ),
    )
    done = rx.fragment(
        c.notice("good", T("runa.letter.done"), T("runa.letter.done_what")),
        c.link_button(T("access.sign_in.submit"), "/sign-in", kind="primary", wide=True),
    )
    return rx.cond(arrival.done, done, form)


if by_email():
    shell.screen("/recover/sent", title="runa.letter.sent_title", audience="visitor", back="/recover")(sent)
    shell.screen("/recover/link", title="runa.letter.choose", audience="visitor")(choose)
