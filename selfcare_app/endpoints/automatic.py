"""What follows a proof when it was asked for to top up by a kept card."""

from datetime import datetime
from uuid import UUID

from selfcare_app import wiring
from selfcare_app.adapters.cards.port import PAGE
from selfcare_app.endpoints.proof import THEN
from selfcare_app.kit.actor import Subscriber
from selfcare_app.orders.draft import NoDraft
from selfcare_app.payments.automatic import setup

AUTOMATIC = "/top-up/automatic"


async def confirm(actor: Subscriber, subject: str, digest: str, now: datetime) -> str:
    """Confirms the draft `subject`, once; leads to the payment that saves the card, or back to how it stands."""
    try:
        draft_id = UUID(subject)
    except ValueError as wrong:
        raise NoDraft() from wrong
    taker = wiring.wired().card_keeper()
    acquirer = taker.name if taker else ""
    done = await wiring.do(setup.confirm, actor, draft_id=draft_id, digest=digest, acquirer=acquirer, now=now)
    return f"{PAGE}/{done.payment_id}" if done.payment_id else AUTOMATIC


THEN[setup.KIND] = confirm
