"""The check of a change: what it costs, when it takes effect, what ends with it; and confirming exactly that."""

from typing import Any

import reflex as rx

from selfcare_app.i18n.message import Message, Wire, from_fault, wire
from selfcare_app.kit import clock
from selfcare_app.kit.errors import NotFound
from selfcare_app.orders import change
from selfcare_app.orders.change_views import Terms
from selfcare_app.orders.draft import DraftClosed, NoDraft
from selfcare_app.orders.obstacles import TermsChanged
from selfcare_app.ui import components as c
from selfcare_app.ui import journey, shell
from selfcare_app.ui.journey import id_in, last_of
from selfcare_app.ui.pages.access import arrival
from selfcare_app.ui.pages.access.prove import prove_form
from selfcare_app.ui.pages.change.parts import CHANGE, effect_of, fee
from selfcare_app.ui.pages.tariff.advice import advice_slot
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, choice, money, msg
from selfcare_app.wiring import ask, do

BACK = {
    "tariff_change": "/tariff",
    "service_on": "/services",
    "service_off": "/services",
    "pause_on": "/pause",
    "pause_off": "/pause",
}


class ChangeTerms(SignedState):
    """What would be confirmed, as it stands now, and what stands against it."""

    ready: bool = False
    place: str = ""
    over: Message = {}
    kind: str = ""
    subject: str = ""
    name: str = ""
    old_name: str = ""
    description: str = ""
    effect: Message = {}
    fee: Wire = {}
    fee_period: str = "month"
    is_free: bool = False
    old_fee: Wire = {}
    old_fee_period: str = "month"
    was_free: bool = False
    parts: list[dict[str, Any]] = []
    total: Wire = {}
    given_back: Wire = {}
    nothing: bool = True
    ends: list[str] = []
    no_return: bool = False
    not_given_back: bool = False
    needs_code: bool = False
    obstacle: Message = {}
    digest: str = ""
    back: str = "/services"

    @rx.event
    async def load(self):
        """Reads the terms anew; what is an order already is shown as one."""
        self.ready, self.digest, self.obstacle, self.over = False, "", {}, {}
        draft_id = id_in(self.router.url.path)
        try:
            self._show(await ask(change.review, await self._actor(), draft_id=draft_id, now=clock.now()))
        except DraftClosed:
            return rx.redirect(f"/orders/{draft_id}", replace=True)
        except NotFound as gone:
            self.over = from_fault(gone if isinstance(gone, NoDraft) else NoDraft())
        self.ready, self.place = True, last_of(self.router.url.path)
        return None

    @rx.event
    async def confirm(self, digest: str):
        """Confirms what is on the screen; terms that have changed meanwhile are shown instead."""
        draft_id = id_in(self.router.url.path)
        named = {"draft_id": draft_id, "digest": digest, "now": clock.now()}
        try:
            placed = await do(change.confirm, await self._actor(), **named)
        except TermsChanged as changed:
            self.notice = from_fault(changed)
            return ChangeTerms.load
        return rx.redirect(f"/orders/{placed.id}")

    def _show(self, terms: Terms) -> None:
        self.kind, self.subject, self.name, self.old_name = terms.kind, terms.subject, terms.name, terms.old_name
        self.description, self.effect = terms.description, effect_of(terms)
        self.fee, self.fee_period = wire(terms.fee) if terms.fee else {}, terms.fee_period
        self.old_fee, self.old_fee_period = wire(terms.old_fee) if terms.old_fee else {}, terms.old_fee_period
        self.is_free = terms.fee is not None and not terms.fee.minor
        self.was_free = terms.old_fee is not None and not terms.old_fee.minor
        self.parts = [
            {"item": part.item, "name": part.name, "back": part.amount.minor < 0, "amount": wire(part.amount)}
            for part in terms.parts
        ]
        self.total = wire(terms.total) if terms.total.minor > 0 else {}
        self.given_back = wire(-terms.total) if terms.total.minor < 0 else {}
        self.nothing = not terms.parts
        self.ends, self.no_return, self.not_given_back = list(terms.ends), terms.no_return, terms.not_given_back
        self.needs_code = terms.needs_code
        self.obstacle = from_fault(terms.obstacle) if terms.obstacle else {}
        self.digest, self.back = terms.digest, BACK[terms.kind]


@shell.screen(CHANGE, title="change.review.title", on_load=ChangeTerms.load)
def change_terms() -> rx.Component:
    """The terms, or that the draft is no more."""
    return c.loading(
        # Until the draft in the address is read, the State is that of the one before.
        ChangeTerms.ready & ((ChangeTerms.place == arrival.last) | ChangeTerms.over),
        rx.el.div(c.skeleton("card"), c.skeleton("card"), class_name="flex flex-col gap-6"),
        rx.cond(
            ChangeTerms.over,
            journey.gone(ChangeTerms.over, action=c.link_button(T("change.review.services"), "/services")),
            _terms(),
        ),
    )


