"""Who looked at me: every read and change of the own data by others, and by oneself, day by day."""

from itertools import groupby
from typing import Any

import reflex as rx

from selfcare_app.i18n import catalogue
from selfcare_app.i18n.message import Message, message, text_of, wire
from selfcare_app.journal import view
from selfcare_app.journal.views import EntryView
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.security.security import JOURNAL, PATH
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, msg, time
from selfcare_app.wiring import ask


class JournalPage(SignedState):
    """A page of entries."""

    loaded: bool = False
    days: list[dict[str, Any]] = []
    others: bool = False
    has_newer: bool = False
    has_older: bool = False

    _cursors: list[str] = [""]
    _next: str = ""

    @rx.event
    async def load(self):
        """The newest ones."""
        self._cursors = [""]
        await self._read()

    @rx.event
    async def only_others(self, chosen: bool):
        """Only what others did, or everything."""
        self.others, self._cursors = chosen, [""]
        await self._read()

    @rx.event
    async def older(self):
        """The next page."""
        if self._next:
            self._cursors = [*self._cursors, self._next]
            await self._read()

    @rx.event
    async def newer(self):
        """The page before."""
        self._cursors = self._cursors[:-1] or [""]
        await self._read()

    async def _read(self) -> None:
        page = await ask(view.mine, await self._actor(), others=self.others, cursor=self._cursors[-1])
        zone = operator().zone
        self.days = [
            {"day": str(day), "rows": [_row(each) for each in rows]}
            for day, rows in groupby(page.items, lambda each: each.at.astimezone(zone).date())
        ]
        self._next = page.next or ""
        self.has_older, self.has_newer = bool(self._next), len(self._cursors) > 1
        self.loaded = True


def _row(entry: EntryView) -> dict[str, Any]:
    return {
        "what": message(_known("action", entry.action)),
        "who": _who(entry),
        "at": wire(entry.at),
        "outcome": message(_known("outcome", entry.outcome)) if entry.outcome != "done" else {},
        "other": not entry.by_owner,
    }


def _who(entry: EntryView) -> Message:
    if entry.actor == "delegate":
        number = Msisdn(entry.number) if entry.number else ""
        role = text_of(_known("role", entry.role))
        return message("journal.actor.delegate", name=entry.name, number=number, role=role)
    if entry.actor == "staff":
        return message("journal.actor.staff", name=entry.name)
    return message(_known("actor", entry.actor))


def _known(group: str, name: str) -> str:
    """The key of a name; one that has no words of its own still has a sentence."""
    key = f"journal.{group}.{name}"
    return key if key in catalogue.load(catalogue.SOURCE) else f"journal.{group}.other"


@shell.screen(JOURNAL, title="journal.title", on_load=JournalPage.load, back=PATH)
def journal() -> rx.Component:
    """The filter, the days, the files."""
    return rx.fragment(
        c.lead(T("journal.lead")),
        c.checkbox("others", T("journal.others"), on_change=JournalPage.only_others),
        c.loading(
            JournalPage.loaded,
            c.skeleton("rows", 4),
            rx.cond(
                JournalPage.days.length() > 0,
                rx.fragment(c.day_list(JournalPage.days, row=_record), _pages()),
                c.empty("eye", T("journal.empty"), T("journal.empty_lead")),
            ),
        ),
        rx.el.section(
            c.subheading(T("journal.file.title")),
            c.lead(T("journal.file.lead")),
            c.download_button(T("journal.file.json"), "/download/journal.json"),
            c.download_button(T("journal.file.csv"), "/download/journal.csv"),
            c.query_fault(),
            class_name="flex flex-col gap-3",
        ),
    )


def _pages() -> rx.Component:
    return rx.el.div(
        rx.cond(JournalPage.has_newer, c.button(T("journal.newer"), kind="quiet", on_click=JournalPage.newer)),
        rx.cond(JournalPage.has_older, c.button(T("journal.older"), kind="secondary", on_click=JournalPage.older)),
        class_name="flex justify-between gap-4",
    )


def _record(row: Any) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.p(msg(row["what"], area="journal")),
            rx.el.p(
                msg(row["who"], area="journal"),
                class_name=rx.cond(row["other"], "text-s font-semibold text-warn", "text-s text-muted"),
            ),
            rx.cond(row["outcome"], rx.el.p(msg(row["outcome"], area="journal"), class_name="text-s text-bad")),
            class_name="min-w-0",
        ),
        rx.el.p(time(row["at"]), class_name="tabular shrink-0 text-s text-muted"),
        class_name="flex items-start justify-between gap-4 py-3",
    )
