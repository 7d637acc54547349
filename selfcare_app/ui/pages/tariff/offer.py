"""The tariff plans that one can go over to: what they give, what they cost, and the one that the line has."""

from typing import Any

import reflex as rx

from selfcare_app.catalogue.views import PlanView
from selfcare_app.i18n.message import Message, Wire, from_fault, wire
from selfcare_app.kit import clock
from selfcare_app.operators.schema import Feature
from selfcare_app.orders import tariff
from selfcare_app.orders.change_views import PlanOffer
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.change.agreement import agreement_form
from selfcare_app.ui.pages.change.parts import Beginning, against, fee
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T, date, money
from selfcare_app.wiring import ask

PATH = Feature.TARIFF_CHANGE.path
ADVICE = f"{PATH}/advice"


class TariffOffer(Beginning):
    """The line's plan, and those it can go over to."""

    loaded: bool = False
    closed: bool = False
    current: dict[str, Any] = {}
    plans: list[dict[str, Any]] = []
    no_return: bool = False
    due: Wire = {}
    at_once: bool = False
    obstacle: Message = {}
    order: str = ""

    @rx.event
    async def load(self):
        """Reads the plans anew."""
        self._show(await ask(tariff.offer, await self._actor(), now=clock.now()))

    @rx.event
    async def accept(self, form: dict):
        """The service agreement; after it the plans."""
        if await self._accept(form):
            self._show(await ask(tariff.offer, await self._actor(), now=clock.now()))

    @rx.event
    async def choose(self, code: str):
        """Goes on to the check with a plan."""
        return await self._begin(tariff.KIND, code)

    def _show(self, found: PlanOffer) -> None:
        self.closed = found.needs_agreement
        self.current = _plan(found.current) if found.current else {}
        self.plans = [] if found.needs_agreement else [_plan(each) for each in found.plans]
        self.no_return = found.no_return and not found.needs_agreement
        self.due = wire(found.due_at.astimezone(operator().zone).date())
        self.at_once = found.effect in ("at_once", "within")
        self.obstacle = from_fault(found.obstacle) if found.obstacle else {}
        self.order = f"/orders/{found.order_id}" if found.order_id else ""
        self.loaded = True


def _plan(plan: PlanView) -> dict[str, Any]:
    switch = plan.switch_fee
    return {
        "code": plan.code,
        "name": plan.name,
        "description": plan.description,
        "benefits": plan.benefits,
        "link": plan.link if plan.link.startswith("https://") else "",
        "fee": wire(plan.fee),
        "period": plan.fee_period,
        "free": not plan.fee.minor,
        "switch": wire(switch) if switch and switch.minor else {},
    }


def plans() -> rx.Component:
    """The agreement where it is asked for, the line's plan, the others."""
    return c.loading(
        TariffOffer.loaded,
        rx.el.div(c.skeleton("card"), c.skeleton("rows", 4), class_name="flex flex-col gap-6"),
        rx.fragment(
            against(TariffOffer.obstacle, TariffOffer.order),
            rx.cond(TariffOffer.current, _current()),
            rx.el.p(c.link(T("tariff.advice"), ADVICE)),
            rx.cond(TariffOffer.closed, agreement_form(TariffOffer.accept, TariffOffer.errors), _others()),
        ),
    )


def _current() -> rx.Component:
    plan = TariffOffer.current
    return c.card(
        rx.el.p(plan["name"].to(str), class_name="text-l font-semibold wrap-anywhere"),
        rx.el.p(fee(plan["fee"], plan["period"], plan["free"]), class_name="tabular"),
        rx.cond(plan["benefits"], rx.el.p(plan["benefits"].to(str), class_name="text-s text-muted wrap-anywhere")),
        title=T("tariff.current"),
        id="current",
    )


def _others() -> rx.Component:
    nothing = c.empty("tag", T("tariff.empty"), T("tariff.empty_lead"))
    when = rx.cond(TariffOffer.at_once, T("tariff.lead_at_once"), T("tariff.lead", day=date(TariffOffer.due)))
    some = rx.fragment(
        c.lead(when),
        rx.cond(TariffOffer.no_return, c.notice("warn", T("tariff.no_return"))),
        rx.el.ul(rx.foreach(TariffOffer.plans, _other), id="plans", class_name="grid gap-4 lg:grid-cols-2"),
    )
    return rx.cond(TariffOffer.plans, some, nothing)


def _other(plan: Any) -> rx.Component:
    named = {"aria-label": T("tariff.choose_named", name=plan["name"].to(str))}
    return rx.el.li(
        rx.el.div(
            rx.el.h2(plan["name"].to(str), class_name="text-l font-semibold wrap-anywhere"),
            rx.cond(plan["description"], rx.el.p(plan["description"].to(str), class_name="wrap-anywhere")),
            rx.cond(plan["link"], c.outer_link(T("tariff.more"), plan["link"])),
            class_name="flex flex-col gap-2",
        ),
        rx.el.div(
            rx.el.p(fee(plan["fee"], plan["period"], plan["free"]), class_name="tabular font-semibold"),
            rx.cond(
                plan["switch"],
                rx.el.p(T("tariff.switch", price=money(plan["switch"])), class_name="tabular text-s text-muted"),
                rx.el.p(T("tariff.switch_free"), class_name="text-s text-muted"),
            ),
        ),
        rx.cond(
            TariffOffer.obstacle,
            rx.fragment(),
            c.button(
                T("tariff.choose"), kind="secondary", on_click=TariffOffer.choose(plan["code"]), custom_attrs=named
            ),
        ),
        class_name="flex flex-col justify-between gap-4 rounded-card bg-raised p-4 shadow-card",
    )


if operator().has(Feature.TARIFF_CHANGE):
    shell.screen(PATH, title="tariff.title", feature=Feature.TARIFF_CHANGE, on_load=TariffOffer.load)(plans)
