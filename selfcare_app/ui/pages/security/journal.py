"""Who looked at me: every read and change of the own data by others, and by oneself, day by day."""

from datetime import datetime
from typing import Any

import reflex as rx

from selfcare_app.i18n import catalogue
from selfcare_app.i18n.message import Message, message, text_of, wire
from selfcare_app.journal import view
from selfcare_app.journal.views import EntryView
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.kit.page import Page
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.security.security import JOURNAL, PATH
from selfcare_app.ui.paging import ByDay, listed
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, msg, time
from selfcare_app.wiring import ask


class JournalPage(ByDay, SignedState):
    """A page of entries."""

    others: bool = False

    @rx.event
    async def only_others(self, chosen: bool):
        """Only what others did, or everything."""
        self.others, self._cursors = chosen, [""]
        await self._read()

    async def _page(self, cursor: str) -> Page[EntryView]:
        return await ask(view.mine, await self._actor(), others=self.others, cursor=cursor)

    def _moment(self, found: EntryView) -> datetime:
        return found.at

    def _row(self, found: EntryView) -> dict[str, Any]:
        return {
            "what": message(_known("action", found.action)),
            "who": _who(found),
            "at": wire(found.at),
            "outcome": message(_known("outcome", found.outcome)) if found.outcome != "done" else {},
            "why": _why(found),
            "other": not found.by_owner,
        }


def _who(entry: EntryView) -> Message:
    if entry.actor == "delegate":
        number = Msisdn(entry.number) if entry.number else ""
        role = text_of(_known("role", entry.role))
        return message("journal.actor.delegate", name=entry.name, number=number, role=role)
    if entry.actor == "staff":
        return message("journal.actor.staff", name=entry.name)
    return message(_known("actor", entry.actor))


def _why(entry: EntryView) -> Message:
    """The reason that an employee has stated, where there is one (T16)."""
    key = f"journal.reason.{entry.details.get('reason', '')}"
    if entry.actor != "staff" or key not in catalogue.load(catalogue.SOURCE):
        return {}
    return message("journal.why", reason=text_of(key))


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
        listed(JournalPage, row=_record, empty=c.empty("eye", T("journal.empty"), T("journal.empty_lead"))),
        rx.el.section(
            c.subheading(T("journal.file.title")),
            c.lead(T("journal.file.lead")),
            c.download_button(T("journal.file.json"), "/download/journal.json"),
            c.download_button(T("journal.file.csv"), "/download/journal.csv"),
            c.query_fault(),
            class_name="flex flex-col gap-3",
        ),
    )


def _record(row: Any) -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.p(msg(row["what"], area="journal")),
            rx.el.p(
                msg(row["who"], area="journal"),
                class_name=rx.cond(row["other"], "text-s font-semibold text-warn", "text-s text-muted"),
            ),
            rx.cond(row["why"], rx.el.p(msg(row["why"], area="journal"), class_name="text-s")),
            rx.cond(row["outcome"], rx.el.p(msg(row["outcome"], area="journal"), class_name="text-s text-bad")),
            class_name="min-w-0",
        ),
        rx.el.p(time(row["at"]), class_name="tabular shrink-0 text-s text-muted"),
        class_name="flex items-start justify-between gap-4 py-3",
    )
