"""Home, personal information and the frame's own pages."""

from selfcare_app.operators.schema import Feature
from tests.scenes.scene import Scene

HOME = (
    Scene("home", "full", "/home", "home.title"),
    Scene("home", "empty", "/home", "home.title", who="empty"),
    Scene("home", "waiting", "/home", "home.title", who="waiting", feature=Feature.NUMBER_CHANGE),
    Scene("personal", "full", "/personal", ""),
    Scene("personal", "empty", "/personal", "", who="empty"),
)
FRAME = (
    Scene("more", "full", "/more", "shell.more.title"),
    Scene("404", "full", "/no-such-page", "shell.not_found.title", who="", is_live=False),
    Scene("offline", "full", "/offline.html", "shell.offline.title", who="", is_live=False, speaks=False),
)
