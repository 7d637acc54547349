"""What the sign-in page has of security: the button for a passkey, and the way to the emergency code."""

from typing import Any

import reflex as rx

from selfcare_app.ui import components as c
from selfcare_app.ui.text import T


class _PasskeyEnter(rx.Component):
    library = "$/frame/passkey"
    tag = "PasskeyEnter"

    next: rx.Var[Any]
    label: rx.Var[Any]


class _PasskeyProve(rx.Component):
    library = "$/frame/passkey"
    tag = "PasskeyProve"

    typed: rx.Var[Any]
    label: rx.Var[Any]


def passkey_proof_button(typed: dict[str, Any]) -> rx.Component:
    """Proves with a passkey what the form would prove with a code; `typed` is what that form posts."""
    return _PasskeyProve.create(typed=typed, label=T("passkey.prove"))


def passkey_button(next_path: Any) -> rx.Component:
    """Signs in with a passkey, and goes on to `next_path`; not there in a browser that has none."""
    return _PasskeyEnter.create(next=next_path, label=T("passkey.enter"))


def emergency_link() -> rx.Component:
    """For whoever has no time to lose."""
    return rx.el.p(c.link(T("security.block.title"), "/emergency"), class_name="text-s")
