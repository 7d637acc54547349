"""Where a tab lands whose right to work on another's line was taken."""

import reflex as rx

from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.text import T

OVER = "/delegation/over"


@shell.screen(OVER, title="delegation.over.title", audience="visitor")
def over() -> rx.Component:
    """What has happened, and the way back in."""
    return rx.fragment(
        c.lead(T("delegation.over.lead")), c.link_button(T("delegation.over.sign_in"), "/sign-in", kind="primary")
    )
