"""What follows the proof that an application for the return of a wrong payment asks for."""

from datetime import datetime
from uuid import UUID

from selfcare_app import wiring
from selfcare_app.endpoints.proof import THEN
from selfcare_app.kit.actor import Subscriber
from selfcare_app.operators.schema import Feature
from selfcare_app.orders.draft import NoDraft
from selfcare_app.payments.refund import apply


async def hand_in(actor: Subscriber, subject: str, digest: str, now: datetime) -> str:
    """Hands the draft `subject` in, once however often it is posted; gives the page of applications."""
    try:
        draft_id = UUID(subject)
    except ValueError as wrong:
        raise NoDraft() from wrong
    await wiring.do(apply.confirm, actor, draft_id=draft_id, digest=digest, now=now)
    return f"{Feature.REFUND.path}?done=1"


THEN[apply.KIND] = hand_in
