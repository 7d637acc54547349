"""Tops up accounts that fell below by the cards that acquirers keep, and asks after what was not heard of (R11).

A charge counts as sent before it leaves: whoever dies with it has it asked after, and never sends it again.
"""

from datetime import datetime

from selfcare_app import wiring
from selfcare_app.adapters.cards.port import AcquirerAway, CardKeeper
from selfcare_app.i18n.speak import Speaker
from selfcare_app.kit.actor import System
from selfcare_app.kit.log import logger
from selfcare_app.payments.automatic import charge, watch
from selfcare_app.payments.automatic.views import Due

WATCHED, BATCH = 500, 10
_ACTOR = System(job="automatic top-up")
log = logger("worker")


def work(by: str, now: datetime) -> int:
    """Sees who fell below, charges what is due; gives how many charges an acquirer answered for."""
    if wiring.wired().profile.automatic_top_up is None:
        return 0
    wiring.do_now(watch.watch, _ACTOR, limit=WATCHED, now=now)
    done, is_away = 0, False
    for due in wiring.do_now(charge.claim, _ACTOR, by=by, limit=BATCH, now=now):
        keeper = wiring.wired().card_keeper()
        if keeper is None or keeper.name != due.acquirer or (is_away and not due.is_sent):
            # Nothing has left: it waits. One that has just not answered is not waited for again and again.
            later = charge.not_answered if due.is_sent else charge.not_sent
            wiring.do_now(later, _ACTOR, charge_id=due.charge.id, by=by, now=now)
            continue
        try:
            _one(keeper, due, by, now)
            done += 1
        except AcquirerAway:
            is_away = True
            log.warning("the acquirer did not answer", extra={"event": due.acquirer, "reference": str(due.charge.id)})
            wiring.do_now(charge.not_answered, _ACTOR, charge_id=due.charge.id, by=by, now=now)
    return done


def _one(keeper: CardKeeper, due: Due, by: str, now: datetime) -> None:
    facts = keeper.look(due.charge) if due.is_sent else keeper.charge(due.charge, description=_description(due))
    state = wiring.do_now(charge.answered, _ACTOR, charge_id=due.charge.id, by=by, facts=facts, now=now)
    if state == "disputed":
        extra = {"event": due.acquirer, "reference": str(due.charge.id)}
        log.error("a payment is not what was asked for", extra=extra)


def _description(due: Due) -> str:
    profile, language = wiring.wired().profile, due.charge.language
    speaker = Speaker(language if language in profile.languages else profile.default_language, profile)
    return speaker.text("automatic.document.description", name=profile.short_name)
