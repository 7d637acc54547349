"""Takes messages from the outbox to the gateway: claimed and committed first, sent with no transaction open."""

import logging
from datetime import datetime, timedelta

from selfcare_app import wiring
from selfcare_app.i18n.speak import Speaker
from selfcare_app.kit.actor import System
from selfcare_app.kit.errors import Unavailable
from selfcare_app.messaging import outbox

BATCH = 20
FIRST_PAUSE_SECONDS = 5
LONGEST_PAUSE_SECONDS = 300
_ACTOR = System(job="deliver")
_log = logging.getLogger("selfcare.worker")


def deliver(*, by: str, now: datetime) -> int:
    """Sends what is due; gives how many messages the gateway took."""
    sent = 0
    for message in wiring.do_now(outbox.claim, _ACTOR, by=by, limit=BATCH, now=now):
        sent += _deliver_one(message, by=by, now=now)
    return sent


def _deliver_one(message: outbox.Message, *, by: str, now: datetime) -> int:
    parts = wiring.wired()
    text = Speaker(message.language, parts.profile).message(message.content)
    try:
        gateway_id = parts.sms.send(
            recipient=message.recipient,
            sender=parts.profile.channels.sms_sender,
            text=text,
            message_id=str(message.id),
        )
    except Unavailable:
        until = now + timedelta(seconds=pause_seconds(message.attempts))
        wiring.do_now(outbox.postpone, _ACTOR, message_id=message.id, by=by, until=until)
        _log.warning("the gateway did not take a message", extra={"attempts": message.attempts})
        return 0
    wiring.do_now(outbox.settle, _ACTOR, message_id=message.id, by=by, gateway_id=gateway_id, now=now)
    return 1


def pause_seconds(attempts: int) -> int:
    """How long to wait after so many attempts: doubling from five seconds to five minutes."""
    return min(LONGEST_PAUSE_SECONDS, int(FIRST_PAUSE_SECONDS * 2 ** max(0, attempts - 1)))
