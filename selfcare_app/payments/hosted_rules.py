"""Pure decisions about hosted payments: what facts lead to, and when the acquirer is asked again (R11)."""

from datetime import datetime, timedelta
from enum import StrEnum

from selfcare_app.payments.hosted_views import Facts, Outcome

ASKED_AFTER = (timedelta(minutes=5), timedelta(hours=1), timedelta(days=1))
"""When an acquirer that says nothing is asked; after the last time what is not paid is void."""

OPENED_WITHIN = timedelta(minutes=15)
"""How long it is tried to have a checkout opened; nobody waits longer for the bank's page."""

UNREACHABLE = timedelta(days=5)
"""How long an acquirer that does not answer is asked after all the same."""

ASKED_AGAIN = timedelta(hours=1)


class Verdict(StrEnum):
    """What becomes of a payment by what the acquirer said."""

    CREDIT = "credit"
    FAIL = "fail"
    DISPUTE = "dispute"
    NOTHING = "nothing"


def verdict(*, state: str, amount_minor: int, currency: str, transaction_id: str | None, facts: Facts) -> Verdict:
    """Money that was taken is credited however late it is told, once, and only the very amount that was asked for."""
    if facts.outcome is Outcome.PAID:
        if state == "paid":
            return Verdict.NOTHING if facts.transaction_id == transaction_id else Verdict.DISPUTE
        same = (facts.amount_minor, facts.currency) == (amount_minor, currency)
        return Verdict.CREDIT if same and facts.transaction_id else Verdict.DISPUTE
    if facts.outcome is Outcome.FAILED and state in ("new", "pending"):
        return Verdict.FAIL
    return Verdict.NOTHING


def next_question(created_at: datetime, asked: int) -> datetime | None:
    """When the acquirer is asked after so many times; None after the last."""
    return created_at + ASKED_AFTER[asked] if asked < len(ASKED_AFTER) else None


def after_silence(created_at: datetime, now: datetime) -> datetime | None:
    """When an acquirer that did not answer is asked again; None when it is given up."""
    return now + ASKED_AGAIN if now + ASKED_AGAIN <= created_at + UNREACHABLE else None


def pause(attempts: int) -> timedelta:
    """How long to wait before the next try to have a checkout opened: doubling from two seconds to a minute."""
    return timedelta(seconds=min(60, 2 ** max(1, attempts)))
