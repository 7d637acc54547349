"""What follows a proof when it was asked for to confirm an order."""

from datetime import datetime
from uuid import UUID

from selfcare_app import wiring
from selfcare_app.endpoints.proof import THEN
from selfcare_app.kit.actor import Subscriber
from selfcare_app.numbers import change_number
from selfcare_app.numbers.eligibility import KIND
from selfcare_app.orders.draft import NoDraft


async def confirm_number_change(actor: Subscriber, subject: str, digest: str, now: datetime) -> str:
    """Confirms the draft `subject`, once however often it is posted; gives the order's page."""
    try:
        draft_id = UUID(subject)
    except ValueError as wrong:
        raise NoDraft() from wrong
    placed = await wiring.do(change_number.confirm, actor, draft_id=draft_id, digest=digest, now=now)
    return f"/orders/{placed.id}"


THEN[KIND] = confirm_number_change
