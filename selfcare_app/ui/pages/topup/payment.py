"""One payment on an acquirer's page: how it really stands, which it follows by itself until it has its end."""

from typing import Any
from uuid import UUID

import reflex as rx

from selfcare_app.adapters.cards.port import PAGE
from selfcare_app.i18n.message import Message, Wire, from_fault, message, wire
from selfcare_app.payments import hosted
from selfcare_app.payments.hosted_views import HostedView
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.session import SignedState, quiet
from selfcare_app.ui.text import T, choice, datetime, money, msg, msisdn
from selfcare_app.wiring import ask

TOP_UP = "/top-up"
PURSE = "/session/top-up/webmoney"
_SOON, _LATER = 1, 3
_TONES = {"paid": "good", "failed": "bad", "void": "bad", "disputed": "warn", "settled": "info"}


class OnePayment(SignedState):
    """A payment as it stands at this moment; what the address says of it is not believed."""

    loaded: bool = False
    gone: Message = {}
    payment: str = ""
    no: int = 0
    state: str = ""
    way: str = ""
    tone: str = "info"
    title: Message = {}
    amount: Wire = {}
    number: Wire = {}
    begun_at: Wire = {}
    finished_at: Wire = {}
    url: str = ""
    keeps_card: bool = False
    look: int = 0

    _going: str = ""

    def _go_on_with(self, payment_id: UUID) -> None:
        """The bank's page of this payment is opened, once, as soon as its address is here."""
        self._going = str(payment_id)

    @rx.event
    async def load(self):
        """Reads it anew."""
        self.loaded = False
        return await self._read()

    @rx.event
    @quiet
    async def look_again(self):
        """Has it gone on?"""
        return await self._read()

    async def _read(self) -> Any:
        try:
            payment_id = UUID(self.router.url.path.rstrip("/").rpartition("/")[2])
            found = await ask(hosted.own, await self._actor(), payment_id=payment_id)
        except (ValueError, hosted.NoPayment):
            self.gone, self.loaded, self.look = from_fault(hosted.NoPayment()), True, 0
            return None
        self._show(found)
        if self._going == str(found.id) and found.state != "new":
            self._going = ""
            if found.state == "pending" and found.way == "bank_card":
                return rx.redirect(found.url)
        return None

    def _show(self, found: HostedView) -> None:
        self.gone, self.payment, self.no, self.way = {}, str(found.id), found.no, found.way
        self.state, self.url = found.state, found.url if found.way == "bank_card" else ""
        self.keeps_card = found.keeps_card and found.state in ("new", "pending")
        self.tone = _TONES.get(found.state, "info")
        self.title = _title(found)
        self.amount, self.number, self.begun_at = wire(found.amount), wire(found.number), wire(found.created_at)
        self.finished_at = wire(found.finished_at) if found.finished_at else {}
        every = {"new": _SOON, "pending": _LATER}.get(found.state, 0)
        # Another number each time: a countdown begins anew only when its seconds change.
        self.look = every + (self.look == every) if every else 0
        self.loaded = True


def _title(found: HostedView) -> Message:
    if found.state == "paid":
        key = "topup.payment.paid_other" if found.is_other else "topup.payment.paid"
        named = {"number": found.number} if found.is_other else {}
        return message(key, amount=found.amount, **named)
    if found.state == "pending" and found.way == "webmoney":
        return message("topup.payment.purse")
    return message(f"topup.payment.{found.state}")


@shell.screen(f"{PAGE}/[payment_id]", title="topup.payment.title", on_load=OnePayment.load, back=TOP_UP)
def one_payment() -> rx.Component:
    """How it stands, what can be done, the details."""
    return c.loading(
        OnePayment.loaded,
        rx.el.div(c.skeleton("card"), c.skeleton("rows", 3), class_name="flex flex-col gap-6"),
        rx.cond(
            OnePayment.gone,
            c.empty("clock", msg(OnePayment.gone), action=c.link_button(T("topup.payment.again"), TOP_UP)),
            rx.fragment(
                rx.el.div(
                    rx.match(
                        OnePayment.tone, *[(tone, _result(tone)) for tone in ("good", "bad", "warn")], _result("info")
                    ),
                    role="status",
                ),
                _next(),
                _details(),
                rx.cond(OnePayment.look > 0, _looking()),
            ),
        ),
    )


def _result(tone: Any) -> rx.Component:
    keeps = rx.cond(OnePayment.keeps_card, rx.el.p(T("topup.payment.keeps_card")))
    return c.result(tone, msg(OnePayment.title), rx.fragment(keeps, _lead()))


def _lead() -> rx.Component:
    pending = rx.cond(
        OnePayment.way == "webmoney",
        rx.el.p(T("topup.payment.purse_lead")),
        rx.fragment(rx.el.p(T("topup.payment.pending_lead")), rx.el.p(T("topup.payment.pending_not_yet"))),
    )
    return rx.match(
        OnePayment.state,
        ("new", rx.el.p(T("topup.payment.new_lead"))),
        ("pending", pending),
        ("failed", rx.el.p(T("topup.payment.failed_lead"))),
        ("void", rx.el.p(T("topup.payment.void_lead"))),
        ("disputed", rx.el.p(T("topup.payment.disputed_lead"))),
        ("settled", rx.el.p(T("topup.payment.settled_lead"))),
        rx.fragment(),
    )


def _next() -> rx.Component:
    purse = c.native_form(
        c.button(T("topup.payment.go"), type="submit", wide=True),
        action=PURSE,
        fields={"payment": OnePayment.payment},
        enhance=False,
    )
    again = c.link_button(T("topup.payment.again"), TOP_UP)
    bank = c.download_button(T("topup.payment.go"), OnePayment.url, kind="primary", wide=True)
    return rx.match(
        OnePayment.state,
        ("new", rx.fragment()),
        (
            "pending",
            rx.cond(
                OnePayment.way == "webmoney",
                purse,
                bank,
            ),
        ),
        ("failed", rx.fragment(rx.cond(OnePayment.url, bank), again)),
        ("paid", c.link_button(T("topup.payment.home"), "/home")),
        again,
    )


def _details() -> rx.Component:
    rows = [
        (T("topup.payment.no"), rx.el.span(OnePayment.no, class_name="tabular")),
        (T("topup.payment.number"), msisdn(OnePayment.number)),
        (T("topup.payment.amount"), money(OnePayment.amount)),
        (T("topup.payment.way"), choice("topup.way", OnePayment.way)),
        (T("topup.payment.state"), choice("topup.state", OnePayment.state)),
        (T("topup.payment.begun"), datetime(OnePayment.begun_at)),
    ]
    finished = (T("topup.payment.finished"), datetime(OnePayment.finished_at))
    return c.card(rx.cond(OnePayment.finished_at, c.key_values(*rows, finished), c.key_values(*rows)))


def _looking() -> rx.Component:
    """Nothing to see: it asks again and again until the payment has its end."""
    return rx.el.div(
        c.countdown(seconds=OnePayment.look, on_end=OnePayment.look_again), aria_hidden="true", class_name="hidden"
    )
