"""All lines that one sign-in reaches: going over to one, adding an own one, the organisation's cabinets (ADM-018)."""

from typing import Any, TypedDict

import reflex as rx

from selfcare_app.access import subjects
from selfcare_app.access.delegation_views import Subject
from selfcare_app.access.rights import ADMINISTRATOR, SUPERVISOR
from selfcare_app.i18n.message import Message, from_fault, wire
from selfcare_app.kit import clock
from selfcare_app.operators.schema import Feature
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.lines import LINES, SWITCH
from selfcare_app.ui.pages.access import arrival
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import AppState, SignedState
from selfcare_app.ui.text import T, choice, msisdn, show
from selfcare_app.wiring import ask

ACCESS, OWN, PROVE = f"{SWITCH}/access", f"{SWITCH}/own", f"{SWITCH}/own/prove"
_KEEPERS = (ADMINISTRATOR, SUPERVISOR)
_LIST = "divide-y divide-line rounded-card bg-raised shadow-card"


class Search(TypedDict, total=False):
    """What the search sends."""

    number: str


class Lines(SignedState):
    """The lines, a page at a time."""

    loaded: bool = False
    rows: list[dict[str, Any]] = []
    errors: dict[str, Message] = {}
    searches: bool = False
    has_more: bool = False
    nothing: bool = False

    _number: str = ""
    _next: str = ""

    @rx.event
    async def load(self):
        """The first page."""
        self._number, self.errors, self.searches = "", {}, False
        await self._read("")

    @rx.event
    async def search(self, form: Search):
        """Narrows the list by a number, a part of one, or a mask (ADM-019, ADM-020)."""
        self._number, self.errors = form.get("number", "")[:40], {}
        try:
            await self._read("")
        except subjects.BadMask as wrong:
            self.errors = {"number": from_fault(wrong)}

    @rx.event
    async def more(self):
        """The next page, below what is shown."""
        if self._next:
            await self._read(self._next)

    async def _read(self, cursor: str) -> None:
        actor = await self._actor()
        page = await ask(subjects.find, actor, number=self._number, cursor=cursor, now=clock.now())
        found = [_row(each, each.line_id == actor.line_id) for each in page.items]
        self.rows = [*self.rows, *found] if cursor else found
        self._next = page.next or ""
        self.has_more, self.nothing = bool(self._next), not self.rows
        self.searches = self.searches or self.has_more or any(each.role in _KEEPERS for each in page.items)
        self.loaded = True


def _row(found: Subject, is_current: bool) -> dict[str, Any]:
    return {
        "line": str(found.line_id),
        "number": wire(found.msisdn) if found.msisdn else {},
        "name": found.name,
        "role": "self" if found.is_own else found.role,
        "closed": found.access != "open",
        "keeper": found.role in _KEEPERS,
        "current": is_current,
    }


@shell.screen(LINES, title="delegation.lines.title", on_load=Lines.load, back=Feature.MORE.path)
def lines() -> rx.Component:
    """The list, the search, another own number, and the way to one's own delegates."""
    return rx.fragment(
        rx.cond(arrival.done, c.notice("good", T("delegation.lines.done"))),
        c.lead(T("delegation.lines.lead")),
        c.loading(
            Lines.loaded,
            c.skeleton("rows", 3),
            rx.fragment(
                rx.cond(Lines.searches, _search()),
                rx.cond(
                    Lines.nothing,
                    c.empty("people", T("delegation.lines.nothing")),
                    rx.el.ul(rx.foreach(Lines.rows, _line), id="lines", class_name=_LIST),
                ),
                rx.cond(Lines.has_more, c.button(T("delegation.lines.more"), kind="secondary", on_click=Lines.more)),
            ),
        ),
        rx.cond(AppState.acting["role"], rx.fragment(), rx.fragment(_add(), _delegates())),
    )


def _search() -> rx.Component:
    hint = T("delegation.lines.search_hint", example=operator().numbering.input_hint)
    return c.form(
        c.field("number", T("delegation.lines.search"), hint=hint, required=False, max_length=40),
        c.button(T("delegation.lines.find"), type="submit", kind="secondary"),
        on_submit=Lines.search,
        errors=Lines.errors,
        class_name="flex flex-col gap-4",
    )


def _line(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(show(row["number"]), class_name="tabular font-semibold"),
            rx.el.p(row["name"], class_name="break-words"),
            rx.el.p(
                choice("delegation.role", row["role"]),
                rx.cond(row["closed"], " · ", ""),
                rx.cond(row["closed"], T("delegation.lines.closed"), ""),
                class_name="text-s text-muted",
            ),
            class_name="min-w-0",
        ),
        rx.el.div(
            rx.cond(row["current"], _here(), _go(row)),
            rx.cond(row["keeper"], _keep(row)),
            class_name="flex flex-wrap gap-2",
        ),
        class_name="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 p-4",
    )


def _here() -> rx.Component:
    return rx.el.p(T("delegation.lines.current"), class_name="flex min-h-11 items-center text-s text-good")


def _go(row: Any) -> rx.Component:
    return c.native_form(
        c.button(T("delegation.lines.work", number=show(row["number"])), type="submit", kind="secondary"),
        action=SWITCH,
        fields={"line": row["line"]},
    )


def _keep(row: Any) -> rx.Component:
    return c.native_form(
        rx.cond(
            row["closed"],
            c.button(T("delegation.lines.open", number=show(row["number"])), type="submit", kind="quiet"),
            c.button(T("delegation.lines.close", number=show(row["number"])), type="submit", kind="quiet"),
        ),
        action=ACCESS,
        fields={"line": row["line"], "closed": rx.cond(row["closed"], "0", "1")},
    )


def _add() -> rx.Component:
    hint = T("delegation.own.hint", example=operator().numbering.input_hint)
    return rx.el.section(
        c.subheading(T("delegation.own.title")),
        c.lead(T("delegation.own.lead")),
        c.native_form(
            c.phone_field("number", T("delegation.own.number"), own=False, hint=hint, id="own-number"),
            c.button(T("delegation.own.send"), type="submit", kind="secondary"),
            action=OWN,
        ),
        class_name="flex flex-col gap-4",
    )


def _delegates() -> rx.Component:
    return rx.el.section(
        c.subheading(T("delegation.delegates.title")),
        c.lead(T("delegation.delegates.short")),
        rx.el.p(c.link(T("delegation.delegates.see"), Feature.DELEGATION.path)),
        class_name="flex flex-col gap-4",
    )


@shell.screen(f"{LINES}/own", title="delegation.own.title", back=LINES)
def own() -> rx.Component:
    """Where the code is typed that came to the other number."""
    return rx.fragment(
        c.lead(T("delegation.own.sent", number=msisdn(arrival.shown))),
        c.native_form(
            c.code_field(
                label=T("access.code.label"), hint=T("delegation.own.code_hint"), length=operator().code.digits
            ),
            c.button(T("delegation.own.add"), type="submit", wide=True),
            action=PROVE,
            fields={"number": arrival.number},
        ),
        c.resend(seconds=arrival.wait, action=OWN, fields={"number": arrival.number}),
    )
