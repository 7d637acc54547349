"""Instalments, giving money to another, bonus units and gifts."""

from selfcare_app.operators.schema import Feature
from tests.scenes.scene import Scene, Stage


def all_of_it(stage: Stage) -> None:
    stage.page.locator("main section button").nth(1).click()
    stage.page.locator("main [role=group] button").first.wait_for()


def wrong(stage: Stage) -> None:
    if stage.served.profile.transfer is not None and stage.served.profile.transfer.recurrences:
        stage.page.locator("[name=recurrence]").select_option("monthly")
    stage.type(number="12", amount="0")
    stage.page.locator("main form button[type=submit]").click()
    stage.refused()


def one_gift(stage: Stage) -> None:
    gift = stage.page.locator("#gifts button")
    if gift.count():
        gift.first.click()
        stage.page.locator("#gifts [role=group] button").first.wait_for()


INSTALMENTS = (
    Scene("instalments", "full", "/instalments", "menu.instalments", act=all_of_it, feature=Feature.INSTALMENTS),
    Scene("instalments", "empty", "/instalments", "menu.instalments", who="empty", feature=Feature.INSTALMENTS),
    Scene(
        "client-instalments", "full", "/client/instalments", "menu.instalments", who="keeper", keeps=True,
        feature=Feature.CLIENT_INSTALMENTS,
    ),
)  # fmt: skip
GIVING = (
    Scene("transfer", "error", "/transfer", "", act=wrong, feature=Feature.TRANSFER),
    Scene("transfer", "empty", "/transfer", "", who="empty", feature=Feature.TRANSFER),
    Scene("bonus", "full", "/bonus", "", act=one_gift, feature=Feature.BONUS),
    Scene("bonus", "empty", "/bonus", "", who="empty", feature=Feature.BONUS),
)
"""Of operators other than the one that every page is looked at for."""
