"""Security: what needs to be known first, then the ways to look after one's access."""

import reflex as rx

from selfcare_app.operators.schema import Feature
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.security.alarms import SESSIONS, alarms
from selfcare_app.ui.pages.signins.sign_ins import PATH as SIGN_INS
from selfcare_app.ui.text import T

PATH = Feature.SECURITY.path
JOURNAL, PASSKEYS, EMERGENCY = f"{PATH}/journal", f"{PATH}/passkeys", f"{PATH}/emergency"
PROTECTION = f"{PATH}/protection"


@shell.screen(PATH, title="security.title", feature=Feature.SECURITY, back=Feature.MORE.path)
def security() -> rx.Component:
    """The alarms, and where to go on."""
    return rx.fragment(
        alarms(),
        c.lead(T("security.lead")),
        rx.el.nav(
            c.tile("phone", T("security.sessions.title"), SESSIONS, hint=T("security.sessions.hint")),
            c.tile("clock", T("sign_ins.title"), SIGN_INS, hint=T("sign_ins.link")),
            c.tile("eye", T("journal.title"), JOURNAL, hint=T("journal.hint")),
            c.tile("key", T("passkey.title"), PASSKEYS, hint=T("passkey.hint")),
            c.tile("shield", T("guard.lock.title"), PROTECTION, hint=T("guard.lock.hint")),
            c.tile("lock", T("security.emergency.title"), EMERGENCY, hint=T("security.emergency.hint")),
            aria_label=T("security.title"),
            class_name="flex flex-col gap-3",
        ),
    )
