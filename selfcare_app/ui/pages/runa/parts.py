"""What several pages with РУНА are made of: the field, how to activate one, the way to the own number."""

from typing import Any

import reflex as rx

from selfcare_app.operators.schema.access import Runa
from selfcare_app.ui import components as c
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T

_MINUTE = 60


def offered() -> bool:
    """Whether the operator has РУНА."""
    return operator().runa is not None


def rule() -> Runa:
    """What the operator says about РУНА. Raises LookupError where it has none: no page of it is made there."""
    found = operator().runa
    if found is None:
        raise LookupError("runa")
    return found


def code_field(**props: Any) -> rx.Component:
    """Where РУНА is typed."""
    props.setdefault("label", T("runa.field"))
    props.setdefault("hint", T("runa.digits"))
    # A code from an SMS is not meant: nothing fills it in, and it is sent by the button.
    return c.field("code", kind="digits", max_length=rule().digits + 4, **props)


def how_to() -> rx.Component:
    """How a РУНА is chosen and activated (AS-021, AS-023, AS-024)."""
    found = rule()
    forms = [form.partition("{")[0] for form in found.dial_forms]
    return c.card(
        rx.el.p(T("runa.how.choose")),
        rx.el.p(T("runa.how.dial")),
        rx.el.ul(
            *[rx.el.li(T("runa.how.dialled", before=form)) for form in forms],
            class_name="flex list-disc flex-col gap-1 pl-6 font-semibold tabular",
        ),
        rx.el.p(T("runa.how.sms"), " ", rx.el.strong(found.sms_number, class_name="tabular")),
        c.hint(T("runa.how.valid", minutes=found.valid_seconds // _MINUTE)),
        title=T("runa.how.title"),
    )


def own_number(back: str) -> rx.Component:
    """Fills in the number of whoever is in the operator's network (AS-013); not there where the operator can't."""
    if not operator().registration.detects_own_number:
        return rx.fragment()
    return c.native_form(
        c.button(T("runa.own.find"), type="submit", kind="quiet", icon="phone"),
        action="/session/own-number",
        fields={"back": back},
        class_name="flex flex-col items-end gap-2 self-end",
    )
