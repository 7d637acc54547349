"""Putting money on an account: how, on which number, how much; other ways; what was begun and not finished."""

from typing import Any, TypedDict
from uuid import UUID

import reflex as rx

from selfcare_app.adapters.cards.port import PAGE
from selfcare_app.i18n.message import Message, Wire, from_fault, wire
from selfcare_app.kit import amount as typed_amount
from selfcare_app.kit import clock
from selfcare_app.kit.errors import Fault
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import NotANumber
from selfcare_app.operators.schema import Feature
from selfcare_app.payments import hosted, rules_top_up
from selfcare_app.payments.hosted_views import HostedView, Offer
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.topup.automatic import PATH as AUTOMATIC
from selfcare_app.ui.pages.topup.payment import OnePayment
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, choice, date, money
from selfcare_app.wiring import ask, do, wired

_HOSTED = ("bank_card", "webmoney")
_OTHER_WAYS = (Feature.VOUCHER, Feature.PROMISED_PAYMENT)
_OF_NUMBER = (NotANumber, rules_top_up.OwnOnly, hosted.NoSuchNumber, hosted.TooManyNumbers)
_OF_AMOUNT = (typed_amount.NotAnAmount, rules_top_up.TooLittle, rules_top_up.TooMuch, rules_top_up.MonthSpent)


class TopUpForm(TypedDict, total=False):
    """What the form sends."""

    way: str
    number: str
    amount: str


class TopUp(SignedState):
    """What may be paid, and the ticket that makes a form sent twice one payment."""

    loaded: bool = False
    closed: bool = False
    chosen: bool = False
    """Whether there is more than one way, so that one is chosen."""

    number: str = ""
    amount: str = ""
    least: Wire = {}
    most: Wire = {}
    other_least: Wire = {}
    other_most: Wire = {}
    other_left: Wire = {}
    unfinished: list[dict[str, Any]] = []
    errors: dict[str, Message] = {}

    _ticket: str = ""

    @rx.event
    async def load(self):
        """Reads what may be paid; a form that is shown anew is another payment."""
        found = await ask(hosted.offer, await self._actor(), now=clock.now())
        self._ticket, self.errors, self.amount = str(new_id()), {}, ""
        open_ = _open_ways()
        self.closed, self.chosen = not open_, len(open_) > 1
        self.number = f"+{found.number}" if found.number else ""
        self._show(found)

    @rx.event
    async def choose(self, minor: int):
        """Fills a usual amount in."""
        profile = operator()
        if minor in profile.top_up.quick_minor:
            text = Money(minor, profile.currency, profile.currency_scale).text
            self.amount = text.removesuffix(f".{'0' * profile.currency_scale}")
            self._focus("amount")

    @rx.event
    async def pay(self, form: TopUpForm):
        """Begins the payment; the page of it leads on to the bank."""
        actor, now, self.errors = await self._actor(), clock.now(), {}
        profile, way = operator(), form.get("way", "") or next(iter(_open_ways()), "")
        taker = wired().acquirer(way)
        try:
            asked = typed_amount.read(form.get("amount", ""), profile.currency, profile.currency_scale)
            await do(hosted.name_other, actor, number=form.get("number", ""), now=now)
            begun = await do(
                hosted.begin,
                actor,
                ticket=UUID(self._ticket) if self._ticket else new_id(),
                way=way,
                acquirer=taker.name if taker else "",
                number=form.get("number", ""),
                amount=asked,
                now=now,
            )
        except Fault as refused:
            self.errors = {_field(refused): from_fault(refused)}
            return None
        payment = await self.get_state(OnePayment)
        payment._go_on_with(begun.id)
        return rx.redirect(f"{PAGE}/{begun.id}")

    def _show(self, found: Offer) -> None:
        self.least, self.most = wire(found.least), wire(found.most)
        self.other_least = wire(found.other_least) if found.other_least else {}
        self.other_most = wire(found.other_most) if found.other_most else {}
        self.other_left = wire(found.other_left) if found.other_left else {}
        self.unfinished = [_row(each) for each in found.unfinished]
        self.loaded = True


def _field(refused: Fault) -> str:
    if isinstance(refused, _OF_NUMBER):
        return "number"
    return "amount" if isinstance(refused, _OF_AMOUNT) else "way"


