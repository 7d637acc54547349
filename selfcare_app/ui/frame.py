"""The compiled pieces that the frame is put together from; see `compiled/`."""

from typing import Any

import reflex as rx
from reflex_components_core.base.error_boundary import on_error_spec


class _Shell(rx.Component):
    library = "$/frame/shell"


class Header(_Shell):
    """Brand, language and theme on top of a phone's page."""

    tag = "Header"
    audience: rx.Var[str]


class Rail(_Shell):
    """The menu beside the content from 1024 px; children stand at its end."""

    tag = "Rail"
    only: rx.Var[Any]
    menu: rx.Var[str]
    own: rx.Var[Any]


class BottomBar(_Shell):
    """The five places at the bottom of a phone's screen."""

    tag = "BottomBar"
    only: rx.Var[Any]
    menu: rx.Var[str]


class MenuList(_Shell):
    """The whole menu as content."""

    tag = "MenuList"
    describe: rx.Var[bool]
    only: rx.Var[Any]
    menu: rx.Var[str]
    own: rx.Var[Any]


class LanguageChoice(_Shell):
    """The choice of language."""

    tag = "LanguageChoice"


class ThemeChoice(_Shell):
    """Light, dark, or as the system says."""

    tag = "ThemeChoice"


class InstallCard(_Shell):
    """The offer to install the cabinet."""

    tag = "InstallCard"


class _Live(rx.Component):
    library = "$/frame/live"


class WordsShown(_Live):
    """Shows the page once it speaks the chosen language."""

    tag = "WordsShown"


class RouteFocus(_Live):
    """Focus and title after a navigation."""

    tag = "RouteFocus"


class Line(_Live):
    """Offline, reconnecting, a new version."""

    tag = "Line"


class ThemeColour(_Live):
    """The browser's own bar in the theme's colour."""

    tag = "ThemeColour"


class Leave(_Live):
    """Goes to `to` by a full load when it is set."""

    tag = "Leave"
    to: rx.Var[Any]


class Effects(_Live):
    """Toasts, announcements and focus that handlers queued."""

    tag = "Effects"
    items: rx.Var[Any]
    on_done: rx.EventHandler[rx.event.passthrough_event_spec(int)]


class Boundary(rx.Component):
    """What stands instead of a page that failed to draw."""

    library = "$/frame/boundary"
    tag = "Boundary"
    on_error: rx.EventHandler[on_error_spec]
