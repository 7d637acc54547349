"""Call detail: what to show, the code, the records, none of them."""

from selfcare_app.operators.schema import Feature
from tests.scenes.access import ask_for_code
from tests.scenes.scene import Scene, Stage

LIST = "/call-detail?period={month}"
DAY = "/internet-statistics?day={day}"
QUESTIONS = "/call-detail/questions"
LINES = "/charges/lines?month={month}&kind=outgoing_own_network"


def no_kind(stage: Stage) -> None:
    for box in stage.page.locator("main input[type=checkbox]").all():
        box.uncheck()
    stage.page.locator("main form button[type=submit]").click()
    stage.refused()


def not_found(stage: Stage) -> None:
    stage.type(number="0000000")
    stage.page.locator("[name=number]").press("Enter")
    stage.page.wait_for_selector("#records", state="detached")


def in_detail(stage: Stage) -> None:
    stage.page.locator("main details summary").first.click()


def first_receipt(stage: Stage) -> None:
    stage.page.locator("#lines a[href*='/receipt']").first.click()
    stage.at("/call-detail/receipt")


def ask_about_it(stage: Stage) -> None:
    first_receipt(stage)
    stage.page.locator("a[href*='/questions/ask']").click()
    stage.at("/call-detail/questions/ask")
    stage.page.locator("main form button[type=submit]").click()
    stage.refused()


def _scene(state: str, path: str, **how: object) -> Scene:
    return Scene("call-detail", state, path, "usage.title", feature=Feature.CALL_DETAIL, **how)  # type: ignore[arg-type]


def _day(state: str, path: str, **how: object) -> Scene:
    feature = Feature.INTERNET_STATISTICS
    return Scene("internet-statistics", state, path, "statistics.title", feature=feature, **how)  # type: ignore[arg-type]


STATISTICS = (
    _day("choose", "/internet-statistics"),
    _day("full", DAY, proof="internet_statistics"),
    _day("empty", DAY, who="empty", proof="internet_statistics"),
)

USAGE = (
    _scene("choose", "/call-detail"),
    _scene("error", "/call-detail", act=no_kind),
    _scene("prove", LIST),
    _scene("code", LIST, act=ask_for_code),
    _scene("full", LIST, proof="call_detail"),
    _scene("none", LIST, proof="call_detail", act=not_found),
    _scene("empty", LIST, who="empty", proof="call_detail"),
    *STATISTICS,
    Scene("usage", "full", "/usage", "chart.title", feature=Feature.USAGE),
    Scene("usage", "empty", "/usage", "chart.title", feature=Feature.USAGE, who="empty"),
    Scene("charges", "full", "/charges", "charges.title", feature=Feature.CHARGES, act=in_detail),
    Scene("charges", "empty", "/charges", "charges.title", feature=Feature.CHARGES, who="empty"),
    Scene("charges", "lines", LINES, "charges.lines_title", feature=Feature.CHARGES, proof="call_detail"),
    Scene("receipt", "record", LINES, "receipt.title", feature=Feature.CHARGES, proof="call_detail", act=first_receipt),
    Scene("question", "error", LINES, "question.new", feature=Feature.CHARGES, proof="call_detail", act=ask_about_it),
    Scene("questions", "full", QUESTIONS, "question.title"),
    Scene("questions", "empty", QUESTIONS, "question.title", who="empty"),
    Scene("fee", "none", "/fees?fee=x", "receipt.title"),
    Scene("advice", "full", "/tariff/advice", "advice.title", feature=Feature.TARIFF_CHANGE),
)
