"""Choosing a new number: from a list, by mask, by category; holding the ones that please."""

from typing import Any, Literal, TypedDict

import reflex as rx

from selfcare_app.i18n.message import Message, Wire, from_fault, message, wire
from selfcare_app.kit import clock
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.errors import Fault, NotFound, Refused
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.numbers import change_number, hold, search
from selfcare_app.numbers.hold import Taken
from selfcare_app.numbers.mask import MaskFitsNothing, MaskSign, MaskTooLong
from selfcare_app.numbers.views import Found
from selfcare_app.ui import shell
from selfcare_app.ui.pages.numbers import choosing
from selfcare_app.ui.pages.numbers.journey import CHOOSE, PLAYER
from selfcare_app.ui.pages.numbers.written import held_row, offer_row
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState, quiet
from selfcare_app.wiring import ask, do


class MaskForm(TypedDict, total=False):
    """What the mask's form sends."""

    mask: str
    category: str


class ChooseNumber(SignedState):
    """What is looked for, a page of what was found, and what the session holds."""

    loaded: bool = False
    number: Wire = {}
    obstacle: Message = {}
    order: str = ""
    held: list[dict[str, Any]] = []

    way: str = ""
    mask: str = ""
    category: str = ""
    found: bool = False
    rows: list[dict[str, Any]] = []
    total: int = 0
    at_least: int = 0
    has_next: bool = False
    has_previous: bool = False
    refused: Message = {}
    was_taken: bool = False
    errors: dict[str, Message] = {}

    _cursors: list[str] = []
    _next: str = ""

    @rx.event
    async def load(self):
        """Shows where the subscriber stands, and numbers to begin with; a search that is there goes on."""
        standing = await ask(change_number.standing, await self._actor(), now=clock.now())
        self.number = wire(standing.number) if standing.number else {}
        self.obstacle = from_fault(standing.obstacle) if standing.obstacle else {}
        self.order = f"/orders/{standing.order_id}" if standing.order_id else ""
        self.held = [held_row(held, clock.now()) for held in standing.held]
        self.way = self.way or str(_ways()[0])
        self.loaded = True
        if not self.obstacle and (self.way != "mask" or self.found):
            await self._look()

    @rx.event
    async def choose_way(self, way: Literal["list", "mask", "category"]):
        """Another way to look: begins anew."""
        self.way, self.mask, self.category, self.errors = way, "", "", {}
        self._begin()
        if way != "mask":
            await self._look()

    @rx.event
    async def find(self, form: MaskForm):
        """Looks for numbers by mask, and by category if one is chosen."""
        self.mask, self.category = form.get("mask", ""), form.get("category", "")
        self._begin()
        await self._look()
        if self.found:
            self._focus(choosing.RESULTS)

    @rx.event
    async def choose_category(self, category: str):
        """Numbers of one category; an empty one is any."""
        self.category = category
        self._begin()
        await self._look()

    @rx.event
    async def others(self):
        """Another handful of the list."""
        self._begin()
        await self._look()
        self._focus(choosing.RESULTS)

    @rx.event
    async def following(self):
        """The next page."""
        if self._next:
            self._cursors = [*self._cursors, self._next]
            await self._turn()

    @rx.event
    async def previous(self):
        """The page before."""
        self._cursors = self._cursors[:-1]
        await self._turn()

    @rx.event
    async def hold(self, number: str):
        """Takes a number out of everybody else's sight; one that is gone is told in place, with the next ones."""
        actor, now = await self._actor(), clock.now()
        self.refused = {}
        try:
            held = await do(hold.hold, actor, number=number, now=now)
        except (Refused, NotFound) as refused:
            await self._refuse(refused)
            return
        self.rows = [row for row in self.rows if row["number"] != number]
        await self._hold_anew(actor)
        self._announce(message("numbers.held.done", number=held.number))
        self._focus(choosing.HELD)

    @rx.event
    async def let_go(self, number: str):
        """Gives a number back."""
        actor = await self._actor()
        await do(hold.release, actor, number=number, now=clock.now())
        await self._hold_anew(actor)
        self._toast(message("numbers.held.released", number=Msisdn(number)))

    @rx.event
    @quiet
    async def run_out(self):
        """A hold's time is over."""
        before = len(self.held)
        await self._hold_anew(await self._actor())
        if len(self.held) < before:
            self._toast(message("numbers.held.over"), "warn")

    @rx.event
    async def go_on(self, number: str):
        """Goes on to the check with a number that is held."""
        draft = await do(change_number.begin, await self._actor(), number=number, now=clock.now())
        return rx.redirect(PLAYER.path("review", draft.id))

    async def _hold_anew(self, actor: Subscriber) -> None:
        now = clock.now()
        self.held = [held_row(held, now) for held in await ask(hold.held_by, actor, now=now)]

    async def _refuse(self, refused: Fault) -> None:
        self.refused, self.was_taken = from_fault(refused), isinstance(refused, Taken)
        if self.was_taken:
            await self._look()
        self._focus(choosing.REFUSED)

    async def _turn(self) -> None:
        self.refused = {}
        await self._look()
        self._focus(choosing.RESULTS)

    def _begin(self) -> None:
        self._cursors, self._next, self.refused, self.found = [], "", {}, False

    async def _look(self) -> None:
        actor = await self._actor()
        self.errors = {}
        admitted = await do(search.admit, actor, now=clock.now())
        try:
            page = await ask(
                search.search,
                actor,
                admitted=admitted,
                mask=(self.mask or "%") if self.way == "mask" else "",
                category=self.category,
                cursor=self._cursors[-1] if self._cursors else "",
            )
        except (MaskSign, MaskTooLong, MaskFitsNothing) as wrong:
            self.errors, self.found, self.rows = {"mask": from_fault(wrong)}, False, []
            return
        self._show(page)

    def _show(self, page: Found) -> None:
        numbering = operator().numbering
        self.rows = [offer_row(offer, numbering) for offer in page.offers]
        self.found, self._next = True, page.next
        if not self._cursors:
            self._cursors = [page.here]
            self.total, self.at_least = page.total or 0, page.at_least if page.total is None else 0
        self.has_next, self.has_previous = bool(page.next), len(self._cursors) > 1


def _ways() -> tuple[str, ...]:
    rule = operator().number_change
    return rule.ways if rule else ("list",)


if operator().number_change is not None:

    @shell.screen(CHOOSE, title="numbers.title", feature="number_change", on_load=ChooseNumber.load)
    def choose_number() -> rx.Component:
        """Where one stands, what is held, the ways to look, what was found."""
        return choosing.page(ChooseNumber)
