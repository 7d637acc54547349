"""What every page has of the session: the warning before it ends, the way out when it is over, the sign-out button."""

from typing import Any

import reflex as rx

from selfcare_app.ui import components as c
from selfcare_app.ui.session import AppState
from selfcare_app.ui.text import T

SIGN_OUT = "/session/sign-out"


class _SessionWatch(rx.Component):
    library = "$/frame/session"
    tag = "SessionWatch"

    idle: rx.Var[Any]
    leave: rx.Var[Any]
    live: rx.Var[Any]
    title: rx.Var[Any]
    text: rx.Var[Any]
    stay: rx.Var[Any]
    sign_out: rx.Var[Any]
    sign_out_action: rx.Var[Any]

    on_stay: rx.EventHandler[rx.event.no_args_event_spec]


def idle_warning() -> rx.Component:
    """Drawn once beside the pages: warns before idleness ends the session, leaves when it has (ISSA-023, ISSA-024)."""
    return _SessionWatch.create(
        idle=AppState.idle,
        leave=AppState.leave,
        live=AppState.is_hydrated,
        on_stay=AppState.stay,
        title=T("session.idle.title"),
        text=T("session.idle.text"),
        stay=T("session.idle.stay"),
        sign_out=T("session.sign_out"),
        sign_out_action=SIGN_OUT,
    )


def sign_out_form() -> rx.Component:
    """A form that ends the session, for the menu."""
    return c.native_form(
        c.button(T("session.sign_out"), type="submit", kind="quiet", icon="exit", wide=True),
        action=SIGN_OUT,
        enhance=False,
    )
