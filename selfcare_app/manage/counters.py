"""Guarded counters of all areas beside the limits that the operator has set for them (I13)."""

from datetime import datetime

from sqlmodel import Session, col, select

from selfcare_app import operators
from selfcare_app.access.tables import Quota
from selfcare_app.endpoints import journal_file
from selfcare_app.kit.invariant import Check, Rows
from selfcare_app.operators import Profile


def checks() -> tuple[Check, ...]:
    """The part of I13 that is not the access's own."""
    return (Check("I13", "no counter of another area is above its limit", _counters),)


def limits(profile: Profile) -> dict[str, int]:
    """The most that a counter may say, by its scope; a scope of what the operator does not have counts nothing."""
    puk1, numbers, statistics = profile.puk1, profile.number_change, profile.internet_statistics
    found: dict[str, int | None] = {
        "charge_question.day": profile.charge_question.per_day if profile.charge_question else None,
        "code.day": profile.code.sends_per_day,
        "code.hour": profile.code.sends_per_hour,
        "code.network": profile.code.sends_per_hour_per_network,
        "expenses.current": 1,
        "internet_statistics": statistics.requests_per_day if statistics else None,
        "internet_statistics.shown": 1,
        "journal.files": journal_file.PER_DAY,
        "number_hold": numbers.holds_per_day if numbers else None,
        "number_search": numbers.searches_per_minute if numbers else None,
        "puk1.day": puk1.tries_per_day if puk1 else None,
        "puk1.ever": puk1.tries_lifetime if puk1 else None,
        "puk1.nobody.day": puk1.tries_per_day if puk1 else None,
        "puk1.nobody.ever": puk1.tries_lifetime if puk1 else None,
        "sim_secrets.shown": profile.sim_display.per_day if profile.sim_display else None,
        "top_up.named": profile.top_up.named_per_day if profile.top_up else None,
        "transfer.pace": 1,
        "transfer.recipients": profile.transfer.name_checks_per_day if profile.transfer else None,
        "voucher.fails": profile.voucher.fails_per_day if profile.voucher else None,
    }
    return {scope: limit for scope, limit in found.items() if limit is not None}


def _counters(session: Session, now: datetime) -> Rows:
    most = limits(operators.of(session))
    query = select(Quota.scope, Quota.count).where(col(Quota.scope).in_(most), col(Quota.resets_at) > now)
    for scope, count in session.exec(query).all():
        # Whose counter it is would be a number or an address.
        if count > most[scope]:
            yield {"counter": scope, "count": count, "limit": most[scope]}
