"""Money: cards, promised payments, the history, the account, wrong payments; each with something in it and without."""

from selfcare_app.operators.schema import Feature
from selfcare_app.subscribers.tables import Line
from tests.scenes.scene import Scene, Stage


def wrong_code(stage: Stage) -> None:
    stage.type(code="2026 1118")
    stage.send()
    stage.refused()


def too_much(stage: Stage) -> None:
    stage.type(amount="999")
    stage.page.locator("main form button[type=submit]").click()
    stage.refused()


def promise_review(stage: Stage) -> None:
    stage.type(amount="1")
    stage.page.locator("main form button[type=submit]").click()
    stage.at("/promised-payment/review/")


def promised(stage: Stage) -> None:
    promise_review(stage)
    stage.page.locator("main button").last.click()
    stage.page.wait_for_selector("#promises")


def refund_wrong(stage: Stage) -> None:
    stage.type(number="12", amount="99", paid_on="2020-01-01")
    stage.page.locator("main form button[type=submit]").click()
    stage.refused()


def refund_review(stage: Stage) -> None:
    # The same person changes the number on another page.
    with stage.served.db.snapshot() as session:
        number = str(session.get_one(Line, stage.people.payer.id).msisdn)
    day = stage.served.now.astimezone(stage.served.profile.zone).date()
    stage.type(number=f"+{number[:-1]}{(int(number[-1]) + 5) % 10}", amount="5", paid_on=day.isoformat())
    stage.page.locator("main form button[type=submit]").click()
    stage.at("/refund/review/")


FINANCE = (
    Scene("voucher", "empty", "/top-up/voucher", "voucher.title", feature=Feature.VOUCHER),
    Scene("voucher", "error", "/top-up/voucher", "voucher.title", act=wrong_code, feature=Feature.VOUCHER),
    Scene("promise", "empty", "/promised-payment", "menu.unconfirmed_payments", who="empty", feature=Feature.PROMISED_PAYMENT),
    Scene(
        "promise", "error", "/promised-payment/amount", "promise.step.amount", act=too_much,
        feature=Feature.PROMISED_PAYMENT,
    ),
    Scene(
        "promise", "review", "/promised-payment/amount", "promise.step.review", act=promise_review,
        feature=Feature.PROMISED_PAYMENT,
    ),
    Scene(
        "promise", "full", "/promised-payment/amount", "menu.unconfirmed_payments", who="waiting", act=promised,
        feature=Feature.PROMISED_PAYMENT,
    ),
    Scene("payments", "full", "/payments", "history.title", feature=Feature.PAYMENT_HISTORY),
    Scene("payments", "empty", "/payments", "history.title", who="empty", feature=Feature.PAYMENT_HISTORY),
    Scene(
        "client-payments", "empty", "/client/payments", "menu.client_payments", who="keeper", keeps=True,
        feature=Feature.CLIENT_PAYMENTS,
    ),
    Scene("refund", "empty", "/refund", "refund.title", feature=Feature.REFUND),
    Scene("refund", "error", "/refund/apply", "refund.step.details", act=refund_wrong, feature=Feature.REFUND),
    Scene("refund", "review", "/refund/apply", "refund.step.review", who="payer", act=refund_review, feature=Feature.REFUND),
)  # fmt: skip

ACCOUNT = (
    Scene("account", "full", "/account", "history.account.title", feature=Feature.ACCOUNT),
    Scene("account", "empty", "/account", "history.account.title", who="empty", feature=Feature.ACCOUNT),
)
"""Of operators whose account has a page of its own."""
