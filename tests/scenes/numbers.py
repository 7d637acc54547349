"""Changing the number, from the first offer to the order, and the archive of orders."""

from selfcare_app.operators.schema import Feature
from tests.browser import hydrated
from tests.looks import settle
from tests.scenes.access import ask_for_code
from tests.scenes.scene import Scene, Stage

_HOLD = "#results li button"
_GO_ON = "#held li button"


def by_mask(stage: Stage, mask: str) -> None:
    stage.page.locator("main [role=group] button").nth(1).click()
    stage.page.wait_for_selector("#mask")
    stage.page.fill("#mask", mask)
    stage.page.press("#mask", "Enter")


def found(stage: Stage) -> None:
    by_mask(stage, "%777%")
    stage.page.wait_for_selector("#results li")


def none_found(stage: Stage) -> None:
    by_mask(stage, "291000000")
    stage.page.wait_for_selector("#results")


def wrong_mask(stage: Stage) -> None:
    by_mask(stage, "331234567")
    stage.refused()


def by_category(stage: Stage) -> None:
    stage.page.locator("main [role=group] button").nth(2).click()
    stage.page.locator("main [role=group]").nth(1).locator("button").nth(2).click()
    stage.page.wait_for_selector("#results li")


def hold(stage: Stage) -> None:
    stage.page.locator(_HOLD).first.click()
    stage.page.wait_for_selector(_GO_ON)


def review(stage: Stage) -> None:
    hold(stage)
    stage.page.locator(_GO_ON).first.click()
    stage.at("/number/review/")
    settle(stage.page)


def code(stage: Stage) -> None:
    review(stage)
    stage.page.locator("main a[href*='/code/']").first.click()
    stage.at("/number/code/")
    settle(stage.page)
    ask_for_code(stage)


def result(stage: Stage) -> None:
    code(stage)
    stage.type(code=stage.code(stage.people.payer))
    stage.at("/orders/")


def open_order(stage: Stage) -> None:
    stage.page.locator("main a[href^='/orders/']").last.click()
    stage.page.wait_for_url("**/orders/*-*")
    hydrated(stage.page)


def _number(state: str, **how: object) -> Scene:
    settings = {"path": "/number", "title": "numbers.title", "feature": Feature.NUMBER_CHANGE} | how
    return Scene("number", state, **settings)  # type: ignore[arg-type]


NUMBERS = (
    _number("full"),
    _number("mask", act=found),
    _number("none", act=none_found),
    _number("error", act=wrong_mask),
    _number("category", act=by_category),
    _number("held", act=hold),
    _number("refused", who="waiting"),
    _number("poor", who="empty", act=review, title="numbers.review.title"),
    _number("review", act=review, title="numbers.review.title"),
    _number("code", act=code, title="numbers.confirm.title"),
)
ORDERS = (
    _number("result", who="payer", act=result, title=""),
    Scene("orders", "full", "/orders", "orders.title", feature=Feature.NUMBER_CHANGE),
    Scene("orders", "empty", "/orders", "orders.title", who="empty"),
    Scene("order", "done", "/orders", "", act=open_order, feature=Feature.NUMBER_CHANGE),
    Scene("order", "accepted", "/orders", "", who="waiting", act=open_order, feature=Feature.NUMBER_CHANGE),
    Scene("order", "unknown", "/orders/01890a5d-ac96-774b-bcce-b302099a8057", ""),
)
