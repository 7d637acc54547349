"""E-mail for notices and recovery: the address that there is, and its change after proof and a code sent there."""

import reflex as rx

from selfcare_app.access import email_address
from selfcare_app.i18n.message import Wire, wire
from selfcare_app.kit import clock
from selfcare_app.operators.schema import Feature
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.access import arrival
from selfcare_app.ui.pages.access.prove import prove_form
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, datetime
from selfcare_app.wiring import ask

PATH = Feature.NOTIFICATIONS.path


class EmailPage(SignedState):
    """The address, the one that waits, and whether the proof is at hand; never a code."""

    loaded: bool = False
    address: str = ""
    own: bool = False
    waits: str = ""
    until: Wire = {}
    proven: bool = False
    changing: bool = False

    @rx.event
    async def load(self):
        """Reads anew."""
        actor, now = await self._actor(), clock.now()
        found = await ask(email_address.mine, actor, now=now)
        self.address, self.own, self.waits = found.address, found.own, found.waits
        self.until = wire(found.until) if found.until else {}
        self.proven = actor.has_proof(email_address.PURPOSE, now)
        self.changing = self.proven
        self.loaded = True

    @rx.event
    async def change(self):
        """Asks for the proof first."""
        self.changing = True


def email() -> rx.Component:
    """What is written to; then one of: the code that was sent, the proof, the new address, the button."""
    return c.loading(
        EmailPage.loaded,
        c.skeleton("card"),
        rx.fragment(
            rx.cond(arrival.saved, c.notice("good", T("email.saved"), T("email.told"))),
            rx.cond(arrival.done, c.notice("good", T("email.removed"), T("email.told"))),
            c.lead(T("email.lead")),
            _present(),
            rx.cond(
                EmailPage.waits,
                _code(),
                rx.cond(EmailPage.changing | arrival.due, rx.cond(EmailPage.proven, _new(), _proof()), _button()),
            ),
        ),
    )


def _present() -> rx.Component:
    where = rx.cond(EmailPage.own, T("email.own"), T("email.of_contract"))
    return rx.cond(
        EmailPage.address,
        c.key_values((where, rx.el.span(EmailPage.address, class_name="wrap-anywhere"))),
        c.hint(T("email.none")),
    )


def _button() -> rx.Component:
    label = rx.cond(EmailPage.address, T("email.change"), T("email.add"))
    return c.button(label, on_click=EmailPage.change, wide=True)


def _proof() -> rx.Component:
    return rx.fragment(c.subheading(T("access.prove.title")), prove_form(email_address.PURPOSE, back=f"{PATH}?due=1"))


def _new() -> rx.Component:
    remove = c.native_form(
        c.button(T("email.remove"), kind="secondary", type="submit", wide=True), action="/session/email/remove"
    )
    return rx.fragment(
        c.native_form(
            c.field("email", T("email.new"), kind="email", hint=T("email.new_hint"), max_length=254),
            c.button(T("email.send"), type="submit", wide=True),
            action="/session/email",
        ),
        rx.cond(EmailPage.own, remove),
    )


def _code() -> rx.Component:
    return rx.fragment(
        c.notice(
            "info",
            T("email.sent", address=EmailPage.waits),
            T("email.valid", until=datetime(EmailPage.until)),
        ),
        c.native_form(
            c.code_field(label=T("email.code"), length=operator().code.digits),
            c.button(T("email.confirm"), type="submit", wide=True),
            action="/session/email/confirm",
        ),
        c.native_form(
            c.button(T("email.other"), kind="secondary", type="submit", wide=True), action="/session/email/forget"
        ),
    )


if email_address.is_kept(operator()):
    shell.screen(
        PATH, title="email.title", feature=Feature.NOTIFICATIONS, on_load=EmailPage.load, back=Feature.MORE.path
    )(email)
