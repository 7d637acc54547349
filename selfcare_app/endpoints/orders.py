"""What follows a proof when it was asked for to confirm an order."""

from datetime import datetime
from uuid import UUID

from selfcare_app import wiring
from selfcare_app.endpoints.proof import THEN
from selfcare_app.kit.actor import Subscriber
from selfcare_app.numbers import change_number
from selfcare_app.numbers.eligibility import KIND
from selfcare_app.orders import change, tariff
from selfcare_app.orders.draft import NoDraft


async def confirm_number_change(actor: Subscriber, subject: str, digest: str, now: datetime) -> str:
    """Confirms the draft `subject`, once however often it is posted; gives the order's page."""
    placed = await wiring.do(change_number.confirm, actor, draft_id=_draft(subject), digest=digest, now=now)
    return f"/orders/{placed.id}"


async def confirm_tariff_change(actor: Subscriber, subject: str, digest: str, now: datetime) -> str:
    """The same for a change of plan, where the operator asks for a code."""
    placed = await wiring.do(change.confirm, actor, draft_id=_draft(subject), digest=digest, now=now)
    return f"/orders/{placed.id}"


def _draft(subject: str) -> UUID:
    try:
        return UUID(subject)
    except ValueError as wrong:
        raise NoDraft() from wrong


THEN[KIND] = confirm_number_change
THEN[tariff.KIND] = confirm_tariff_change
