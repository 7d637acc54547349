"""Speaks with acquirers for hosted payments: has checkouts opened, asks after what was not heard of (R11).

Claimed and committed first, asked with no transaction open, recorded in a second transaction.
"""

from datetime import datetime

from selfcare_app import wiring
from selfcare_app.adapters.cards.port import AcquirerAway, CardAcquirer
from selfcare_app.i18n.speak import Speaker
from selfcare_app.kit.actor import System
from selfcare_app.kit.log import logger
from selfcare_app.payments import hosted_work
from selfcare_app.payments.hosted_views import Asked

BATCH = 10
_ACTOR = System(job="acquirers")
log = logger("worker")


def work(by: str, now: datetime) -> int:
    """Does what is due; gives how many payments an acquirer answered for."""
    done, away = 0, set[str]()
    for payment in wiring.do_now(hosted_work.claim, _ACTOR, by=by, limit=BATCH, now=now):
        taker = wiring.wired().acquirer(payment.way)
        try:
            # One that has just not answered is not waited for again and again.
            if taker is None or taker.name != payment.acquirer or taker.name in away:
                raise AcquirerAway()
            _one(taker, payment, by, now)
            done += 1
        except AcquirerAway:
            away.add(payment.acquirer)
            log.warning("the acquirer did not answer", extra={"order": payment.no, "event": payment.acquirer})
            later = hosted_work.not_answered if payment.is_open else hosted_work.not_opened
            wiring.do_now(later, _ACTOR, payment_id=payment.id, by=by, now=now)
    return done


def _one(taker: CardAcquirer, payment: Asked, by: str, now: datetime) -> None:
    if payment.is_open:
        facts = taker.ask(payment)
        state = wiring.do_now(hosted_work.answered, _ACTOR, payment_id=payment.id, by=by, facts=facts, now=now)
        if state == "disputed":
            log.error("a payment is not what was asked for", extra={"order": payment.no, "event": payment.acquirer})
        return
    parts = wiring.wired()
    language = payment.language if payment.language in parts.profile.languages else parts.profile.default_language
    speaker = Speaker(language, parts.profile)
    said = speaker.text("topup.document.description", name=parts.profile.short_name, no=str(payment.no))
    checkout = taker.begin(payment, description=said)
    wiring.do_now(hosted_work.opened, _ACTOR, payment_id=payment.id, by=by, checkout=checkout, now=now)
