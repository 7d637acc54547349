"""Automatic top-up: whether it is on, what came of the last time and when the next is, the form, and turning it off."""

from typing import Any, TypedDict

import reflex as rx

from selfcare_app.adapters.cards.port import PAGE
from selfcare_app.i18n.message import Message, Wire, from_fault, message, wire
from selfcare_app.kit import clock
from selfcare_app.kit.actor import OwnOnly
from selfcare_app.kit.money import Money
from selfcare_app.payments.automatic import setup
from selfcare_app.payments.automatic.views import Begun, Last, Standing
from selfcare_app.ui import components as c
from selfcare_app.ui import journey, shell
from selfcare_app.ui.journey import DRAFT, Player
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, choice, datetime, money, msg
from selfcare_app.wiring import ask, do, wired

PATH, TOP_UP = "/top-up/automatic", "/top-up"
PLAYER = Player(
    setup.JOURNEY,
    PATH,
    "automatic",
    own={"sums": PATH, "review": f"{PATH}/review/{DRAFT}", "code": f"{PATH}/code/{DRAFT}"},
)
_SAID = (
    "paid",
    "sent",
    "refused",
    "unknown",
    "disputed",
    "settled",
    "locked",
    "sim_changed",
    "halted",
    "month_spent",
    "line_closed",
)


class SumsForm(TypedDict, total=False):
    """What the form sends."""

    threshold: str
    amount: str
    month: str
    other_card: str


class AutomaticTopUp(SignedState):
    """How it stands, and the form's errors."""

    loaded: bool = False
    gone: Message = {}
    obstacle: Message = {}
    closed: bool = False
    is_on: bool = False
    was_refused: bool = False
    waits: str = ""
    tail: str = ""
    threshold: Wire = {}
    amount: Wire = {}
    month: Wire = {}
    taken: Wire = {}
    typed_threshold: str = ""
    typed_amount: str = ""
    typed_month: str = ""
    threshold_least: Wire = {}
    threshold_most: Wire = {}
    amount_least: Wire = {}
    amount_most: Wire = {}
    month_most: Wire = {}
    last: str = ""
    last_tone: str = ""
    last_amount: Wire = {}
    last_at: Wire = {}
    next_at: Wire = {}
    errors: dict[str, Message] = {}

    @rx.event
    async def load(self):
        """Reads it anew."""
        self.errors, self.gone = {}, {}
        await self._read()

    @rx.event
    async def check(self, form: SumsForm):
        """Goes on to the check, or says what is wrong."""
        begun: Begun = await do(
            setup.begin,
            await self._actor(),
            threshold=form.get("threshold", ""),
            amount=form.get("amount", ""),
            month=form.get("month", ""),
            other_card=bool(form.get("other_card", "")),
            now=clock.now(),
        )
        self.errors = {name: from_fault(fault) for name, fault in begun.faults.items()}
        return rx.redirect(PLAYER.path("review", begun.draft_id)) if begun.draft_id else None

    @rx.event
    async def switch_off(self):
        """Turns it off at once."""
        await do(setup.switch_off, await self._actor(), now=clock.now())
        self._toast(message("automatic.page.switched_off"))
        await self._read()

    async def _read(self) -> None:
        try:
            found = await ask(setup.standing, await self._actor(), now=clock.now())
        except OwnOnly as refused:
            self.gone, self.loaded = from_fault(refused), True
            return
        self._show(found)
        self.loaded = True

    def _show(self, found: Standing) -> None:
        self.is_on, self.was_refused = found.is_on, not found.is_on and found.off_reason == "refused"
        self.obstacle = from_fault(found.obstacle) if found.obstacle else {}
        self.closed = wired().card_keeper() is None
        self.waits = f"{PAGE}/{found.waits}" if found.waits else ""
        self.tail, self.taken = found.card_tail, wire(found.taken)
        within = found.limits
        self.threshold_least, self.threshold_most = wire(within.threshold_least), wire(within.threshold_most)
        self.amount_least, self.amount_most = wire(within.amount_least), wire(within.amount_most)
        self.month_most = wire(within.month_most)
        if found.sums is not None:
            self.threshold, self.amount = wire(found.sums.threshold), wire(found.sums.amount)
            self.month = wire(found.sums.month)
            self.typed_threshold, self.typed_amount = _typed(found.sums.threshold), _typed(found.sums.amount)
            self.typed_month = _typed(found.sums.month)
        self.next_at = wire(found.next_at) if found.next_at else {}
        self._show_last(found.last)

    def _show_last(self, last: Last | None) -> None:
        self.last, self.last_tone = "", ""
        if last is not None:
            reason = last.reason.rpartition(".")[2]
            said = reason if reason in _SAID else last.state
            self.last = said if said in _SAID else "waits"
            self.last_tone = {"paid": "good", "sent": "info", "settled": "info", "new": "warn"}.get(last.state, "bad")
            self.last_amount, self.last_at = wire(last.amount), wire(last.at)


def _typed(amount: Money) -> str:
    """A sum as a person would type it; whole ones without hundredths."""
    return amount.text.removesuffix(f".{'0' * amount.scale}").replace(".", ",")


