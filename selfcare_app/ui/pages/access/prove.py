"""The screen that asks for fresh proof of one purpose: an M-code by SMS, РУНА, or PUK1 for lines without a handset."""

from typing import Any

import reflex as rx

from selfcare_app.access import code, passkey_proof
from selfcare_app.access.rules import whole_seconds
from selfcare_app.kit import clock
from selfcare_app.ui import components as c
from selfcare_app.ui.pages.runa import parts as runa
from selfcare_app.ui.pages.security.enter import passkey_proof_button
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T
from selfcare_app.wiring import ask

SEND, PROVE = "/session/code/send", "/session/code/prove"
_LONGEST = 64


class ProveCode(SignedState):
    """How the code for the purpose at hand stands; never the code."""

    ready: bool = False
    method: str = "sms"
    number: str = ""
    sent: bool = False
    wait: int = 0
    tries: int = 0
    passkey: bool = False

    @rx.event
    async def look(self, purpose: str, digest: str):
        """Asks how the code for a purpose and its parameters stands."""
        actor, now = await self._actor(), clock.now()
        state = await ask(code.state, actor, purpose=purpose[:_LONGEST], digest=digest[: 2 * _LONGEST], now=now)
        self.method, self.number, self.tries = str(state.method), state.number, state.tries_left
        self.sent = state.sent_at is not None
        self.wait = whole_seconds(state.resend_at, now) if state.resend_at else 0
        self.passkey = (
            await ask(passkey_proof.offered, actor, purpose=purpose[:_LONGEST]) if not actor.acting else False
        )
        self.ready = True


def prove_form(purpose: str, digest: Any = "", *, back: Any, then: str = "", subject: Any = "") -> rx.Component:
    """Asks for proof of `purpose` bound to `digest`; leads to `back`, a path of ours, once it is made or refused.

    With `then`, the name of an act in `endpoints.proof.THEN`, a proof goes on with that act for `subject`.
    """
    asked = {"purpose": purpose, "digest": digest, "back": back}
    about = T(f"access.purpose.{purpose}")
    typed = {**asked, "then": then, "subject": subject}
    return rx.el.section(
        rx.cond(ProveCode.passkey, passkey_proof_button(typed)),
        c.loading(
            ProveCode.ready,
            c.skeleton("card"),
            rx.match(
                ProveCode.method,
                ("puk1", _puk1(about, typed)),
                ("runa", _runa(about, typed)),
                rx.cond(ProveCode.sent, _code(about, asked, typed), _send(about, asked)),
            ),
        ),
        on_mount=ProveCode.look(purpose, digest),
        class_name="flex flex-col gap-6",
    )


def _send(about: Any, asked: dict[str, Any]) -> rx.Component:
    return c.native_form(
        c.lead(about, " ", T("access.prove.send_lead", number=ProveCode.number)),
        c.button(T("access.prove.send"), type="submit", wide=True),
        action=SEND,
        fields=asked,
    )


def _code(about: Any, asked: dict[str, Any], typed: dict[str, Any]) -> rx.Component:
    return rx.fragment(
        c.lead(T("access.prove.sent", number=ProveCode.number)),
        c.native_form(
            c.code_field(label=T("access.code.label"), hint=about, length=operator().code.digits),
            c.button(T("access.prove.submit"), type="submit", wide=True),
            action=PROVE,
            fields=typed,
        ),
        c.resend(seconds=ProveCode.wait, action=SEND, fields=asked),
    )


def _puk1(about: Any, typed: dict[str, Any]) -> rx.Component:
    return c.native_form(
        c.lead(about, " ", T("access.prove.puk1_lead")),
        c.field(
            "code",
            T("access.prove.puk1"),
            kind="digits",
            hint=T("access.prove.puk1_hint"),
            max_length=operator().puk1.digits + 4,
        ),
        c.hint(T("access.prove.tries", left=ProveCode.tries)),
        c.button(T("access.prove.submit"), type="submit", wide=True),
        action=PROVE,
        fields=typed,
    )


def _runa(about: Any, typed: dict[str, Any]) -> rx.Component:
    if not runa.offered():
        return rx.fragment()
    return rx.fragment(
        c.native_form(
            c.lead(about, " ", T("runa.prove.lead")),
            runa.code_field(),
            c.button(T("access.prove.submit"), type="submit", wide=True),
            action=PROVE,
            fields=typed,
        ),
        runa.how_to(),
    )
