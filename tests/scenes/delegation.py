"""The lines of one sign-in, and who may work on one's own."""

from tests.browser import hydrated
from tests.scenes.scene import Scene, Stage


def go_over(stage: Stage) -> None:
    stage.page.locator("#lines form button").first.click()
    stage.at("/home")
    stage.page.wait_for_selector("#acting")


def search_nonsense(stage: Stage) -> None:
    stage.type(number="12")
    stage.send()
    stage.refused()


def mark(stage: Stage) -> None:
    stage.page.locator("#lines input[type=checkbox]").first.check()
    stage.page.locator("#selection [role=status]").wait_for()


def go_to_another(stage: Stage) -> None:
    stage.page.locator("#lines form button").first.click()
    stage.at("/home")
    stage.page.goto(stage.served.url + "/more")
    hydrated(stage.page)
    stage.page.wait_for_selector("#acting")


OWN = "/lines/own?number=375296384121"

DELEGATION = (
    Scene("lines", "empty", "/lines", "delegation.lines.title"),
    Scene("lines", "full", "/lines", "delegation.lines.title", who="payer"),
    Scene("lines", "error", "/lines", "delegation.lines.title", who="empty", act=search_nonsense),
    Scene("lines", "own", OWN, "delegation.own.title"),
    Scene("lines", "acting", "/lines", "home.title", who="payer", act=go_over),
    Scene("delegates", "empty", "/settings/delegation", "delegation.delegates.title", who="empty"),
    Scene("delegates", "full", "/settings/delegation", "delegation.delegates.title"),
    Scene("client", "full", "/client", "menu.personal", who="keeper", keeps=True),
    Scene("client", "denied", "/client", "menu.personal", who="empty", keeps=True),
    Scene("lines", "keeper", "/lines", "delegation.lines.title", who="keeper", keeps=True),
    Scene("lines", "marked", "/lines", "delegation.lines.title", who="keeper", keeps=True, act=mark),
    Scene("lines", "chosen", "/lines", "shell.more.title", who="keeper", keeps=True, act=go_to_another),
    Scene("delegation", "over", "/delegation/over", "delegation.over.title", who=""),
)
