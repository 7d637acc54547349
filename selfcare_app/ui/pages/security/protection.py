"""Number protection: the lock against changes of SIM and number, and "this was not me" with the way back from it."""

import reflex as rx

from selfcare_app.access import account_lock, halt
from selfcare_app.i18n.message import Wire, message, wire
from selfcare_app.kit import clock
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.access import arrival
from selfcare_app.ui.pages.access.prove import prove_form
from selfcare_app.ui.pages.security.security import PATH, PROTECTION
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, datetime
from selfcare_app.wiring import ask, do


class Protection(SignedState):
    """How lock and stop stand."""

    loaded: bool = False
    locked: Wire = {}
    by_desk: bool = False
    halted: Wire = {}
    proven: bool = False
    turning_off: bool = False

    @rx.event
    async def load(self):
        """Reads anew."""
        self.turning_off = False
        await self._read()

    @rx.event
    async def lock(self):
        """Turns the lock on."""
        await do(account_lock.lock, await self._actor(), now=clock.now())
        self._announce(message("guard.lock.turned_on"))
        await self._read()

    @rx.event
    async def turn_off(self):
        """Asks for the proof that turning it off needs."""
        self.turning_off = True

    @rx.event
    async def stop(self):
        """It was not the owner."""
        await do(halt.stop, await self._actor(), now=clock.now())
        self._announce(message("alarm.notice.stopped"))
        await self._read()

    async def _read(self) -> None:
        actor = await self._actor()
        lock, halted = await ask(account_lock.state, actor), await ask(halt.state, actor)
        self.locked = wire(lock.since) if lock.since else {}
        self.by_desk = lock.by == account_lock.DESK
        self.halted = wire(halted) if halted else {}
        self.proven = actor.has_proof(halt.PURPOSE, clock.now())
        self.loaded = True


@shell.screen(PROTECTION, title="guard.lock.title", on_load=Protection.load, back=PATH)
def protection() -> rx.Component:
    """What is stopped first, then the lock; where nothing is stopped, the button that stops it."""
    return c.loading(
        Protection.loaded,
        c.skeleton("card", 2),
        rx.fragment(
            rx.cond(arrival.saved, c.notice("good", T("guard.stop.released"))),
            rx.cond(Protection.halted, _halted(), _lock()),
            rx.cond(Protection.halted, rx.fragment(), _stop()),
        ),
    )


def _lock() -> rx.Component:
    on = rx.fragment(
        c.notice("good", T("guard.lock.on", at=datetime(Protection.locked))),
        rx.cond(Protection.by_desk, c.hint(T("guard.lock.by_desk"))),
        rx.cond(
            Protection.turning_off | arrival.due,
            rx.fragment(
                c.subheading(T("guard.lock.turn_off_title")),
                prove_form(account_lock.PURPOSE, back=f"{PROTECTION}?due=1", then="account_unlock"),
            ),
            c.button(
                T("guard.lock.turn_off"), kind="secondary", on_click=Protection.turn_off, wide=True, id="turn-off"
            ),
        ),
    )
    off = rx.fragment(
        rx.el.p(T("guard.lock.off")),
        c.button(T("guard.lock.turn_on"), on_click=Protection.lock, wide=True),
    )
    return rx.fragment(c.lead(T("guard.lock.lead")), rx.cond(Protection.locked, on, off))


def _stop() -> rx.Component:
    return rx.el.section(
        c.subheading(T("guard.stop.title")),
        rx.el.p(T("guard.stop.lead")),
        c.button(T("alarm.notice.not_me"), kind="danger", on_click=Protection.stop, wide=True),
        class_name="flex flex-col gap-4 border-t border-line pt-6",
    )


def _halted() -> rx.Component:
    password = c.native_form(
        c.field("password", T("guard.stop.password"), kind="password", auto_complete="current-password"),
        c.button(T("guard.stop.submit"), type="submit", wide=True),
        action="/session/release",
    )
    return rx.fragment(
        c.notice("warn", T("guard.stop.since", at=datetime(Protection.halted)), T("guard.stop.what")),
        c.subheading(T("guard.stop.release")),
        rx.cond(
            Protection.proven,
            password,
            rx.fragment(c.hint(T("guard.stop.by_code")), prove_form(halt.PURPOSE, back=PROTECTION)),
        ),
    )
