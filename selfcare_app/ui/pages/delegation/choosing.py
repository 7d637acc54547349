"""The choice among all lines that one sign-in reaches: searched, read a page at a time, marked by an administrator."""

from typing import Any, TypedDict
from uuid import UUID

import reflex as rx

from selfcare_app.access import subjects
from selfcare_app.access.acting import NoSuchSubject
from selfcare_app.access.delegation_views import Subject
from selfcare_app.i18n.message import Message, from_fault, message, wire
from selfcare_app.kit import clock
from selfcare_app.ui.session import SignedState
from selfcare_app.wiring import ask, do


class Search(TypedDict, total=False):
    """What the search sends."""

    number: str
    account: str


class Lines(SignedState):
    """The lines, a page at a time, and those that an administrator has marked."""

    loaded: bool = False
    rows: list[dict[str, Any]] = []
    errors: dict[str, Message] = {}
    searches: bool = False
    keeps: bool = False
    accounts: list[list[str]] = []
    marked: list[str] = []
    round: int = 0
    has_more: bool = False
    has_before: bool = False

    _number: str = ""
    _account: str = ""
    _cursors: list[str] = [""]
    _next: str = ""

    @rx.event
    async def load(self):
        """The first page."""
        self._number, self._account, self.errors, self.searches, self.marked = "", "", {}, False, []
        kept = await ask(subjects.accounts, await self._actor(), now=clock.now())
        self.accounts = [[str(each.id), each.number] for each in kept] if len(kept) > 1 else []
        self._cursors = [""]
        await self._read()

    @rx.event
    async def search(self, form: Search):
        """Narrows the list by a number, a part of one, a mask, or an account (ADM-018, ADM-019, ADM-020)."""
        self._number, self._account, self.errors = form.get("number", "")[:40], form.get("account", ""), {}
        self._cursors = [""]
        try:
            await self._read()
        except subjects.BadMask as wrong:
            self.errors = {"number": from_fault(wrong)}

    @rx.event
    async def more(self):
        """The next page, in place of this one: an organisation has thousands."""
        if self._next:
            self._cursors = [*self._cursors, self._next]
            await self._read()

    @rx.event
    async def before(self):
        """The page before."""
        self._cursors = self._cursors[:-1] or [""]
        await self._read()

    @rx.event
    async def mark(self, line: str, chosen: bool):
        """Adds a line to the selection, which holds over pages and searches, or takes it out."""
        others = [each for each in self.marked if each != line]
        self._put([*others, line] if chosen else others)

    @rx.event
    async def mark_page(self):
        """Adds all lines on the page that he looks after."""
        shown = [row["line"] for row in self.rows if row["keeper"] and row["line"] not in self.marked]
        self._put([*self.marked, *shown])
        self._show_marks()

    @rx.event
    async def unmark(self):
        """Empties the selection."""
        self.marked = []
        self._show_marks()

    @rx.event
    async def close_marked(self):
        """Closes the cabinets of the selection (ISSA-029, ISSA-030)."""
        await self._change(subjects.close_some, "closed_some")

    @rx.event
    async def open_marked(self):
        """Opens them (ISSA-030)."""
        await self._change(subjects.open_some, "opened_some")

    async def _change(self, act: Any, what: str) -> None:
        ids = [line_of(each) for each in self.marked]
        changed = await do(act, await self._actor(), line_ids=ids, now=clock.now())
        self.marked = []
        await self._read()
        self._toast(message(f"delegation.lines.{what}", done=changed.done, left=changed.left))

    def _put(self, marked: list[str]) -> None:
        if len(marked) > subjects.SELECTED:
            raise subjects.TooManySelected(limit=subjects.SELECTED)
        self.marked = marked

    def _show_marks(self) -> None:
        """Draws the boxes anew; one that a person ticks changes by itself, without waiting for the server."""
        self.rows = [row | {"marked": row["line"] in self.marked} for row in self.rows]
        self.round += 1

    async def _read(self) -> None:
        actor = await self._actor()
        narrowed = {"number": self._number, "account": self._account}
        page = await ask(subjects.find, actor, **narrowed, cursor=self._cursors[-1], now=clock.now())
        self.rows = [_row(each, each.line_id == actor.line_id, self.marked) for each in page.items]
        self._next, self.round = page.next or "", self.round + 1
        self.has_more, self.has_before = bool(self._next), len(self._cursors) > 1
        self.keeps = self.keeps or any(each.role in subjects.KEEPERS for each in page.items)
        self.searches = self.searches or self.has_more or self.keeps
        self.loaded = True


def line_of(text: str) -> UUID:
    """The line that a row names. Raises NoSuchSubject."""
    try:
        return UUID(text)
    except ValueError as wrong:
        raise NoSuchSubject() from wrong


def _row(found: Subject, is_current: bool, marked: list[str]) -> dict[str, Any]:
    return {
        "line": str(found.line_id),
        "number": wire(found.msisdn) if found.msisdn else {},
        "name": found.name,
        "role": "self" if found.is_own else found.role,
        "closed": found.access != "open",
        "keeper": found.role in subjects.KEEPERS,
        "marked": str(found.line_id) in marked,
        "current": is_current,
    }
