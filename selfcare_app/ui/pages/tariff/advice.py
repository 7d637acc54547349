"""The place on the check of a plan change where the advice stands: which plan would have been the cheapest."""

import reflex as rx

from selfcare_app.ui import components as c
from selfcare_app.ui.pages.usage.tariff_advice import PATH, TariffAdvice, verdict
from selfcare_app.ui.text import T


def advice_slot() -> rx.Component:
    """The verdict and the way to the whole comparison; nothing where there is nothing to go by."""
    said = rx.el.div(verdict(TariffAdvice), rx.el.p(c.link(T("advice.more"), PATH)), class_name="flex flex-col gap-3")
    return rx.el.div(rx.cond(TariffAdvice.stage == "advice", said), on_mount=TariffAdvice.look)
