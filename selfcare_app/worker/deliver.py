"""Takes messages from the outbox to a gateway: claimed and committed first, sent with no transaction open."""

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
    try:
        gateway_id = _LETTERS[message.kind](message)
    except Unavailable:
        until = now + timedelta(seconds=pause_seconds(message.attempts))
        wiring.do_now(outbox.postpone, _ACTOR, message_id=message.id, by=by, until=until)
        _log.warning("the gateway did not take a message", extra={"attempt": message.attempts})
        return 0
    wiring.do_now(outbox.settle, _ACTOR, message_id=message.id, by=by, gateway_id=gateway_id, now=now)
    return 1


def _by_sms(message: outbox.Message) -> str:
    parts = wiring.wired()
    return parts.sms.send(
        recipient=message.recipient,
        sender=parts.profile.channels.sms_sender,
        text=Speaker(message.language, parts.profile).message(message.content),
        message_id=str(message.id),
    )


def _by_email(message: outbox.Message) -> str:
    """A letter's subject is the sentence `<area>.mail.subject` of the area that its own sentence is of."""
    parts = wiring.wired()
    speaker, area = Speaker(message.language, parts.profile), message.content["key"].partition(".")[0]
    return parts.mail.send(
        recipient=message.recipient,
        subject=speaker.text(f"{area}.mail.subject", service=parts.profile.short_name),
        text=speaker.message(message.content),
        message_id=str(message.id),
    )


_LETTERS = {"sms": _by_sms, "ussd": _by_sms, "email": _by_email}
"""Kind of message -> what hands it over and gives the other side's identity of it."""


def pause_seconds(attempts: int) -> int:
    """How long to wait after so many attempts: doubling from five seconds to five minutes."""
    return min(LONGEST_PAUSE_SECONDS, int(FIRST_PAUSE_SECONDS * 2 ** max(0, attempts - 1)))
