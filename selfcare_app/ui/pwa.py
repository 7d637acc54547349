"""What makes the cabinet an installable application: manifest, icons, offline page, service worker."""

import hashlib
import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image

from selfcare_app.i18n import catalogue
from selfcare_app.operators import Profile
from selfcare_app.operators.schema import Feature
from selfcare_app.ui import mark
from selfcare_app.ui.brand import dial_codes

SHORTCUTS = (Feature.TOP_UP, Feature.USAGE, Feature.CALL_DETAIL, Feature.NUMBER_CHANGE)
BYPASSED = ("/session/", "/download/", "/inbound/", "/handset", "/health", "/metrics")
"""Paths that are never answered by the service worker."""

_SOURCES = Path(__file__).with_name("offline")
_MASKABLE_SHARE = 0.44
"""Inside the circle that every shape of mask leaves visible."""

_ICONS: Mapping[str, dict[str, Any]] = {
    "icon-192.png": {"size": 192},
    "icon-512.png": {"size": 512},
    "maskable-192.png": {"size": 192, "share": _MASKABLE_SHARE, "round_corners": False},
    "maskable-512.png": {"size": 512, "share": _MASKABLE_SHARE, "round_corners": False},
    "icon-180.png": {"size": 180, "round_corners": False},
}


def icons(profile: Profile) -> dict[str, bytes]:
    """The operator's icons by file name in `/icons/`."""
    drawn = {name: mark.icon(profile, **how) for name, how in _ICONS.items()}
    return drawn | {"icon.svg": mark.icon_svg(profile).encode()}


def manifest(profile: Profile, built: Mapping[str, str], screenshots: Path | None = None) -> dict[str, Any]:
    """The web application manifest in the operator's default language.

    `built` is feature -> path of the pages that exist; `screenshots` a folder with `<operator>-narrow-1.png` and the
    like, taken up where they exist.
    """
    words = catalogue.load(profile.default_language)
    return {
        "id": "/",
        "name": profile.name,
        "short_name": profile.short_name,
        "description": words["shell.manifest.description"],
        "lang": profile.default_language,
        "dir": "ltr",
        "start_url": f"{built.get(Feature.HOME, '/')}?source=app",
        "scope": "/",
        "display": "standalone",
        "orientation": "any",
        "theme_color": profile.brand.theme_colour,
        "background_color": profile.brand.light.surface,
        "categories": ["utilities", "finance"],
        "icons": [
            {"src": "/icons/icon-192.png", "sizes": "192x192", "type": "image/png", "purpose": "any"},
            {"src": "/icons/icon-512.png", "sizes": "512x512", "type": "image/png", "purpose": "any"},
            {"src": "/icons/maskable-192.png", "sizes": "192x192", "type": "image/png", "purpose": "maskable"},
            {"src": "/icons/maskable-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
        ],
        "shortcuts": _shortcuts(profile, built, words),
        "screenshots": _screenshots(profile, screenshots) if screenshots else [],
    }


def offline_page(profile: Profile) -> str:
    """The page shown without the internet: in all of the operator's languages, with its short codes."""
    palette = profile.brand
    sections = "".join(_offline_section(profile, language) for language in profile.languages)
    page = (_SOURCES / "offline.html").read_text("utf-8")
    values = {
        "__LANGUAGE__": profile.default_language,
        "__NAME__": html.escape(profile.short_name),
        "__LIGHT__": _colours(palette.light),
        "__DARK__": _colours(palette.dark),
        "__SECTIONS__": sections,
    }
    for name, value in values.items():
        page = page.replace(name, value)
    return page


def offline_script() -> str:
    """Shows the reader's language on the offline page and opens the wanted page when the line is back."""
    return (_SOURCES / "offline.js").read_text("utf-8")


def service_worker(static: Path) -> str:
    """The worker of a finished bundle: precaches its hashed files and the offline page, and nothing personal."""
    files = sorted(path for path in (static / "assets").iterdir() if path.suffix in (".js", ".css", ".woff2"))
    files += [static / name for name in ("offline.html", "offline.js", "icons/icon-192.png", "icons/icon.svg")]
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    urls = ["/" + path.relative_to(static).as_posix() for path in files]
    source = (_SOURCES / "sw.js").read_text("utf-8")
    return (
        source.replace("__VERSION__", digest.hexdigest()[:12])
        .replace("__PRECACHE__", json.dumps(urls))
        .replace("__BYPASSED__", json.dumps(BYPASSED))
    )


def _shortcuts(profile: Profile, built: Mapping[str, str], words: Mapping[str, Any]) -> list[dict[str, Any]]:
    titles = {
        item.feature: item.title
        for item in (
            *(item for section in profile.menu.subscriber for item in section.items),
            *profile.bottom_bar.items,
        )
    }
    icon = {"src": "/icons/icon-192.png", "sizes": "192x192", "type": "image/png"}
    return [
        {"name": words[f"menu.{titles[feature]}"], "url": built[feature], "icons": [icon]}
        for feature in SHORTCUTS
        if feature in built and feature in titles
    ]


def _screenshots(profile: Profile, folder: Path) -> list[dict[str, Any]]:
    found = []
    for form in ("narrow", "wide"):
        for path in sorted(folder.glob(f"{profile.key}-{form}-*.png")):
            with Image.open(path) as image:
                width, height = image.size
            source = f"/{folder.name}/{path.name}"
            found.append({"src": source, "sizes": f"{width}x{height}", "type": "image/png", "form_factor": form})
    return found


def _offline_section(profile: Profile, language: str) -> str:
    words = {key: str(text) for key, text in catalogue.load(language).items() if key.startswith("shell.")}
    say = {key: html.escape(text) for key, text in words.items()}
    codes = "".join(_code(say[f"shell.dial.{dial['purpose']}"], dial["code"]) for dial in dial_codes(profile))
    codes = f"<p>{say['shell.offline.codes']}</p><ul>{codes}</ul>" if codes else ""
    hidden = "" if language == profile.default_language else " hidden"
    return (
        f'<section lang="{language}"{hidden}><h1>{say["shell.offline.title"]}</h1><p>{say["shell.offline.lead"]}</p>'
        f'{codes}<p><a class="again" href="">{say["shell.offline.again"]}</a></p></section>'
    )


def _code(purpose: str, code: str) -> str:
    return f'<li>{purpose} <a href="tel:{quote(code, safe="*+")}">{html.escape(code)}</a></li>'


def _colours(palette: Any) -> str:
    names = ("surface", "text", "accent", "accent_text")
    return "".join(f"--{name.replace('_', '-')}:{getattr(palette, name)};" for name in names)
