"""Registration by one form: number, password twice, e-mail, РУНА, each with its hint (AS-003, AS-004)."""

import reflex as rx

from selfcare_app.operators.schema.vocabulary import Asked, Method
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.access import parts as door
from selfcare_app.ui.pages.runa import parts
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T


def by_form() -> bool:
    """Whether the operator registers by this form."""
    return parts.offered() and Method.RUNA in operator().registration.methods


def form() -> rx.Component:
    """The whole form, what РУНА is, and the ways out."""
    profile = operator()
    asked = profile.registration.email
    return rx.fragment(
        c.lead(
            T("runa.register.lead"), *([" ", T("access.register.free")] if profile.registration.free_of_charge else [])
        ),
        parts.own_number("/register"),
        c.native_form(
            c.phone_field(
                "number",
                T("runa.register.number"),
                help=T("runa.register.number_help", example=profile.numbering.input_hint),
            ),
            c.field("password", T("runa.register.password"), kind="new-password", help=door.password_rule()),
            c.field("again", T("runa.register.again"), kind="new-password", help=T("runa.register.again_help")),
            _email(required=asked == Asked.REQUIRED) if asked != Asked.NO else None,
            parts.code_field(
                hint=None,
                help=T("runa.register.code_help"),
                required=Method.OWN_NETWORK not in profile.registration.methods,
            ),
            c.button(T("runa.register.submit"), type="submit", wide=True),
            action="/session/register/form",
        ),
        parts.how_to(),
        door.to_sign_in(T("access.register.have")),
        door.trouble(),
    )


def _email(*, required: bool) -> rx.Component:
    return c.field(
        "email", T("runa.register.email"), kind="email", help=T("runa.register.email_help"), required=required
    )


def done() -> rx.Component:
    """It went well; signing in comes next (AS-014)."""
    return rx.fragment(
        c.notice("good", T("runa.register.done_lead")),
        c.link_button(T("runa.register.sign_in"), "/sign-in", kind="primary", wide=True),
    )


if by_form():
    shell.screen("/register/done", title="runa.register.done_title", audience="visitor")(done)
