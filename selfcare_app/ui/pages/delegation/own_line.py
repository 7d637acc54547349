"""Another number of the same person, added by the code that comes to it."""

import reflex as rx

from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.lines import LINES, SWITCH
from selfcare_app.ui.pages.access import arrival
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T, msisdn

OWN, PROVE = f"{SWITCH}/own", f"{SWITCH}/own/prove"


def add() -> rx.Component:
    """The form that asks for the code."""
    hint = T("delegation.own.hint", example=operator().numbering.input_hint)
    return rx.el.section(
        c.subheading(T("delegation.own.title")),
        c.lead(T("delegation.own.lead")),
        c.native_form(
            c.phone_field("number", T("delegation.own.number"), own=False, hint=hint, id="own-number"),
            c.button(T("delegation.own.send"), type="submit", kind="secondary"),
            action=OWN,
        ),
        class_name="flex flex-col gap-4",
    )


@shell.screen(f"{LINES}/own", title="delegation.own.title", back=LINES)
def own() -> rx.Component:
    """Where the code is typed that came to the other number."""
    return rx.fragment(
        c.lead(T("delegation.own.sent", number=msisdn(arrival.shown))),
        c.native_form(
            c.code_field(
                label=T("access.code.label"), hint=T("delegation.own.code_hint"), length=operator().code.digits
            ),
            c.button(T("delegation.own.add"), type="submit", wide=True),
            action=PROVE,
            fields={"number": arrival.number},
        ),
        c.resend(seconds=arrival.wait, action=OWN, fields={"number": arrival.number}),
    )