def _row(found: HostedView) -> dict[str, Any]:
    return {
        "way": found.way,
        "amount": wire(found.amount),
        "at": wire(found.created_at),
        "state": found.state,
        "to": f"{PAGE}/{found.id}",
    }


def _ways() -> tuple[str, ...]:
    """The ways to pay that lead to somebody's page, in the profile's order."""
    return tuple(str(way) for way in operator().top_up.ways if way in _HOSTED)


def _open_ways() -> tuple[str, ...]:
    """Those of them that somebody takes the money of."""
    return tuple(way for way in _ways() if wired().acquirer(way))


if operator().has(Feature.TOP_UP):

    @shell.screen("/top-up", title="topup.title", feature=Feature.TOP_UP, on_load=TopUp.load)
    def top_up() -> rx.Component:
        """The form, or what else there is; then other ways and what was begun."""
        return c.loading(
            TopUp.loaded,
            rx.el.div(c.skeleton("line"), c.skeleton("card"), c.skeleton("rows", 2), class_name="flex flex-col gap-6"),
            rx.fragment(
                _paying() if _ways() else c.lead(T("topup.page.lead_ways")),
                _by_itself() if operator().automatic_top_up else None,
                rx.cond(TopUp.unfinished, _unfinished()),
                _other_ways(),
            ),
        )


def _paying() -> rx.Component:
    closed = c.notice("warn", T("topup.page.closed"), rx.el.p(T("topup.page.closed_lead")))
    return rx.cond(TopUp.closed, closed, rx.fragment(c.lead(T("topup.page.lead")), _form()))


def _form() -> rx.Component:
    ways, rule = _ways(), operator().top_up
    options = [(way, T(f"topup.way.{way}"), T(f"topup.way_hint.{way}")) for way in ways]
    hint = T("topup.page.amount_hint", least=money(TopUp.least), most=money(TopUp.most))
    return c.form(
        rx.cond(TopUp.chosen, c.radios("way", T("topup.page.way"), options=options, value=ways[0])),
        _number() if rule.other_lines else None,
        _quick(),
        # Another key is another field: a chosen amount takes the place of what was typed.
        rx.el.div(
            c.field("amount", T("topup.page.amount"), kind="amount", hint=hint, value=TopUp.amount, max_length=16),
            key=TopUp.amount,
        ),
        c.button(T("topup.page.submit"), type="submit", wide=True),
        on_submit=TopUp.pay,
        errors=TopUp.errors,
    )


def _number() -> rx.Component:
    hint = T(
        "topup.page.other_hint",
        least=money(TopUp.other_least),
        most=money(TopUp.other_most),
        left=money(TopUp.other_left),
    )
    return rx.fragment(
        c.phone_field(
            "number", T("topup.page.number"), own=False, hint=T("topup.page.number_hint"), value=TopUp.number
        ),
        rx.cond(TopUp.other_left, c.hint(hint)),
    )


def _quick() -> rx.Component:
    profile = operator()
    buttons = [
        c.button(
            money(Money(minor, profile.currency, profile.currency_scale)),
            kind="secondary",
            on_click=TopUp.choose(minor),
        )
        for minor in profile.top_up.quick_minor
    ]
    return rx.el.div(*buttons, role="group", aria_label=T("topup.page.quick"), class_name="flex flex-wrap gap-2")


def _by_itself() -> rx.Component:
    return c.tile("refresh", T("automatic.tile"), AUTOMATIC, hint=T("automatic.tile_hint"))


def _unfinished() -> rx.Component:
    rows = rx.foreach(
        TopUp.unfinished,
        lambda row: c.record(
            choice("topup.way", row["way"]),
            date(row["at"]),
            money(row["amount"]),
            choice("topup.state", row["state"]),
            to=row["to"],
        ),
    )
    return rx.el.section(
        c.subheading(T("topup.page.unfinished")),
        rx.el.ul(rows, class_name="divide-y divide-line rounded-card bg-raised shadow-card"),
        class_name="flex flex-col gap-4",
    )


def _other_ways() -> rx.Component | None:
    tiles = [
        c.tile(each.icon, T(f"topup.tile.{each.value}"), each.path, hint=T(f"topup.tile.{each.value}_hint"))
        for each in _OTHER_WAYS
        if each in shell.BUILT
    ]
    if not tiles:
        return None
    return rx.el.section(c.subheading(T("topup.page.ways")), *tiles, class_name="flex flex-col gap-4")