def _terms() -> rx.Component:
    return rx.fragment(
        rx.cond(ChangeTerms.obstacle, c.notice("warn", msg(ChangeTerms.obstacle))),
        rx.cond(ChangeTerms.no_return, c.notice("warn", T("change.review.no_return", name=ChangeTerms.old_name))),
        c.card(
            rx.cond(ChangeTerms.description != "", rx.el.p(ChangeTerms.description, class_name="wrap-anywhere")),
            rx.el.dl(
                rx.cond(ChangeTerms.old_name != "", _row(T("change.review.now"), ChangeTerms.old_name)),
                rx.cond(ChangeTerms.old_fee, _row(T("change.review.old_fee"), _old_fee())),
                rx.cond(ChangeTerms.fee, _row(T("change.review.new_fee"), _new_fee())),
                _row(T("change.review.effect"), msg(ChangeTerms.effect, area="change")),
                class_name="divide-y divide-line",
            ),
            title=choice("change.named", ChangeTerms.kind, name=ChangeTerms.name),
        ),
        _bill(),
        _warnings(),
        rx.cond(ChangeTerms.kind == "tariff_change", advice_slot()),
        rx.cond(
            ChangeTerms.obstacle,
            c.actions(c.link_button(T("change.review.other"), ChangeTerms.back, kind="secondary")),
            rx.cond(ChangeTerms.needs_code, _code(), _confirm()),
        ),
    )


def _old_fee() -> Any:
    return fee(ChangeTerms.old_fee, ChangeTerms.old_fee_period, ChangeTerms.was_free)


def _new_fee() -> Any:
    return fee(ChangeTerms.fee, ChangeTerms.fee_period, ChangeTerms.is_free)


def _row(label: Any, value: Any) -> rx.Component:
    return rx.el.div(
        rx.el.dt(label, class_name="text-s text-muted"),
        rx.el.dd(value, class_name="font-semibold wrap-anywhere"),
        class_name="flex flex-wrap items-baseline justify-between gap-x-4 py-2",
    )


def _bill() -> rx.Component:
    """What is charged when the change is carried out, part by part."""

    def part(row: Any) -> rx.Component:
        said = rx.cond(
            row["back"],
            T("change.bill.back", name=row["name"].to(str)),
            choice("change.bill.item", row["item"], name=row["name"].to(str)),
        )
        return rx.el.div(
            rx.el.dt(said, class_name="min-w-0 wrap-anywhere"),
            rx.el.dd(money(row["amount"], sign=True), class_name="tabular whitespace-nowrap"),
            class_name="flex justify-between gap-4 py-2",
        )

    total = rx.cond(
        ChangeTerms.total,
        _row(T("change.bill.total"), money(ChangeTerms.total)),
        rx.cond(ChangeTerms.given_back, _row(T("change.bill.given_back"), money(ChangeTerms.given_back))),
    )
    return rx.cond(
        ChangeTerms.nothing,
        c.hint(T("change.bill.nothing")),
        c.card(
            rx.el.dl(rx.foreach(ChangeTerms.parts, part), total, class_name="divide-y divide-line"),
            title=T("change.bill.title"),
        ),
    )


def _warnings() -> rx.Component:
    ending = rx.el.ul(rx.foreach(ChangeTerms.ends, _end), class_name="list-disc pl-5 wrap-anywhere")
    return rx.fragment(
        rx.cond(ChangeTerms.ends, c.notice("info", T("change.review.ends"), ending)),
        rx.cond(ChangeTerms.not_given_back, c.hint(T("change.review.not_given_back"))),
    )


def _end(name: Any) -> rx.Component:
    return rx.el.li(name)


def _confirm() -> rx.Component:
    return c.actions(
        c.button(T("change.review.confirm"), on_click=ChangeTerms.confirm(ChangeTerms.digest)),
        c.link_button(T("change.review.other"), ChangeTerms.back, kind="quiet"),
    )


def _code() -> rx.Component:
    """Where the operator asks for it, the change is confirmed by a code for exactly these terms."""
    if operator().proofs.tariff_change is None:
        return rx.fragment()
    draft = ChangeTerms.router.url.path.split("/")[-1]
    kind = "tariff_change"
    return prove_form(kind, ChangeTerms.digest, back=ChangeTerms.router.url.path, then=kind, subject=draft)
