"""Plans, services, packages of mobile internet and Пауза."""

from selfcare_app.operators.schema import Feature
from tests.looks import settle
from tests.scenes.scene import Scene, Stage


def _agree(stage: Stage) -> None:
    """Ticks the box of the service agreement where the operator asks for it."""
    box = stage.page.locator("[name=agreed]")
    if box.count():
        box.check()
        stage.page.locator("main form button[type=submit]").click()


def choose_plan(stage: Stage) -> None:
    _agree(stage)
    stage.page.locator("#plans button").first.click()
    stage.at("/change/")
    settle(stage.page)


def list_services(stage: Stage) -> None:
    _agree(stage)
    stage.page.wait_for_selector("#services")


def suspend(stage: Stage) -> None:
    stage.page.locator("main button").last.click()
    stage.at("/change/")
    settle(stage.page)


SERVICES = (
    Scene("tariff", "full", "/tariff", "tariff.title", feature=Feature.TARIFF_CHANGE),
    Scene("tariff", "review", "/tariff", "change.review.title", act=choose_plan, feature=Feature.TARIFF_CHANGE),
    Scene("services", "full", "/services", "service.title", act=list_services, feature=Feature.SERVICES),
    Scene("internet", "full", "/mobile-internet", "service.internet", feature=Feature.MOBILE_INTERNET),
    Scene("pause", "full", "/pause", "pause.title", feature=Feature.PAUSE),
    Scene("pause", "review", "/pause", "change.review.title", act=suspend, feature=Feature.PAUSE),
)
