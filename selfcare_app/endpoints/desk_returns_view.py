"""What stands on the desk's page of wrong payments."""

from collections.abc import Sequence

from selfcare_app.endpoints.desk_page import pairs, post, select, text, told
from selfcare_app.endpoints.desk_view import Words
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import Fault
from selfcare_app.payments.refund.rules import Refusal
from selfcare_app.payments.refund.views import AtDesk, Candidate

_RETURNS = "/desk/returns"


def returns(words: Words, who: Staff, found: Sequence[AtDesk], fault: Fault | None = None, *, done: str = "") -> str:
    """The queue, the most urgent first: each with the payments that fit it and the ways to decide."""
    say = words.say
    good = told(words.plain(f"returns.done.{done}"), good=True) if done else ""
    lead = f"<p>{text(say, 'returns.lead')}</p>"
    rows = "".join(f"<section>{_waiting(words, each)}</section>" for each in found)
    body = rows or f"<p>{text(say, 'returns.none')}</p>"
    return words.page("returns.title", words.refusal(fault), good, lead, body, who=who, here=_RETURNS)


def _waiting(words: Words, found: AtDesk) -> str:
    say, about = words.say, found.application
    rows = [
        (words.plain("returns.right"), say.msisdn(about.right)),
        (words.plain("returns.wrong"), say.msisdn(about.wrong)),
        (words.plain("returns.amount"), say.money(about.amount)),
        (words.plain("returns.paid_on"), say.date(about.paid_on)),
        (words.plain("returns.receipt"), found.receipt or words.plain("no")),
        (words.plain("returns.applied_at"), say.datetime(about.applied_at)),
        (words.plain("returns.due_on"), say.date(about.due_on)),
    ]
    late = told(words.plain("returns.late")) if found.is_late else ""
    if found.asked_by:
        acts = f"<p class=hint>{text(say, 'returns.asked_by', login=found.asked_by)}</p>"
    else:
        acts = _payments(words, found) + _refuse(words, found)
    return f"<h2>{text(say, 'returns.one', no=str(about.no))}</h2>{late}{pairs(rows)}{acts}"


def _payments(words: Words, found: AtDesk) -> str:
    if not found.candidates:
        return f"<p>{text(words.say, 'returns.no_payment')}</p>"
    return "".join(_payment(words, found, each) for each in found.candidates)


def _payment(words: Words, found: AtDesk, payment: Candidate) -> str:
    say = words.say
    said = text(say, "returns.payment", at=payment.paid_at, channel=_channel(words, payment.channel))
    if payment.is_spent:
        return f"<p>{said}</p><p class=hint>{text(say, 'returns.spent')}</p>"
    hidden = {"application": str(found.application.id), "payment": str(payment.payment_id), "act": "accept"}
    return f"<p>{said}</p>{post(say, _RETURNS, text(say, 'returns.accept'), hidden=hidden)}"


def _channel(words: Words, channel: str) -> str:
    try:
        return words.say.text(f"payments.channel.{channel}")
    except KeyError:
        return words.say.text("payments.channel.other")


def _refuse(words: Words, found: AtDesk) -> str:
    say, ident = words.say, str(found.application.id)
    reasons = [(reason.value, text(say, f"returns.reason.{reason}")) for reason in Refusal]
    asked = post(
        say,
        _RETURNS,
        text(say, "returns.refuse"),
        select(say, "reason", reasons, place=ident),
        hidden={"application": ident, "act": "refuse"},
        look="plain",
    )
    return f"<details><summary>{text(say, 'returns.refuse_title')}</summary>{asked}</details>"
