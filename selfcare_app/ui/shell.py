"""The frame around every page, and the list of the pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import reflex as rx
from reflex.state import FrontendEventExceptionState
from reflex_components_core.react_router.dom import ReactRouterLink

from selfcare_app.i18n import browser
from selfcare_app.operators.schema import Feature
from selfcare_app.ui import frame
from selfcare_app.ui.components.controls import link_button
from selfcare_app.ui.components.icons import icon
from selfcare_app.ui.components.notices import fault_notice, heading
from selfcare_app.ui.served import languages, operator
from selfcare_app.ui.text import T, TextVar

Audience = Literal["subscriber", "visitor"]
Layout = Literal["column", "wide"]
Content = Callable[[], rx.Component]
_IMAGE = "/icons/icon-512.png"


@dataclass(frozen=True)
class Screen:
    """A page: where it stands, what it is called, what is in it."""

    route: str
    title: TextVar
    content: Content
    audience: Audience
    on_load: Any
    aside: Content | None
    heading: bool
    layout: Layout
    back: str | None


SCREENS: list[Screen] = []
BUILT: dict[str, str] = {Feature.MORE: Feature.MORE.path}
"""Feature -> path of the pages that exist; the menu leads to no others."""


@dataclass
class _Slots:
    notices: Sequence[Any] = ()
    effects: tuple[Any, Any] | None = None
    leave: Any = None
    idle: Content | None = None
    sign_out: Content | None = None
    acting: Content | None = None
    only: Any = None
    menu: Any = None
    own: Any = None


_slots = _Slots()


def screen(
    route: str,
    *,
    title: str | TextVar,
    feature: Feature | str | None = None,
    audience: Audience = "subscriber",
    on_load: Any = None,
    aside: Content | None = None,
    heading: bool = True,
    layout: Layout = "column",
    back: str | None = None,
) -> Callable[[Content], Content]:
    """Registers a page function that returns the content alone; the frame, heading and title are put around it.

    `title` is a text key or a Var. With `feature` the menu leads here. `audience="visitor"` is for pages without a
    session. `aside` stands in a second column from 1024 px. `back` is the path of a link above the heading.
    """

    def register(content: Content) -> Content:
        said = T(title) if isinstance(title, str) else title
        SCREENS.append(Screen(route, said, content, audience, on_load, aside, heading, layout, back))
        if feature is not None:
            BUILT[Feature(feature)] = route
        return content

    return register


def page(
    title: str | TextVar,
    *content: Any,
    audience: Audience = "subscriber",
    aside: Content | None = None,
    heading: bool = True,
    layout: Layout = "column",
    back: str | None = None,
) -> rx.Component:
    """The frame around a page's content."""
    said = T(title) if isinstance(title, str) else title
    signed_in = audience == "subscriber"
    narrow = "" if aside or layout == "wide" else "max-w-2xl"
    columns = "lg:grid lg:grid-cols-[minmax(0,1fr)_20rem] lg:items-start" if aside else ""
    main = rx.el.main(
        _slots.acting() if signed_in and _slots.acting else None,
        _back(back) if back else None,
        _heading(said) if heading else None,
        *[fault_notice(notice) for notice in _slots.notices],
        *content,
        id="main",
        tab_index=-1,
        class_name=f"flex w-full min-w-0 flex-col gap-6 {narrow}",
    )
    # Headings of all pages begin at one edge; a page without the menu stands in the middle.
    width = "max-w-6xl" if signed_in or not narrow else narrow
    beside = rx.el.aside(aside(), class_name="flex min-w-0 flex-col gap-6") if aside else None
    body = rx.el.div(main, beside, class_name=f"mx-auto flex w-full flex-col gap-8 px-4 py-6 lg:px-8 {columns} {width}")
    if not signed_in:
        return rx.el.div(frame.Header.create(audience="visitor"), body, class_name="flex min-h-dvh flex-col")
    return rx.el.div(
        frame.Header.create(audience="subscriber"),
        rx.el.div(
            frame.Rail.create(_slots.sign_out() if _slots.sign_out else None, **_given("only", "menu", "own")),
            rx.el.div(body, class_name="min-w-0 flex-1 above-bar lg:pb-8"),
            class_name="flex",
        ),
        frame.BottomBar.create(**_given("only", "menu")),
    )


def _given(*names: str) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(_slots, name)) is not None}


def notice_slot(notice: Any) -> rx.Component:
    """Where a page shows the message that a handler left in state; `page` already has one for the common notice."""
    return fault_notice(notice)


def menu_list(*, describe: bool = False) -> rx.Component:
    """The whole menu as content, with what each entry is for."""
    return frame.MenuList.create(describe=describe, **_given("only", "menu", "own"))


def language_choice() -> rx.Component:
    """The choice of language."""
    return frame.LanguageChoice.create()


def theme_choice() -> rx.Component:
    """The choice between light, dark and the system's."""
    return frame.ThemeChoice.create()


def install_card() -> rx.Component:
    """The offer to install the cabinet; not there where it can't be."""
    return frame.InstallCard.create()


