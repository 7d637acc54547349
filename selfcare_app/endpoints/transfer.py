"""What follows a proof when it was asked for to give money to another subscriber."""

from datetime import datetime
from uuid import UUID

from selfcare_app import wiring
from selfcare_app.endpoints.proof import THEN
from selfcare_app.kit.actor import Subscriber
from selfcare_app.orders.draft import NoDraft
from selfcare_app.payments import transfer
from selfcare_app.payments.transfer_send import KIND


async def confirm_transfer(actor: Subscriber, subject: str, digest: str, now: datetime) -> str:
    """Confirms the draft `subject`, once however often it is posted; gives the page that says what came of it."""
    try:
        draft_id = UUID(subject)
    except ValueError as wrong:
        raise NoDraft() from wrong
    done = await wiring.do(transfer.confirm, actor, draft_id=draft_id, digest=digest, now=now)
    return f"/transfer/done/{done.id}"


THEN[KIND] = confirm_transfer
