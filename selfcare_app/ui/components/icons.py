"""One family of simple line icons, drawn on a 24-pixel grid; only those that something shows reach the browser."""

from typing import Any

import reflex as rx

LIBRARY = "$/frame/icon"

PATHS: dict[str, str] = {
    "arrow-left": "M19 12H5M11 6l-6 6 6 6",
    "bell": "M6 16v-5a6 6 0 0 1 12 0v5l2 2H4zM10 21h4",
    "building": "M5 21V4h9v17M14 9h5v12M3 21h18M8 8h3M8 12h3M8 16h3",
    "calendar": "M4 6h16v14H4zM4 10h16M8 3v4M16 3v4",
    "chart": "M4 20V4M4 20h16M8 16v-4M12 16V8M16 16v-6",
    "check": "M5 12.5l4.5 4.5L19 7.5",
    "chevron": "M9 5l7 7-7 7",
    "clock": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2",
    "close": "M6 6l12 12M18 6L6 18",
    "cloud-off": "M4 4l16 16M9 6.5A6 6 0 0 1 17.5 11 4 4 0 0 1 20 17.5M15.5 19H7a4.5 4.5 0 0 1-.6-8.9",
    "copy": "M9 9h11v11H9zM15 9V4H4v11h5",
    "document": "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
    "download": "M12 4v11M7 11l5 5 5-5M5 20h14",
    "exit": "M14 4H5v16h9M10 12h11M17 8l4 4-4 4",
    "eye": "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z",
    "eye-off": "M4 4l16 16M9.5 6A9.6 9.6 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-3 3.8"
    "M6 8a17 17 0 0 0-3.5 4S6 18.5 12 18.5a9.5 9.5 0 0 0 4-.9M10 10a3 3 0 0 0 4 4",
    "forward": "M13 6l6 6-6 6M19 12H9a5 5 0 0 0-5 5v1",
    "gift": "M4 9h16v4H4zM6 13v7h12v-7M12 9v11M12 9c-5 0-5-5-2-5 1.5 0 2 2 2 5zM12 9c5 0 5-5 2-5-1.5 0-2 2-2 5z",
    "globe": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18",
    "grid": "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z",
    "handshake": "M3 8l4-2 5 2 5-2 4 2v7l-3 1-5 4-6-4-4-1zM12 8l-3 4c2 1.5 3 0 4-1l4 4",
    "heart": "M12 20S4 15 4 9a4 4 0 0 1 8-1 4 4 0 0 1 8 1c0 6-8 11-8 11z",
    "help": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .9-1 1.7M12 16.5v.2",
    "home": "M4 11l8-7 8 7v9h-5v-6H9v6H4z",
    "info": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 7.5v.2",
    "key": "M8 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM11.5 13.5L20 5M16 9l3 3",
    "keypad": "M10 4L7.5 20M16.5 4L14 20M4.5 9h16M3.5 15h16",
    "list": "M8 6h12M8 12h12M8 18h12M4 6h.1M4 12h.1M4 18h.1",
    "lock": "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 15v2",
    "mail": "M3 6h18v12H3zM3 7l9 7 9-7",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "message": "M4 5h16v11H10l-5 4v-4H4z",
    "moon": "M20 14A8 8 0 1 1 10 4a6.5 6.5 0 0 0 10 10z",
    "news": "M4 5h13v15H6a2 2 0 0 1-2-2zM17 9h3v9a2 2 0 0 1-3 0M7 9h7M7 13h7M7 17h4",
    "pause": "M8 5v14M16 5v14",
    "pencil": "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
    "people": "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c0-4 3-6 6.5-6s6.5 2 6.5 6"
    "M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5c2.3.8 3.5 2.7 3.5 5.5",
    "person": "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c0-4.5 3.5-6.5 7.5-6.5s7.5 2 7.5 6.5",
    "phone": "M7 3h10v18H7zM11 18h2",
    "phone-call": "M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2z",
    "pin": "M12 21s7-6.5 7-11.5a7 7 0 0 0-14 0C5 14.5 12 21 12 21zM12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
    "plus": "M12 5v14M5 12h14",
    "receipt": "M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6",
    "refresh": "M20 11a8 8 0 1 0-2 6M20 5v6h-6",
    "search": "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5",
    "send": "M4 12l16-8-6 16-3-7zM11 13l9-9",
    "shield": "M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6zM9 12l2 2 4-4",
    "sim": "M7 3h7l4 4v14H7zM10 12h5v6h-5zM10 15h5",
    "sun": "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5"
    "M17.5 17.5L19 19M5 19l1.5-1.5M17.5 6.5L19 5",
    "tag": "M4 4h8l8 8-8 8-8-8zM8.5 8.5v.1",
    "ticket": "M3 7h18v4a2 2 0 0 0 0 3v4H3v-4a2 2 0 0 0 0-3zM14 7v3M14 14v4",
    "undo": "M4 9h10a6 6 0 0 1 0 12H8M8 5L4 9l4 4",
    "voicemail": "M6.5 15.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z"
    "M17.5 15.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM6.5 15.5h11",
    "wallet": "M4 7h15v13H4zM4 7l11-4v4M15 12h5v4h-5z",
    "warning": "M12 4L2.5 20h19zM12 10v4M12 17v.2",
}
"""Icon name -> path."""

# The compiled frame draws these itself.
_FRAME = frozenset(
    {
        "arrow-left",
        "check",
        "chevron",
        "close",
        "cloud-off",
        "download",
        "eye",
        "eye-off",
        "globe",
        "info",
        "moon",
        "person",
    }
    | {"phone", "refresh", "sun", "warning", "exit"}
)
_shown: set[str] = set(_FRAME)


class _Icon(rx.Component):
    library = LIBRARY
    tag = "Icon"

    name: rx.Var[str]
    size: rx.Var[int]


def icon(name: str, *, size: int = 24, **props: Any) -> rx.Component:
    """A decorative icon in the colour of the text around it. Raises KeyError for a name that isn't drawn."""
    need(name)
    return _Icon.create(name=name, size=size, **props)


def need(name: str) -> str:
    """Has the icon shipped; raises KeyError for a name that isn't drawn."""
    if name not in PATHS:
        raise KeyError(f"there is no icon {name!r}; there are: {', '.join(PATHS)}")
    _shown.add(name)
    return name


def module() -> str:
    """The JavaScript table of the icons that something shows."""
    lines = "".join(f"  {name!r}: {PATHS[name]!r},\n" for name in sorted(_shown))
    return f"export const PATHS = {{\n{lines}}};\n"