def content() -> rx.Component:
    """How it stands first; then the form, or what stands against it."""
    closed = c.notice("warn", T("automatic.page.closed"), T("automatic.page.closed_lead"))
    form = rx.cond(
        AutomaticTopUp.obstacle,
        c.notice("warn", msg(AutomaticTopUp.obstacle)),
        rx.cond(AutomaticTopUp.closed, closed, _form()),
    )
    full = rx.fragment(
        c.lead(T("automatic.page.lead")),
        rx.cond(AutomaticTopUp.was_refused, _off_refused()),
        rx.cond(AutomaticTopUp.waits != "", _waits()),
        rx.cond(AutomaticTopUp.is_on, _on()),
        rx.cond(AutomaticTopUp.last != "", _last()),
        rx.el.section(
            c.subheading(rx.cond(AutomaticTopUp.is_on, T("automatic.page.change"), T("automatic.page.set_up"))),
            form,
            class_name="flex flex-col gap-4",
        ),
    )
    gone = c.empty("lock", msg(AutomaticTopUp.gone))
    skeleton = rx.el.div(c.skeleton("card"), c.skeleton("rows", 3), class_name="flex flex-col gap-6")
    return c.loading(AutomaticTopUp.loaded, skeleton, rx.cond(AutomaticTopUp.gone, gone, full))


def card_text(tail: Any) -> Any:
    """The kept card by its last digits, or that there is one."""
    return rx.cond(tail != "", T("automatic.page.card_tail", tail=tail), T("automatic.page.card_kept"))


def _on() -> rx.Component:
    return c.card(
        c.key_values(
            (T("automatic.page.threshold"), _strong(money(AutomaticTopUp.threshold))),
            (T("automatic.page.amount"), _strong(money(AutomaticTopUp.amount))),
            (T("automatic.page.month"), money(AutomaticTopUp.month)),
            (T("automatic.page.taken"), money(AutomaticTopUp.taken)),
            (T("automatic.page.card"), card_text(AutomaticTopUp.tail)),
        ),
        c.button(T("automatic.page.switch_off"), kind="secondary", on_click=AutomaticTopUp.switch_off),
        title=T("automatic.page.on_title"),
    )


def _last() -> rx.Component:
    said = choice("automatic.last", AutomaticTopUp.last, amount=money(AutomaticTopUp.last_amount))
    body = (
        rx.el.p(datetime(AutomaticTopUp.last_at)),
        rx.cond(AutomaticTopUp.next_at, rx.el.p(T("automatic.page.next", at=datetime(AutomaticTopUp.next_at)))),
    )
    tones = [(tone, c.notice(tone, said, *body)) for tone in ("good", "info", "warn")]
    return rx.el.section(
        c.subheading(T("automatic.page.last")),
        rx.match(AutomaticTopUp.last_tone, *tones, c.notice("bad", said, *body)),
        id="last",
        class_name="flex flex-col gap-4",
    )


def _off_refused() -> rx.Component:
    return c.notice("bad", T("automatic.page.off_refused"), T("automatic.page.off_refused_lead"))


def _waits() -> rx.Component:
    go = c.link_button(T("automatic.page.waits_go"), AutomaticTopUp.waits)
    return c.notice("info", T("automatic.page.waits"), T("automatic.page.waits_lead"), action=go)


def _form() -> rx.Component:
    least, most = money(AutomaticTopUp.threshold_least), money(AutomaticTopUp.threshold_most)
    amounts = {"least": money(AutomaticTopUp.amount_least), "most": money(AutomaticTopUp.amount_most)}
    return c.form(
        _sum("threshold", T("automatic.page.threshold_hint", least=least, most=most), AutomaticTopUp.typed_threshold),
        _sum("amount", T("automatic.page.amount_hint", **amounts), AutomaticTopUp.typed_amount),
        _sum(
            "month", T("automatic.page.month_hint", most=money(AutomaticTopUp.month_most)), AutomaticTopUp.typed_month
        ),
        rx.cond(
            AutomaticTopUp.is_on,
            c.checkbox("other_card", T("automatic.page.other_card"), hint=T("automatic.page.other_card_hint")),
        ),
        c.hint(T("automatic.page.keeps")),
        c.button(T("automatic.page.submit"), type="submit", wide=True),
        on_submit=AutomaticTopUp.check,
        errors=AutomaticTopUp.errors,
    )


def _sum(name: str, hint: Any, value: Any) -> rx.Component:
    label = T(f"automatic.page.{name}")
    field = c.field(name, label, kind="amount", hint=hint, value=value, max_length=20)
    # Another key is another field: what was chosen takes the place of what was there when it is read.
    return rx.el.div(field, key=value)


def _strong(text: object) -> rx.Component:
    return rx.el.span(text, class_name="tabular font-semibold")


if operator().automatic_top_up is not None:
    journey.PLAYERS[setup.KIND] = PLAYER
    shell.screen(PATH, title="automatic.title", on_load=AutomaticTopUp.load, back=TOP_UP)(content)
