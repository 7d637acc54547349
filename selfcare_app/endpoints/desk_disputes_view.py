"""What stands on the desk's page of payments that are not what was asked for."""

from collections.abc import Sequence

from selfcare_app.endpoints.desk_page import pairs, post, select, text, told
from selfcare_app.endpoints.desk_view import Words
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import Fault
from selfcare_app.payments.dispute.decide import AtDesk, Closing

_DISPUTES = "/desk/disputes"


def disputes(words: Words, who: Staff, found: Sequence[AtDesk], fault: Fault | None = None, *, done: str = "") -> str:
    """The queue, the oldest first: what was asked for, what was told, and the ways to decide."""
    say = words.say
    good = told(words.plain(f"disputes.done.{done}"), good=True) if done else ""
    lead = f"<p>{text(say, 'disputes.lead')}</p>"
    rows = "".join(f"<section>{_waiting(words, each)}</section>" for each in found)
    body = rows or f"<p>{text(say, 'disputes.none')}</p>"
    return words.page("disputes.title", words.refusal(fault), good, lead, body, who=who, here=_DISPUTES)


def _waiting(words: Words, found: AtDesk) -> str:
    say = words.say
    rows = [
        (words.plain("disputes.number"), say.msisdn(found.number) if found.number else words.plain("no")),
        (words.plain("disputes.asked"), say.money(found.asked)),
        (words.plain("disputes.told"), say.money(found.told) if found.told else found.told_text),
        (words.plain("disputes.acquirer"), found.acquirer),
        (words.plain("disputes.transaction"), found.transaction_id or words.plain("no")),
        (words.plain("disputes.told_at"), say.datetime(found.told_at)),
    ]
    if found.asked_by:
        acts = f"<p class=hint>{text(say, 'disputes.asked_by', login=found.asked_by)}</p>"
    else:
        acts = _credit(words, found) + _close(words, found)
    return f"<h2>{text(say, 'disputes.one', at=found.told_at)}</h2>{pairs(rows)}{acts}"


def _credit(words: Words, found: AtDesk) -> str:
    if found.told is None or not found.transaction_id:
        return f"<p class=hint>{text(words.say, 'disputes.not_creditable')}</p>"
    hidden = {"dispute": str(found.id), "reason": "", "act": "accept"}
    return post(words.say, _DISPUTES, text(words.say, "disputes.accept", amount=found.told), hidden=hidden)


def _close(words: Words, found: AtDesk) -> str:
    say, ident = words.say, str(found.id)
    reasons = [(reason.value, text(say, f"disputes.reason.{reason}")) for reason in Closing]
    asked = post(
        say,
        _DISPUTES,
        text(say, "disputes.close"),
        select(say, "reason", reasons, place=ident),
        hidden={"dispute": ident, "act": "close"},
        look="plain",
    )
    return f"<details><summary>{text(say, 'disputes.close_title')}</summary>{asked}</details>"