def app_arguments() -> dict[str, Any]:
    """What `rx.App` is made with."""
    profile = operator()
    return {
        "html_lang": profile.default_language,
        "toaster": None,
        "stylesheets": ["/styles/app.css"],
        "head_components": _head(),
    }


def configure(
    app: rx.App,
    *,
    notices: Sequence[Any] = (),
    effects: tuple[Any, Any] | None = None,
    leave: Any = None,
    idle: Content | None = None,
    sign_out: Content | None = None,
    acting: Content | None = None,
    only: Any = None,
    menu: Any = None,
    own: Any = None,
) -> None:
    """Adds every registered page and what stands over all of them.

    `notices`: Vars of messages shown on top of each page. `effects`: the Var of queued effects and the handler that
    takes them off. `leave`: a Var of a path to go to by a full load. `idle`: the warning before the session ends.
    `sign_out`: the form that ends it. `acting`: what says on every page that one works on another's line; `only`: a
    Var of the features that the menu leads to then, None for all. `menu`: a Var that says whose menu it is ("client"
    for an organisation's administrator, "chosen" while he works on a line); `own`: of the line he comes back to.
    """
    _slots.notices, _slots.effects, _slots.leave, _slots.idle, _slots.sign_out = notices, effects, leave, idle, sign_out
    _slots.acting, _slots.only, _slots.menu, _slots.own = acting, only, menu, own
    app.app_wraps[(55, "ErrorBoundary")] = _boundary
    app.app_wraps[(5, "Overlay")] = lambda stateful: rx.fragment(_over()()) if stateful else None
    app.app_wraps.pop((4, "ExtraOverlay"), None)
    for each in SCREENS:
        app.add_page(_drawn(each), route=each.route, title=_titled(each.title), image=_IMAGE, on_load=each.on_load)


def _drawn(each: Screen) -> Content:
    def draw() -> rx.Component:
        return page(
            each.title,
            each.content(),
            audience=each.audience,
            aside=each.aside,
            heading=each.heading,
            layout=each.layout,
            back=each.back,
        )

    draw.__name__ = each.content.__name__
    draw.__module__ = each.content.__module__
    return draw


def _titled(said: TextVar) -> TextVar:
    return said.to(str) + f" · {operator().short_name}"


def _heading(said: TextVar) -> rx.Component:
    return heading(said)


def _back(to: str) -> rx.Component:
    return ReactRouterLink.create(
        icon("arrow-left", size=20),
        T("shell.back"),
        to=to,
        class_name="-mb-4 flex min-h-11 items-center gap-2 self-start text-s text-muted hover:text-text",
    )


def _over() -> Any:
    """Everything that stands over the pages, as one component below Reflex's own providers."""

    def frame_over_pages() -> rx.Component:
        items, done = _slots.effects or ([], None)
        return rx.fragment(
            frame.WordsShown.create(),
            frame.RouteFocus.create(),
            frame.Line.create(),
            frame.ThemeColour.create(),
            frame.Effects.create(items=items, **({"on_done": done} if done else {})),
            frame.Leave.create(to=_slots.leave) if _slots.leave is not None else None,
            _slots.idle() if _slots.idle else None,
        )

    frame_over_pages.__annotations__["return"] = rx.Component
    return rx.memo(frame_over_pages)


def _boundary(stateful: bool) -> rx.Component:
    report = FrontendEventExceptionState.handle_frontend_exception if stateful else rx.noop()
    return frame.Boundary.create(on_error=report)


def _head() -> list[rx.Component]:
    brand = operator().brand
    colours = (("light", brand.theme_colour), ("dark", brand.theme_colour_dark))
    return [
        rx.el.script(browser.head_script(languages())),
        rx.el.meta(name="viewport", content="width=device-width, initial-scale=1, viewport-fit=cover"),
        *[
            rx.el.meta(name="theme-color", content=colour, custom_attrs={"media": f"(prefers-color-scheme: {mode})"})
            for mode, colour in colours
        ],
        rx.el.meta(name="format-detection", content="telephone=no"),
        rx.el.meta(name="mobile-web-app-capable", content="yes"),
        rx.el.meta(name="apple-mobile-web-app-title", content=operator().short_name),
        rx.el.link(rel="manifest", href="/manifest.webmanifest"),
        rx.el.link(rel="icon", href="/icons/icon.svg", type="image/svg+xml"),
        rx.el.link(rel="apple-touch-icon", href="/icons/icon-180.png"),
    ]


def _more() -> rx.Component:
    return rx.fragment(
        menu_list(describe=True),
        install_card(),
        rx.el.section(
            rx.el.h2(T("shell.more.settings"), class_name="text-m font-semibold"),
            language_choice(),
            theme_choice(),
            class_name="flex flex-col gap-4 rounded-card bg-raised p-4 shadow-card",
        ),
        _slots.sign_out() if _slots.sign_out else None,
    )


def _not_found() -> rx.Component:
    return rx.fragment(
        rx.el.p(T("shell.not_found.lead")),
        rx.el.p(link_button(T("shell.not_found.home"), "/", kind="primary"), class_name="flex"),
    )


screen(Feature.MORE.path, title="shell.more.title", feature=Feature.MORE)(_more)
screen("/404", title="shell.not_found.title", audience="visitor")(_not_found)
