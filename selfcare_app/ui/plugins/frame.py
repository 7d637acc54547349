"""Puts the frame into the build: compiled components, words of every language, menu, icons, colours of the operator."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reflex_base.plugins import Plugin

from selfcare_app.i18n import browser
from selfcare_app.ui import brand, menu, text, theme
from selfcare_app.ui.components import icons
from selfcare_app.ui.served import languages, operator

_COMPILED = Path(__file__).resolve().parent.parent / "compiled"


class FramePlugin(Plugin):
    """Writes the frame's modules when the pages have been compiled, so that only what they use is in them."""

    def get_stylesheet_paths(self, **_context: Any) -> Sequence[str]:
        """The operator's colours, relative to the style folder."""
        return ["./operator.css"]

    def get_static_assets(self, **_context: Any) -> Sequence[tuple[Path, str | bytes]]:
        """All modules as (path in the build, text)."""
        from selfcare_app.ui.shell import BUILT

        profile = operator()
        made: list[tuple[Path, str | bytes]] = [
            (Path("frame") / path.name, path.read_text("utf-8")) for path in sorted(_COMPILED.glob("*.js*"))
        ]
        made += [
            (Path(browser.FOLDER) / name, text)
            for name, text in browser.modules(languages(), text.said({"menu": menu.said(profile, BUILT)}))
        ]
        made += [
            (Path("frame/menu.js"), menu.module(profile, BUILT)),
            (Path("frame/brand.js"), brand.module(profile)),
            (Path("frame/icons.js"), icons.module()),
            (Path("styles/operator.css"), theme.stylesheet(profile)),
        ]
        return made
