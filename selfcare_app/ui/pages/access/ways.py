"""The ways to a password: whose cabinet, the code of an SMS, PUK1, or what is dialled (ISSA-002, ISSA-005)."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from selfcare_app.operators.schema.vocabulary import DialPurpose, Method
from selfcare_app.ui import components as c
from selfcare_app.ui.pages.access import arrival
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T, msisdn

_GIVES_PASSWORD = (DialPurpose.REGISTRATION, DialPurpose.PASSWORD)


def by_sms(methods: Sequence[Method]) -> bool:
    """Whether the operator gives passwords by a code from an SMS."""
    return Method.SMS in methods


def by_puk1(methods: Sequence[Method]) -> bool:
    """Whether the operator gives passwords for PUK1."""
    return Method.PUK1 in methods


def by_handset(methods: Sequence[Method]) -> bool:
    """Whether a password is set on the handset itself."""
    return Method.USSD in methods or Method.VOICE in methods


def audience() -> rx.Component | None:
    """Mobile, or home and office, where the operator has cabinets of both kinds (ISSA-002)."""
    audiences = operator().registration.audiences
    if len(audiences) < 2:
        return None
    options = [(each.value, T(f"access.audience.{each.value}")) for each in audiences]
    return c.radios("audience", T("access.audience.label"), options=options, value=audiences[0].value)


def others(methods: Sequence[Method], *, page: str) -> rx.Component | None:
    """The ways beside the SMS, below its button: PUK1 for the number that is filled in, and the handset."""
    ways = [
        c.button(T("access.way.puk1"), kind="secondary", type="submit", name="method", value="puk1", wide=True)
        if by_puk1(methods)
        else None,
        c.link_button(T("access.way.handset"), f"{page}/dial", wide=True) if by_handset(methods) else None,
    ]
    if not any(ways):
        return None
    return rx.el.section(
        c.subheading(T("access.way.title")),
        *ways,
        c.hint(T("access.way.puk1_for")) if by_puk1(methods) else None,
        class_name="flex flex-col gap-3 border-t border-line pt-6",
    )


def dialled(methods: Sequence[Method]) -> rx.Component:
    """What to dial and what comes then, step by step (ISSA-010, IH-004, IH-005)."""
    channels = operator().channels
    ussd = [row.code for row in channels.ussd if row.purpose in _GIVES_PASSWORD] if Method.USSD in methods else []
    voice = [row.code for row in channels.voice if row.purpose in _GIVES_PASSWORD] if Method.VOICE in methods else []
    generates = operator().registration.ussd_empty_reply_generates
    reply = T("access.dial.ussd_reply_or_none") if generates else T("access.dial.ussd_reply")
    return rx.fragment(
        c.lead(T("access.dial.lead")),
        *[_steps(T("access.dial.ussd"), code, reply, T("access.dial.done")) for code in dict.fromkeys(ussd)],
        *[
            _steps(T("access.dial.voice"), code, T("access.dial.voice_keys"), T("access.dial.done"))
            for code in dict.fromkeys(voice)
        ],
        c.hint(T("access.dial.sessions")),
        c.hint(T("access.dial.shared", service=operator().sign_in.shared_with))
        if operator().sign_in.shared_with
        else None,
    )


def _steps(title: Any, code: str, *then: Any) -> rx.Component:
    steps = [rx.el.li(T("access.dial.dial"), " ", c.call_link(code)), *[rx.el.li(each) for each in then]]
    return rx.el.section(
        c.subheading(title),
        rx.el.ol(*steps, class_name="flex list-decimal flex-col gap-2 ps-6"),
        class_name="flex flex-col gap-3",
    )


def puk1_step(*, check: str, submit: Any) -> rx.Component:
    """Where PUK1 of the SIM in use is typed."""
    sent = rx.cond(arrival.number, T("access.puk1.lead", number=msisdn(arrival.shown)), T("access.puk1.lead_any"))
    return c.native_form(
        c.lead(sent),
        c.field(
            "code",
            T("access.prove.puk1"),
            kind="digits",
            hint=T("access.prove.puk1_hint"),
            max_length=operator().puk1.digits + 4,
        ),
        c.button(submit, type="submit", wide=True),
        action=check,
        fields={"number": arrival.number, "method": "puk1"},
    )
