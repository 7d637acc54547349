"""The organisation's payments for its administrator: all accounts that he looks after, by month (ADM-006)."""

from datetime import date, datetime

import reflex as rx

from selfcare_app.access import subjects
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.money import Money
from selfcare_app.operators.schema import Feature
from selfcare_app.payments import history
from selfcare_app.payments.history_views import PaymentsOfPeriod
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.finance.payments import OfPeriod, of_period
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T
from selfcare_app.wiring import ask


class ClientPayments(OfPeriod, SignedState):
    """Payments for the organisation's accounts."""

    denied: bool = False

    async def _found(self, actor: Subscriber, first: date, last: date, now: datetime) -> PaymentsOfPeriod:
        self.denied = False
        try:
            return await ask(history.of_client, actor, first=first, last_day=last, now=now)
        except subjects.NotAKeeper:
            self.denied = True
            nothing = Money(0, operator().currency, operator().currency_scale)
            return PaymentsOfPeriod(first, last, (), nothing, 0)


def content() -> rx.Component:
    """The payments, and the way to promise one."""
    to = shell.BUILT.get(Feature.PROMISED_PAYMENT, "")
    way = c.link_button(T("promise.begin"), to, wide=True) if to else rx.fragment()
    denied = c.empty("people", T("delegation.client.denied_title"), T("delegation.client.denied_lead"))
    full = rx.cond(ClientPayments.denied, denied, rx.fragment(of_period(ClientPayments), way))
    return c.loading(ClientPayments.loaded, c.skeleton("rows", 4), full)


if operator().has(Feature.CLIENT_PAYMENTS):
    shell.screen(
        Feature.CLIENT_PAYMENTS.path,
        title="menu.client_payments",
        feature=Feature.CLIENT_PAYMENTS,
        on_load=ClientPayments.load,
    )(content)
