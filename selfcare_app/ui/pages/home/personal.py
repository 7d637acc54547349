"""Personal information in two tabs, each with an address of its own, and the way to PIN and PUK."""

from typing import Any

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from selfcare_app.i18n.message import Wire
from selfcare_app.kit import clock
from selfcare_app.operators.schema import Feature
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.home import fields, packages
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T
from selfcare_app.usage import personal
from selfcare_app.wiring import ask

PATH, MORE_PATH = Feature.PERSONAL.path, Feature.PERSONAL_MORE.path


class PersonalInformation(SignedState):
    """The fields of both tabs, in the operator's order."""

    loaded: bool = False
    billed: bool = False
    main_rows: list[dict[str, Any]] = []
    more_rows: list[dict[str, Any]] = []
    packages: list[dict[str, Any]] = []
    packages_at: Wire = {}

    @rx.event
    async def load(self):
        """Reads everything anew."""
        actor = await self._actor()
        found = await ask(personal.read, actor, now=clock.now())
        shown = operator().personal
        self.main_rows = fields.rows(found, shown.fields)
        self.more_rows = fields.rows(found, shown.more_fields)
        self.packages, self.packages_at = packages.rows(found.packages), packages.as_of(found.packages)
        self.billed = found.previous_month.billed
        self.loaded = True


def title() -> Any:
    """The operator's own name for the section, as its menu has it."""
    items = [item for section in operator().menu.subscriber for item in section.items]
    return T(f"menu.{next((item.title for item in items if item.feature == Feature.PERSONAL), 'personal')}")


@shell.screen(PATH, title=title(), feature=Feature.PERSONAL, on_load=PersonalInformation.load)
def main_tab() -> rx.Component:
    """Who one is to the operator, and what is left of the package."""
    rows = c.card(c.key_values_each(PersonalInformation.main_rows, area="subscribers"))
    if fields.BESIDE not in operator().personal.fields:
        return _tab(PATH, rows)
    left = c.card(
        packages.gauges(PersonalInformation.packages),
        packages.known_at(PersonalInformation.packages_at),
        title=T("home.package.title"),
    )
    return _tab(PATH, rows, left)


def more_tab() -> rx.Component:
    """What the contract and the account say."""
    rows = c.card(c.key_values_each(PersonalInformation.more_rows, area="subscribers"))
    if "previous_month_charges" not in operator().personal.more_fields:
        return _tab(MORE_PATH, rows)
    hint = rx.cond(PersonalInformation.billed, T("home.personal.bill_hint"), T("home.personal.charges_hint"))
    return _tab(MORE_PATH, rows, c.hint(hint))


if operator().personal.more_fields:
    register = shell.screen(
        MORE_PATH, title="menu.personal_more", feature=Feature.PERSONAL_MORE, on_load=PersonalInformation.load
    )
    register(more_tab)


def _tab(path: str, *content: rx.Component | None) -> rx.Component:
    waiting = rx.cond(PersonalInformation.notice, _failed(), c.skeleton("rows", 7))
    return rx.fragment(
        _tabs(path),
        c.loading(PersonalInformation.loaded, waiting, rx.fragment(*content)),
        _sim_secrets(),
    )


def _tabs(path: str) -> rx.Component | None:
    if not operator().personal.more_fields:
        return None
    tabs = ((PATH, T("home.personal.main")), (MORE_PATH, T("menu.personal_more")))
    return rx.el.nav(
        *[_tab_link(to, label, here=to == path) for to, label in tabs],
        aria_label=T("home.personal.tabs"),
        class_name="flex flex-wrap gap-1 rounded-card border border-line p-1",
    )


def _tab_link(to: str, label: Any, *, here: bool) -> rx.Component:
    shape = "flex min-h-11 flex-1 basis-36 items-center justify-center rounded-card px-2 text-center text-s"
    if here:
        return ReactRouterLink.create(
            label, to=to, aria_current="page", class_name=f"{shape} bg-accent-soft font-semibold"
        )
    return ReactRouterLink.create(label, to=to, class_name=f"{shape} text-muted hover:text-text")


def _failed() -> rx.Component:
    again = c.button(T("home.failed.again"), kind="secondary", icon="refresh", on_click=PersonalInformation.load)
    return c.empty("cloud-off", T("home.failed.title"), T("home.failed.lead"), action=again)


def _sim_secrets() -> rx.Component | None:
    if Feature.SIM_SECRETS not in operator().features:
        return None
    return c.link_button(T("menu.sim_secrets"), Feature.SIM_SECRETS.path, icon="sim", wide=True)
