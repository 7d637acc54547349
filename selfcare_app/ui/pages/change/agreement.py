"""The box of the service agreement, before which plans and services are not open."""

from typing import Any

import reflex as rx

from selfcare_app.i18n.message import Message, from_fault
from selfcare_app.kit import clock
from selfcare_app.orders import agreement
from selfcare_app.orders.agreement import NotAgreed
from selfcare_app.ui import components as c
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T
from selfcare_app.wiring import do


class AgreementForm(SignedState):
    """Whether the box was ticked."""

    errors: dict[str, Message] = {}

    async def _accept(self, form: dict[str, Any]) -> bool:
        self.errors = {}
        try:
            await do(agreement.accept, await self._actor(), agreed=bool(form.get("agreed")), now=clock.now())
        except NotAgreed as missing:
            self.errors = {"agreed": from_fault(missing)}
            return False
        return True


def agreement_form(on_submit: Any, errors: Any) -> rx.Component:
    """The box and the way on."""
    return c.card(
        c.form(
            c.lead(T("change.agreement.lead")),
            c.checkbox("agreed", T("change.agreement.agree")),
            c.button(T("change.agreement.go_on"), type="submit"),
            on_submit=on_submit,
            errors=errors,
        ),
        title=T("change.agreement.title"),
    )
