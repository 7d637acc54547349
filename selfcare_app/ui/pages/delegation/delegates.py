"""Who may work on one's own line: the list, taking a right back, appointing a curator after a code (AS-037)."""

from typing import Any, TypedDict
from uuid import UUID

import reflex as rx

from selfcare_app.access import delegation
from selfcare_app.access.rights import CURATOR, MANAGE
from selfcare_app.i18n.message import Message, from_fault, message, wire
from selfcare_app.kit import clock
from selfcare_app.kit.errors import Fault
from selfcare_app.operators.schema import Feature
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.lines import LINES
from selfcare_app.ui.pages.access import arrival
from selfcare_app.ui.pages.access.prove import prove_form
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, choice, date, show
from selfcare_app.wiring import ask, do

PATH = Feature.DELEGATION.path
CONFIRM = f"{PATH}/confirm"
_LIST = "divide-y divide-line rounded-card bg-raised shadow-card"


class Named(TypedDict, total=False):
    """What the form of appointing sends."""

    number: str
    level: str
    calls: str


class Delegates(SignedState):
    """Who may work on the line now."""

    loaded: bool = False
    rows: list[dict[str, Any]] = []
    errors: dict[str, Message] = {}

    @rx.event
    async def load(self):
        """Reads the list."""
        self.errors = {}
        await self._read()

    @rx.event
    async def revoke(self, grant: str):
        """Takes a right back; whoever works by it is out at once."""
        try:
            grant_id = UUID(grant)
        except ValueError:
            raise delegation.NoGrant() from None
        await do(delegation.revoke, await self._actor(), grant_id=grant_id, now=clock.now())
        self._toast(message("delegation.delegates.revoked"))
        await self._read()

    @rx.event
    async def name_one(self, form: Named):
        """Checks who is to be appointed, and goes on to the code."""
        actor, now, self.errors = await self._actor(), clock.now(), {}
        try:
            await do(delegation.name_one, actor, now=now)
            made = await ask(
                delegation.check,
                actor,
                number=form.get("number", ""),
                level=form.get("level", MANAGE),
                sees_calls=bool(form.get("calls")),
                now=now,
            )
        except Fault as refused:
            self.errors = {"number": from_fault(refused)}
            return None
        return rx.redirect(f"{CONFIRM}/{made.subject}")

    async def _read(self) -> None:
        found = await ask(delegation.delegates, await self._actor(), now=clock.now())
        self.rows = [
            {
                "id": str(each.grant_id),
                "number": wire(each.msisdn) if each.msisdn else {},
                "role": each.role,
                "level": each.level,
                "calls": each.sees_calls and each.role == CURATOR,
                "until": wire(each.expires_at),
                "revocable": each.is_revocable,
            }
            for each in found
        ]
        self.loaded = True


class Appointing(SignedState):
    """The curator that a code is asked for."""

    ready: bool = False
    number: dict[str, Any] = {}
    level: str = MANAGE
    calls: bool = False
    until: dict[str, Any] = {}
    subject: str = ""
    digest: str = ""

    @rx.event
    async def load(self):
        """Reads who it is out of the address, which only this program can have made."""
        self.ready, self.digest = False, ""
        named = self.router.url.path.rstrip("/").rpartition("/")[2][:200]
        found = await ask(delegation.read, await self._actor(), subject=named, now=clock.now())
        self.number, self.level, self.calls = wire(found.msisdn), found.level, found.sees_calls
        self.until, self.subject, self.digest = wire(found.expires_at), found.subject, found.digest
        self.ready = True


@shell.screen(
    PATH,
    title="delegation.delegates.title",
    feature=Feature.DELEGATION if operator().has(Feature.DELEGATION) else None,
    on_load=Delegates.load,
    back=LINES,
)
def delegates() -> rx.Component:
    """The list, and the form where the operator has curators."""
    return rx.fragment(
        rx.cond(arrival.done, c.notice("good", T("delegation.delegates.done"))),
        c.lead(T("delegation.delegates.lead")),
        c.loading(
            Delegates.loaded,
            c.skeleton("rows", 2),
            rx.cond(
                Delegates.rows,
                rx.el.ul(rx.foreach(Delegates.rows, _delegate), id="delegates", class_name=_LIST),
                c.empty("people", T("delegation.delegates.none"), T("delegation.delegates.none_lead")),
            ),
        ),
        _appoint() if _curators() else None,
    )


def _curators() -> bool:
    rules = operator().delegation
    return rules is not None and CURATOR in rules.roles


def _delegate(row: Any) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(show(row["number"]), class_name="tabular font-semibold"),
            rx.el.p(choice("delegation.who", row["role"]), ", ", choice("delegation.level", row["level"])),
            rx.cond(row["calls"], rx.el.p(T("delegation.delegates.sees_calls"))),
            rx.el.p(T("delegation.delegates.until", date=date(row["until"])), class_name="text-s text-muted"),
            class_name="min-w-0",
        ),
        rx.cond(
            row["revocable"],
            c.button(
                T("delegation.delegates.revoke", number=show(row["number"])),
                kind="danger",
                on_click=Delegates.revoke(row["id"].to(str)),
            ),
            c.hint(T("delegation.delegates.by_application")),
        ),
        class_name="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 p-4",
    )


def _appoint() -> rx.Component:
    rules = operator().delegation
    levels = rules.access_levels if rules else ()
    options = [(level, T(f"delegation.level.{level}"), T(f"delegation.level_hint.{level}")) for level in levels]
    hint = T("delegation.appoint.hint", example=operator().numbering.input_hint)
    return rx.el.section(
        c.subheading(T("delegation.appoint.title")),
        c.lead(T("delegation.appoint.lead")),
        c.form(
            c.phone_field("number", T("delegation.appoint.number"), own=False, hint=hint),
            c.radios("level", T("delegation.appoint.level"), options=options, value=levels[0] if levels else MANAGE),
            c.checkbox("calls", T("delegation.appoint.calls"), hint=T("delegation.appoint.calls_hint")),
            c.button(T("delegation.appoint.next"), type="submit", wide=True),
            on_submit=Delegates.name_one,
            errors=Delegates.errors,
        ),
        class_name="flex flex-col gap-4",
    )


if _curators():

    @shell.screen(f"{CONFIRM}/[subject]", title="delegation.confirm.title", on_load=Appointing.load, back=PATH)
    def confirm() -> rx.Component:
        """What is about to be granted, and the code for exactly that."""
        return c.loading(
            Appointing.ready,
            c.skeleton("card"),
            rx.fragment(
                c.key_values(
                    (T("delegation.confirm.number"), show(Appointing.number)),
                    (T("delegation.confirm.level"), choice("delegation.level", Appointing.level)),
                    (
                        T("delegation.confirm.calls"),
                        rx.cond(Appointing.calls, T("delegation.confirm.yes"), T("delegation.confirm.no")),
                    ),
                    (T("delegation.confirm.until"), date(Appointing.until)),
                ),
                c.lead(T("delegation.confirm.lead")),
                prove_form(
                    delegation.PURPOSE,
                    Appointing.digest,
                    back=rx.Var.create(f"{CONFIRM}/") + Appointing.subject,
                    then=delegation.PURPOSE,
                    subject=Appointing.subject,
                ),
            ),
        )
