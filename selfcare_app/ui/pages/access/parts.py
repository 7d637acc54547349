"""What several pages of the door are made of: the number, a new password, the code step, help."""

from typing import Any

import reflex as rx

from selfcare_app.operators.schema.vocabulary import Alphabet, DialPurpose
from selfcare_app.ui import components as c
from selfcare_app.ui.pages.access import arrival
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import TN, T, msisdn

_MINUTE = 60
_GIVES_PASSWORD = (DialPurpose.REGISTRATION, DialPurpose.PASSWORD)


def number_field() -> rx.Component:
    """The subscriber's own number."""
    hint = T("access.number_hint", example=operator().numbering.input_hint)
    return c.phone_field("number", T("access.number"), hint=hint)


def password_rule() -> Any:
    """What the operator asks of a password (ISSA-011, AS-006, AS-007)."""
    rule = operator().password
    sizes = {"least": rule.min_length, "most": rule.max_length}
    if rule.needs_letter_and_digit and rule.latin_only:
        said = T("access.rule.mixed", **sizes)
    elif rule.alphabet == Alphabet.LETTERS_OR_DIGITS:
        said = T("access.rule.letters_or_digits", **sizes)
    else:
        said = T("access.rule.printable", **sizes)
    return said + " " + T("access.rule.not_known")


def new_password_fields() -> tuple[rx.Component, rx.Component]:
    """A new password and the same once more; the operator's rules stand beside it (ISSA-011)."""
    return (
        c.field("password", T("access.change.new"), kind="new-password", hint=password_rule()),
        c.field("again", T("access.again"), kind="new-password"),
    )


def user_name() -> rx.Component:
    """Tells a password manager whose password it is."""
    return rx.el.input(
        type="text",
        default_value=arrival.number,
        key=arrival.number,
        read_only=True,
        tab_index=-1,
        auto_complete="username",
        class_name="sr-only",
        custom_attrs={"aria-hidden": "true"},
    )


def code_step(
    *, check: str, resend: str, about: Any, none: Any, submit: Any, more: rx.Component | None = None
) -> rx.Component:
    """Where the code is typed: what it is for, where it went, and the next one when it may be asked for (ISSA-009)."""
    minutes = operator().code.resend_seconds // _MINUTE
    sent = rx.cond(arrival.number, T("access.code.sent", number=msisdn(arrival.shown)), T("access.code.sent_any"))
    kept = {"number": arrival.number}
    return rx.fragment(
        c.lead(sent, " ", TN("access.code.resend_rule", minutes), "."),
        c.native_form(
            c.code_field(label=T("access.code.label"), hint=about, length=operator().code.digits),
            more,
            c.button(submit, type="submit", wide=True),
            action=check,
            fields=kept,
        ),
        c.resend(seconds=arrival.wait, action=resend, fields=kept),
        c.hint(none) if none is not None else None,
    )


def trouble() -> rx.Component:
    """Whom to turn to when it does not work (ISSA-022)."""
    return rx.el.p(
        T("access.trouble"), " ", c.call_link(operator().contacts.reference_service), class_name="text-s text-muted"
    )


def other_ways() -> rx.Component:
    """How a password is got where no SMS code gives one: what to dial, and whom to ask."""
    profile = operator()
    dialled = [row.code for row in (*profile.channels.ussd, *profile.channels.voice) if row.purpose in _GIVES_PASSWORD]
    numbers = list(dict.fromkeys([*dialled, profile.contacts.reference_service]))
    return rx.fragment(
        c.lead(T("access.register.other")),
        rx.el.ul(*[rx.el.li(c.call_link(each)) for each in numbers], class_name="flex flex-col gap-2 text-l"),
    )


def to_sign_in(question: Any) -> rx.Component:
    """The way to the sign-in page for somebody who has a password after all."""
    return rx.el.p(question, " ", c.link(T("access.sign_in.submit"), "/sign-in"))
