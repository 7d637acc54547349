"""Tariff advice: the last months on every plan open to the line, with the price of going over, the cheapest first."""

from typing import Any

import reflex as rx

from selfcare_app.i18n.message import Wire, from_fault, wire
from selfcare_app.kit import clock
from selfcare_app.kit.actor import SignInNeeded
from selfcare_app.kit.errors import Fault
from selfcare_app.operators.schema import Feature
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.components.chart import behind, share, shares
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, date, datetime, money
from selfcare_app.usage import advice
from selfcare_app.usage.views_advice import Advice, PlanCost
from selfcare_app.wiring import ask

PATH = "/tariff/advice"


class TariffAdvice(SignedState):
    """What the last months would have cost on each plan."""

    stage: str = ""
    missing: str = ""
    months: list[Wire] = []
    plans: list[dict[str, Any]] = []
    stay: bool = True
    best: str = ""
    with_package: bool = False
    saving: Wire = {}
    prices_at: Wire = {}

    @rx.event
    async def load(self):
        """Has it worked out anew."""
        self.stage = "failed"
        try:
            self._show(await ask(advice.read, await self._actor(), now=clock.now()))
        except SignInNeeded:
            raise
        except Fault as fault:
            self.stage = "closed"
            self.notice = from_fault(fault)

    @rx.event
    async def look(self):
        """The same for a page that goes on without it: what fails is left out there."""
        try:
            self._show(await ask(advice.read, await self._actor(), now=clock.now()))
        except SignInNeeded:
            raise
        except Fault:
            self.stage = "closed"

    def _show(self, found: Advice) -> None:
        self.missing, self.stay = found.missing, found.stay
        self.months = [wire(month) for month in found.months]
        parts = shares([plan.total.minor for plan in found.plans])
        self.plans = [plan_row(plan, part) for plan, part in zip(found.plans, parts, strict=True)]
        best = found.plan(found.best, found.best_package)
        self.best = _name(best) if best else ""
        self.with_package = bool(best and best.package)
        self.saving = wire(best.saving - best.switching) if best and not found.stay else {}
        self.prices_at = wire(found.prices_at)
        self.stage = "missing" if found.missing else "advice"


def plan_row(plan: PlanCost, part: int) -> dict[str, Any]:
    """A plan as state keeps it."""
    return {
        "name": _name(plan),
        "present": plan.is_present,
        "total": wire(plan.total),
        "fee": wire(plan.fee),
        "usage": wire(plan.usage),
        "switching": wire(plan.switching) if plan.switching.minor else {},
        "sign": (plan.saving.minor > 0) - (plan.saving.minor < 0),
        "saving": wire(plan.saving if plan.saving.minor >= 0 else -plan.saving),
        "part": part,
        "months": [{"first": wire(month.first), "total": wire(month.total)} for month in plan.months],
    }


def _name(plan: PlanCost) -> str:
    """The plan, and the package beside it."""
    return f"{plan.name} + {plan.package_name}" if plan.package else plan.name


def tariff_advice() -> rx.Component:
    """The advice, or why there is none."""
    state = TariffAdvice
    return rx.match(
        state.stage,
        ("advice", _shown(state)),
        ("missing", _missing(state)),
        ("failed", _failed()),
        ("closed", rx.fragment()),
        rx.el.div(c.skeleton("card"), c.skeleton("card", 3), class_name="flex flex-col gap-6"),
    )


def verdict(state: Any) -> rx.Component:
    """To stay or to go, in a notice."""
    return rx.cond(
        state.stay,
        c.notice("good", T("advice.stay"), T("advice.stay_lead")),
        c.notice("info", T("advice.better", name=state.best), T("advice.better_lead", amount=money(state.saving))),
    )


def _shown(state: Any) -> rx.Component:
    change = shell.BUILT.get(Feature.TARIFF_CHANGE, "")
    services = shell.BUILT.get(Feature.SERVICES, "")
    months = rx.el.ul(
        rx.foreach(state.months, lambda month: rx.el.li(date(month, "month"), class_name="whitespace-nowrap")),
        aria_label=T("advice.months"),
        class_name="flex flex-wrap gap-x-4 text-s text-muted",
    )
    return rx.el.div(
        c.lead(T("advice.lead")),
        months,
        verdict(state),
        rx.el.ol(rx.foreach(state.plans, _plan), class_name="flex flex-col gap-4"),
        c.hint(T("advice.prices", at=datetime(state.prices_at))),
        c.actions(c.link_button(T("advice.change"), change, kind="primary")) if change else None,
        rx.cond(state.with_package, c.actions(c.link_button(T("advice.services"), services))) if services else None,
        class_name="flex flex-col gap-6",
    )


def _plan(plan: Any) -> rx.Component:
    against = rx.match(
        plan["sign"],
        (1, T("advice.cheaper", amount=money(plan["saving"]))),
        (-1, T("advice.dearer", amount=money(plan["saving"]))),
        T("advice.same"),
    )
    switching = rx.cond(plan["switching"], money(plan["switching"]), T("advice.free"))
    months = rx.el.dl(
        rx.foreach(
            plan["months"].to(list[dict[str, Any]]),
            lambda month: rx.el.div(
                rx.el.dt(date(month["first"], "month"), class_name="text-muted"),
                rx.el.dd(money(month["total"]), class_name="tabular"),
                class_name="flex justify-between gap-4 py-1",
            ),
        )
    )
    return rx.el.li(
        rx.el.p(
            rx.el.span(plan["name"], class_name="min-w-0 flex-1 font-semibold"),
            c.amount(plan["total"]),
            class_name="flex items-baseline gap-4",
        ),
        rx.el.p(rx.cond(plan["present"], T("advice.present"), against), class_name="text-s font-semibold"),
        share(plan["part"]),
        c.key_values((T("advice.fee"), money(plan["fee"])), (T("advice.usage"), money(plan["usage"]))),
        rx.cond(plan["present"], rx.fragment(), c.key_values((T("advice.switching"), switching))),
        behind(T("advice.by_month"), months),
        class_name="flex flex-col gap-2 rounded-card bg-raised p-4 shadow-card",
    )


def _missing(state: Any) -> rx.Component:
    return rx.cond(
        state.missing == "months",
        c.empty("calendar", T("advice.no_months"), T("advice.no_months_lead")),
        c.empty("tag", T("advice.no_prices"), T("advice.no_prices_lead")),
    )


def _failed() -> rx.Component:
    again = c.button(T("advice.failed.again"), kind="secondary", icon="refresh", on_click=TariffAdvice.load)
    return c.empty("cloud-off", T("advice.failed.title"), T("advice.failed.lead"), action=again)


if operator().has(Feature.TARIFF_CHANGE):
    shell.screen(PATH, title="advice.title", on_load=TariffAdvice.load, back=Feature.USAGE.path)(tariff_advice)
