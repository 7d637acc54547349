"""Services of the line and packages of mobile internet: what there is, since when, what it costs, on and off."""

from typing import Any

import reflex as rx

from selfcare_app.i18n.message import Message, from_fault, message, wire
from selfcare_app.kit import clock
from selfcare_app.kit.actor import Subscriber
from selfcare_app.operators.schema import Feature
from selfcare_app.orders import services, undo
from selfcare_app.orders.change_views import ServiceItem, ServiceList
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.journey import id_in
from selfcare_app.ui.pages.change.agreement import agreement_form
from selfcare_app.ui.pages.change.parts import Beginning, against, fee
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T, choice, date, money, time
from selfcare_app.wiring import ask, do

SERVICES, INTERNET = Feature.SERVICES, Feature.MOBILE_INTERNET


class ServicesPage(Beginning):
    """The services by category."""

    loaded: bool = False
    closed: bool = False
    of_plan: bool = False
    obstacle: Message = {}
    groups: list[dict[str, Any]] = []

    @rx.event
    async def load(self):
        """Reads the services anew."""
        await self._read(await self._actor())

    @rx.event
    async def accept(self, form: dict):
        """The service agreement; after it the services."""
        if await self._accept(form):
            await self._read(await self._actor())

    @rx.event
    async def switch_on(self, code: str):
        """Goes on to the check of connecting a service."""
        return await self._begin(services.ON, code)

    @rx.event
    async def switch_off(self, code: str):
        """Goes on to the check of disconnecting a service."""
        return await self._begin(services.OFF, code)

    @rx.event
    async def undo(self, connection_id: str):
        """Undoes a connection by mistake: the money is back at once."""
        actor = await self._actor()
        done = await do(undo.undo, actor, connection_id=id_in(connection_id), now=clock.now())
        self._toast(message("service.undo.done", name=done.name, amount=done.amount))
        await self._read(actor)

    async def _read(self, actor: Subscriber) -> None:
        # One State for both pages: which one it is stands in the address.
        packages = self.router.url.path.startswith(INTERNET.path)
        found = await ask(services.packages if packages else services.listing, actor, now=clock.now())
        self.closed = found.needs_agreement
        self.obstacle = from_fault(found.obstacle) if found.obstacle else {}
        self.of_plan = packages and not found.needs_agreement and all(item.state == "off" for item in found.items)
        self.groups = [] if found.needs_agreement else _groups(found)
        self.loaded = True


def _groups(found: ServiceList) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in sorted(found.items, key=lambda each: each.state == "off"):
        key = "mine" if item.state != "off" else item.service.category
        groups.setdefault(key, []).append(_row(item, can=found.obstacle is None))
    return [{"category": category, "rows": rows} for category, rows in groups.items()]


def _row(item: ServiceItem, *, can: bool) -> dict[str, Any]:
    service = item.service
    connect = service.connect_fee
    return {
        "code": service.code,
        "name": service.name,
        "description": service.description,
        "fee": wire(service.fee),
        "period": service.fee_period,
        "free": service.is_free,
        "connect": wire(connect) if connect and connect.minor else {},
        "state": item.state,
        "since": wire(item.connected_at) if item.connected_at else {},
        "order": f"/orders/{item.order_id}" if item.order_id else "",
        "can": can and item.can_change,
        "undo": str(item.connection_id) if item.undo_until else "",
        "undo_amount": wire(item.undo_amount) if item.undo_amount else {},
        "undo_until": wire(item.undo_until) if item.undo_until else {},
    }


def listing() -> rx.Component:
    """The agreement where it is asked for, then what there is by category."""
    nothing = c.empty("grid", T("service.empty"), T("service.empty_lead"))
    some = rx.el.div(rx.foreach(ServicesPage.groups, _group), id="services", class_name="flex flex-col gap-6")
    return c.loading(
        ServicesPage.loaded,
        rx.el.div(c.skeleton("rows", 3), c.skeleton("rows", 4), class_name="flex flex-col gap-6"),
        rx.fragment(
            against(ServicesPage.obstacle, ""),
            rx.cond(ServicesPage.of_plan, rx.el.p(T("service.of_plan"), class_name="font-semibold")),
            rx.cond(
                ServicesPage.closed,
                agreement_form(ServicesPage.accept, ServicesPage.errors),
                rx.cond(ServicesPage.groups, some, nothing),
            ),
        ),
    )


def _group(group: Any) -> rx.Component:
    return rx.el.section(
        rx.el.h2(choice("service.category", group["category"]), class_name="px-4 pb-2 text-s font-semibold"),
        rx.el.ul(
            rx.foreach(group["rows"].to(list[dict[str, Any]]), _service),
            class_name="divide-y divide-line rounded-card bg-raised shadow-card",
        ),
    )


def _service(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(row["name"].to(str), class_name="font-semibold wrap-anywhere"),
            rx.cond(row["description"], rx.el.p(row["description"].to(str), class_name="text-s wrap-anywhere")),
            rx.el.p(fee(row["fee"], row["period"], row["free"]), class_name="tabular text-s text-muted"),
            rx.cond(
                row["connect"],
                rx.el.p(T("service.connect_fee", price=money(row["connect"])), class_name="tabular text-s text-muted"),
            ),
            _standing(row),
            class_name="min-w-48 flex-1",
        ),
        _switch(row),
        _undo(row),
        class_name="flex flex-wrap items-start justify-between gap-x-4 gap-y-2 p-4",
    )


def _standing(row: Any) -> rx.Component:
    waiting = c.link(choice("service.state", row["state"]), row["order"])
    since = rx.el.p(T("service.since", day=date(row["since"])), class_name="text-s text-good")
    return rx.match(row["state"], ("on", since), ("connecting", waiting), ("disconnecting", waiting), rx.fragment())


def _switch(row: Any) -> rx.Component:
    def button(word: str, act: Any, kind: Any) -> rx.Component:
        named = {"aria-label": T(f"service.{word}_named", name=row["name"].to(str))}
        return c.button(T(f"service.{word}"), kind=kind, on_click=act(row["code"]), custom_attrs=named)

    off, on = button("off", ServicesPage.switch_off, "quiet"), button("on", ServicesPage.switch_on, "secondary")
    return rx.cond(row["can"], rx.cond(row["state"] == "on", off, on))


def _undo(row: Any) -> rx.Component:
    said = T("service.undo.lead", until=time(row["undo_until"]), amount=money(row["undo_amount"]))
    named = {"aria-label": T("service.undo.named", name=row["name"].to(str))}
    return rx.cond(
        row["undo"] != "",
        rx.el.div(
            rx.el.p(said, class_name="text-s"),
            c.button(
                T("service.undo.button"), kind="secondary", icon="undo", on_click=ServicesPage.undo(row["undo"]),
                custom_attrs=named,
            ),
            class_name="flex w-full flex-col items-start gap-2 rounded-card bg-accent-soft p-4",
        ),
    )  # fmt: skip


if operator().has(SERVICES):
    shell.screen(SERVICES.path, title="service.title", feature=SERVICES, on_load=ServicesPage.load)(listing)
if operator().has(INTERNET):

    def packages() -> rx.Component:
        """The same list of what else there is to have of mobile internet."""
        return listing()

    shell.screen(INTERNET.path, title="service.internet", feature=INTERNET, on_load=ServicesPage.load)(packages)
