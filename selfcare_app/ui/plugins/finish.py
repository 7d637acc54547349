"""The last hand on a built bundle: any address, installable, first paint without waiting."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

from reflex_base.plugins import Plugin

from selfcare_app.settings import ROOT
from selfcare_app.ui import pwa
from selfcare_app.ui.served import operator

_STYLESHEET = re.compile(r'<link (?=[^>]*rel="stylesheet")[^>]*href="(?P<href>/assets/[^"]+)"[^>]*>')
_PRELOADED_STYLE = re.compile(r'<link (?=[^>]*rel="preload")[^>]*as="style"[^>]*>')
_ADDRESS = re.compile(r"`(https?|wss?)://[^/`]+(/[^`]*)`")


class FinishPlugin(Plugin):
    """Runs between the bundler and the compression of its output."""

    def post_build(self, **context: Any) -> None:
        """Changes the folder that is going to be served."""
        static: Path = context["static_dir"]
        from selfcare_app.ui.shell import BUILT

        relocate(static)
        # The bundle has the stylesheets in it; their sources need not be public.
        shutil.rmtree(static / "styles", ignore_errors=True)
        profile = operator()
        (static / "icons").mkdir(exist_ok=True)
        for name, drawn in pwa.icons(profile).items():
            (static / "icons" / name).write_bytes(drawn)
        manifest = pwa.manifest(profile, BUILT, ROOT / "assets" / "pwa")
        (static / "manifest.webmanifest").write_text(json.dumps(manifest, ensure_ascii=False), "utf-8")
        (static / "offline.html").write_text(pwa.offline_page(profile), "utf-8")
        (static / "offline.js").write_text(pwa.offline_script(), "utf-8")
        (static / "sw.js").write_text(pwa.service_worker(static), "utf-8")
        paint_early(static)


def relocate(static: Path) -> None:
    """Makes the addresses that Reflex bakes in follow the page's own origin: one bundle for every host and port."""
    for path in (static / "assets").glob("reflex-env-*.js"):
        path.write_text(_ADDRESS.sub(_own_origin, path.read_text("utf-8")), "utf-8")


def paint_early(static: Path) -> None:
    """Puts the stylesheet into the prerendered pages, so that they are drawn when they arrive.

    The link stays, because React looks for it when it takes the page over; as a print stylesheet it holds nothing up.
    """
    for path in static.rglob("*.html"):
        page = path.read_text("utf-8")
        if found := _STYLESHEET.search(page):
            sheet = (static / found["href"].lstrip("/")).read_text("utf-8")
            link = found[0].replace("<link ", '<link media="print" ', 1)
            page = page.replace(found[0], f"<style>{sheet}</style>{link}", 1)
            path.write_text(_PRELOADED_STYLE.sub("", page), "utf-8")


def _own_origin(found: re.Match[str]) -> str:
    scheme = "ws" if found[1].startswith("ws") else "http"
    return f"location.origin.replace(/^http/,`{scheme}`)+`{found[2]}`"
