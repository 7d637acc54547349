"""One order: what happens when, how to take it back, what it costs; it follows what the worker does by itself."""

from datetime import datetime, timedelta
from typing import Any

import reflex as rx

from selfcare_app.i18n.message import Message, Wire, from_fault, wire
from selfcare_app.kit import clock
from selfcare_app.kit.errors import NotFound
from selfcare_app.orders import order
from selfcare_app.orders.order import NoOrder, TooLate
from selfcare_app.orders.rules import OrderState
from selfcare_app.orders.views import OrderView
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.journey import id_in, last_of
from selfcare_app.ui.pages.access import arrival
from selfcare_app.ui.pages.orders.about import KINDS
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState, quiet
from selfcare_app.ui.text import T, choice, money, msg, number
from selfcare_app.ui.text import datetime as moment
from selfcare_app.wiring import ask, do

COUNTED_DOWN = timedelta(hours=1)
_LOOK_SECONDS = 3


class OneOrder(SignedState):
    """An order as it stands."""

    loaded: bool = False
    place: str = ""
    gone: Message = {}
    tone: str = "info"
    title: Message = {}
    body: list[Message] = []
    soon: Message = {}
    seconds: int = 0
    undo: Message = {}
    sure: Message = {}
    again: str = ""
    asking: bool = False
    look: int = 0

    no: int = 0
    kind: str = ""
    state: str = ""
    price: Wire = {}
    accepted_at: Wire = {}
    finished_at: Wire = {}

    @rx.event
    async def load(self):
        """Reads the order anew."""
        self.asking, self.loaded = False, False
        await self._read()

    @rx.event
    @quiet
    async def look_again(self):
        """Its time has come: how does it stand now?"""
        await self._read()

    @rx.event
    async def ask_back(self):
        """Asks before taking it back."""
        self.asking = True

    @rx.event
    async def keep(self):
        """Leaves it as it is."""
        self.asking = False

    @rx.event
    async def withdraw(self):
        """Takes it back; one that has just been carried out is shown as it is."""
        kind = KINDS.get(self.kind)
        if kind is None:
            raise NoOrder()
        actor, now = await self._actor(), clock.now()
        try:
            await do(kind.withdraw, actor, order_id=id_in(self.router.url.path), now=now)
        except TooLate as late:
            self.notice = from_fault(late)
        self.asking = False
        await self._read()

    async def _read(self) -> None:
        now = clock.now()
        try:
            self._show(await ask(order.own, await self._actor(), order_id=id_in(self.router.url.path)), now)
            self.gone = {}
        except NotFound as none:
            self.gone = from_fault(NoOrder() if not isinstance(none, NoOrder) else none)
        self.loaded, self.place = True, last_of(self.router.url.path)

    def _show(self, found: OrderView, now: datetime) -> None:
        about = KINDS[found.kind].about(found, operator(), now)
        left = found.due_at - now
        counted = about.soon is not None and left <= COUNTED_DOWN
        self.tone, self.title, self.again = about.tone, about.title, about.again
        self.body = list(about.body[1:] if counted else about.body)
        self.soon = about.soon if counted and about.soon else {}
        self.seconds = max(1, round(left.total_seconds())) if counted else 0
        self.undo, self.sure = about.undo or {}, about.sure or {}
        overdue = found.state == OrderState.ACCEPTED and found.due_at <= now
        # Another number each time: a countdown begins anew only when its seconds change.
        self.look = (_LOOK_SECONDS + (self.look == _LOOK_SECONDS)) if overdue else 0
        self.no, self.kind, self.state = found.no, found.kind, str(found.state)
        self.price, self.accepted_at = wire(found.price), wire(found.accepted_at)
        self.finished_at = wire(found.finished_at) if found.finished_at else {}


@shell.screen("/orders/[order_id]", title=T("orders.one", no=number(OneOrder.no)), on_load=OneOrder.load)
def one_order() -> rx.Component:
    """How it stands, the way back, the details."""
    return c.loading(
        # Until the order in the address is read, the State is that of the order before.
        OneOrder.loaded & ((OneOrder.place == arrival.last) | OneOrder.gone),
        rx.el.div(c.skeleton("card"), c.skeleton("rows", 3), class_name="flex flex-col gap-6"),
        rx.cond(
            OneOrder.gone,
            c.empty("clock", msg(OneOrder.gone), action=c.link_button(T("orders.all"), "/orders")),
            rx.fragment(
                rx.match(OneOrder.tone, *[(tone, _result(tone)) for tone in ("good", "bad")], _result("info")),
                rx.cond(OneOrder.sure, _undo()),
                _details(),
                rx.cond(OneOrder.again != "", c.link_button(_again(), OneOrder.again)),
                c.link(T("orders.all"), "/orders"),
                rx.cond(OneOrder.look > 0, _looking()),
            ),
        ),
    )


def _again() -> Any:
    return rx.cond(OneOrder.again == "/number", T("numbers.order.again"), T("change.order.again"))


def _result(tone: Any) -> rx.Component:
    soon = rx.cond(
        OneOrder.soon,
        rx.el.p(
            msg(OneOrder.soon),
            " ",
            c.countdown(seconds=OneOrder.seconds, on_end=OneOrder.look_again),
            class_name="text-l font-semibold",
        ),
    )
    said = rx.foreach(OneOrder.body, lambda each: rx.el.p(msg(each)))
    return rx.el.div(c.result(tone, msg(OneOrder.title), rx.fragment(soon), rx.fragment(said)), role="status")


def _undo() -> rx.Component:
    sure = rx.el.div(
        rx.el.p(msg(OneOrder.sure), class_name="font-semibold"),
        rx.el.div(
            c.button(T("numbers.order.withdraw_yes"), kind="danger", on_click=OneOrder.withdraw),
            c.button(T("numbers.order.withdraw_no"), kind="secondary", on_click=OneOrder.keep),
            class_name="flex flex-wrap gap-2",
        ),
        role="group",
        class_name="flex flex-col gap-4",
    )
    offer = rx.fragment(
        rx.el.p(msg(OneOrder.undo)),
        c.button(T("numbers.order.withdraw"), kind="secondary", icon="undo", on_click=OneOrder.ask_back),
    )
    return c.card(rx.cond(OneOrder.asking, sure, offer))


def _details() -> rx.Component:
    finished = (T("orders.finished_at"), moment(OneOrder.finished_at))
    rows = [
        (T("orders.no"), rx.el.span(number(OneOrder.no), class_name="tabular")),
        (choice("orders.kind", OneOrder.kind), choice("orders.state", OneOrder.state)),
        (T("numbers.review.price"), money(OneOrder.price)),
        (T("orders.accepted_at"), moment(OneOrder.accepted_at)),
    ]
    return c.card(rx.cond(OneOrder.finished_at, c.key_values(*rows, finished), c.key_values(*rows)))


def _looking() -> rx.Component:
    """Nothing to see: it asks again and again until the order has its end."""
    return rx.el.div(
        c.countdown(seconds=OneOrder.look, on_end=OneOrder.look_again), aria_hidden="true", class_name="hidden"
    )
