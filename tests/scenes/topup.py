"""Topping up: the form, what is wrong in it, a payment that waits, one that came to its end."""

from datetime import timedelta

from selfcare_app.kit.ids import new_id
from selfcare_app.operators.schema import Feature
from selfcare_app.operators.schema.vocabulary import TopUpWay
from selfcare_app.payments.automatic.tables import AutomaticCharge, AutomaticTopUp
from selfcare_app.payments.hosted_tables import HostedPayment
from tests.browser import hydrated
from tests.looks import settle
from tests.scenes.scene import Scene, Stage


def _wrong(stage: Stage) -> None:
    if TopUpWay.BANK_CARD not in stage.served.profile.top_up.ways:
        return
    stage.type(amount="0,01")
    stage.page.locator("main form button[type=submit]").click()
    stage.refused()


def _payment(stage: Stage, state: str) -> None:
    served, line = stage.served, stage.people.full
    row = HostedPayment(
        id=new_id(),
        no=new_id().int % 10**9,
        line_id=line.id,
        account_id=line.account_id,
        msisdn=line.msisdn or "",
        way="bank_card",
        acquirer="liqpay",
        amount_minor=2_500,
        currency=served.profile.currency,
        state=state,
        url=f"{served.url}/top-up" if state == "pending" else "",
        # Long ago: the form of another scene is not full of it.
        created_at=served.now - timedelta(days=3),
        finished_at=None if state == "pending" else served.now,
    )
    with served.db.transaction() as session:
        session.add(row)
        session.flush()
        payment = row.id
    stage.page.goto(f"{served.url}/top-up/payment/{payment}")
    hydrated(stage.page)
    settle(stage.page)


def _refused(stage: Stage) -> None:
    """It is on, and the bank has refused the last time."""
    served, line = stage.served, stage.people.full
    profile, place = served.profile, f"automatic_top_up.token.{line.account_id}"
    ids = {"account_id": line.account_id, "line_id": line.id, "currency": profile.currency, "acquirer": "liqpay"}
    charge = ids | {"fall": 1, "amount_minor": 1_000, "created_at": served.now}
    with served.db.transaction() as session:
        if session.get(AutomaticTopUp, line.account_id) is None:
            session.add(
                AutomaticTopUp(
                    **ids, state="on", threshold_minor=500, amount_minor=1_000, month_minor=5_000, card_tail="4242",
                    token=served.keys.seal("card", place, b"token"), is_below=True, falls=1, refusals=1,
                    changed_at=served.now,
                )
            )  # fmt: skip
            session.add(
                AutomaticCharge(
                    **charge, id=new_id(), attempt=1, state="refused", reason="automatic.refused", sent_at=served.now,
                    finished_at=served.now,
                )
            )  # fmt: skip
            session.add(AutomaticCharge(**charge, id=new_id(), attempt=2, due_at=served.now + timedelta(days=1)))
    stage.page.goto(f"{served.url}/top-up/automatic")
    hydrated(stage.page)
    stage.page.locator("#last").wait_for()
    settle(stage.page)


def _too_little(stage: Stage) -> None:
    stage.type(threshold="5", amount="1", month="0")
    stage.page.locator("main form button[type=submit]").click()
    stage.refused()


TOP_UP = (
    Scene("automatic-top-up", "full", "/top-up", "automatic.title", by_card=True, act=_refused),
    Scene(
        "automatic-top-up", "error", "/top-up/automatic", "automatic.title", who="empty", by_card=True, act=_too_little
    ),
    Scene("top-up", "full", "/top-up", "topup.title", feature=Feature.TOP_UP),
    Scene("top-up", "error", "/top-up", "topup.title", feature=Feature.TOP_UP, act=_wrong),
    Scene(
        "payment",
        "pending",
        "/top-up",
        "topup.payment.title",
        feature=Feature.TOP_UP,
        act=lambda stage: _payment(stage, "pending"),
    ),
    Scene(
        "payment",
        "failed",
        "/top-up",
        "topup.payment.title",
        feature=Feature.TOP_UP,
        act=lambda stage: _payment(stage, "failed"),
    ),
)
