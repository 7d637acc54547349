"""The transfer as a journey: its steps have screens of their own, its name is the operator's."""

from selfcare_app.operators.schema import Feature
from selfcare_app.payments.transfer import JOURNEY
from selfcare_app.payments.transfer_send import KIND
from selfcare_app.ui import journey
from selfcare_app.ui.journey import DRAFT, Player
from selfcare_app.ui.served import operator

SEND = Feature.TRANSFER.path
PLAYER = Player(
    JOURNEY, SEND, "sharing", own={"to": SEND, "review": f"{SEND}/review/{DRAFT}", "code": f"{SEND}/code/{DRAFT}"}
)
if operator().transfer is not None:
    journey.PLAYERS[KIND] = PLAYER


def title() -> str:
    """The key of what the operator's menu calls it."""
    items = (item for section in operator().menu.subscriber for item in section.items)
    return next((f"menu.{item.title}" for item in items if item.feature == Feature.TRANSFER), "menu.money_transfer")
