"""Call detail: what to show, the code, the records, none of them."""

from selfcare_app.operators.schema import Feature
from tests.scenes.access import ask_for_code
from tests.scenes.scene import Scene, Stage

LIST = "/call-detail?period={month}"


def no_kind(stage: Stage) -> None:
    for box in stage.page.locator("main input[type=checkbox]").all():
        box.uncheck()
    stage.page.locator("main form button[type=submit]").click()
    stage.refused()


def not_found(stage: Stage) -> None:
    stage.type(number="0000000")
    stage.page.locator("[name=number]").press("Enter")
    stage.page.wait_for_selector("#records", state="detached")


def _scene(state: str, path: str, **how: object) -> Scene:
    return Scene("call-detail", state, path, "usage.title", feature=Feature.CALL_DETAIL, **how)  # type: ignore[arg-type]


USAGE = (
    _scene("choose", "/call-detail"),
    _scene("error", "/call-detail", act=no_kind),
    _scene("prove", LIST),
    _scene("code", LIST, act=ask_for_code),
    _scene("full", LIST, proof="call_detail"),
    _scene("none", LIST, proof="call_detail", act=not_found),
    _scene("empty", LIST, who="empty", proof="call_detail"),
)
