"""Paying in by a voucher: the code, for the own number or another, and what came of it."""

import reflex as rx

from selfcare_app.i18n.message import Message, Wire, from_fault, wire
from selfcare_app.kit import clock
from selfcare_app.kit.errors import NotFound
from selfcare_app.operators.schema import Feature
from selfcare_app.payments.voucher import redeem
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.journey import id_in
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import TN, T, datetime, money, msg, msisdn
from selfcare_app.wiring import ask

PATH = Feature.VOUCHER.path
_GAPS = 6
"""Spaces and hyphens that people put into a code."""


class VoucherPage(SignedState):
    """Whose number it is, and whether codes are taken now; never a code."""

    loaded: bool = False
    number: str = ""
    closed_until: Wire = {}

    @rx.event
    async def load(self):
        """Reads anew."""
        found = await ask(redeem.offer, await self._actor(), now=clock.now())
        self.number = f"+{found.number}" if found.number else ""
        self.closed_until = wire(found.closed_until) if found.closed_until else {}
        self.loaded = True


class VoucherPaid(SignedState):
    """What a card has paid in."""

    loaded: bool = False
    gone: Message = {}
    amount: Wire = {}
    number: Wire = {}
    at: Wire = {}
    balance: Wire = {}

    @rx.event
    async def load(self):
        """Reads the result in the address."""
        self.loaded, self.gone = False, {}
        try:
            operation_id = id_in(self.router.url.path)
            found = await ask(redeem.result, await self._actor(), operation_id=operation_id)
            self.amount, self.at = wire(found.amount), wire(found.at)
            self.number = wire(found.number) if found.number else {}
            self.balance = wire(found.balance) if found.balance is not None else {}
        except NotFound:
            self.gone = from_fault(redeem.NoResult())
        self.loaded = True


def voucher() -> rx.Component:
    """The form; or until when no code is taken."""
    return rx.fragment(
        c.lead(T("voucher.lead")),
        c.loading(
            VoucherPage.loaded,
            c.skeleton("card"),
            rx.cond(VoucherPage.closed_until, _closed(), _form()),
        ),
    )


def paid() -> rx.Component:
    """What was paid in, and what the balance is now."""
    told = rx.fragment(
        c.result(
            "good",
            T("voucher.done.title", amount=money(VoucherPaid.amount)),
            rx.cond(VoucherPaid.number, rx.el.p(T("voucher.done.number", number=msisdn(VoucherPaid.number)))),
            T("voucher.done.at", at=datetime(VoucherPaid.at)),
            rx.cond(VoucherPaid.balance, rx.el.p(T("voucher.done.balance", balance=money(VoucherPaid.balance)))),
        ),
        c.actions(
            c.link_button(T("voucher.done.home"), Feature.HOME.path, kind="primary"),
            c.link_button(T("voucher.done.again"), PATH, kind="quiet"),
        ),
    )
    gone = c.empty("ticket", msg(VoucherPaid.gone), action=c.link_button(T("voucher.title"), PATH))
    return c.loading(VoucherPaid.loaded, c.skeleton("card"), rx.cond(VoucherPaid.gone, gone, told))


def _closed() -> rx.Component:
    return c.notice(
        "warn",
        T("voucher.closed.title", until=datetime(VoucherPage.closed_until)),
        T("voucher.closed.lead", phone=operator().contacts.reference_service),
    )


def _form() -> rx.Component:
    rule = operator().voucher
    if rule is None:
        return rx.fragment()
    other = c.phone_field(
        "number", T("voucher.number"), own=False, value=VoucherPage.number, hint=T("voucher.number_hint")
    )
    return c.native_form(
        c.field(
            "code",
            T("voucher.code"),
            kind="digits",
            hint=TN("voucher.code_hint", rule.digits),
            max_length=rule.digits + _GAPS,
        ),
        other if rule.other_lines else rx.fragment(),
        c.hint(TN("voucher.tries", rule.fails_per_day)),
        c.actions(c.button(T("voucher.submit"), type="submit")),
        action="/session/voucher",
    )


if operator().voucher is not None:
    shell.screen(PATH, title="voucher.title", feature=Feature.VOUCHER, on_load=VoucherPage.load)(voucher)
    shell.screen(f"{PATH}/done/[operation]", title="voucher.title", on_load=VoucherPaid.load, back=PATH)(paid)
