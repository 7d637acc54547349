"""How much is told about numbers: the true reason within a budget of distinct numbers, one answer for all after it."""

from datetime import datetime

from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.access import quota, rules
from selfcare_app.kit.actor import Visitor
from selfcare_app.operators.schema.vocabulary import EnumerationMode

_SCOPE = "enumeration"
_HOUR = 3600


def network_of(session: Session, address: str) -> str:
    """The network that an address is counted under."""
    sizes = operators.of(session).sign_in.enumeration
    return rules.network(address, ipv4_prefix=sizes.ipv4_prefix_length, ipv6_prefix=sizes.ipv6_prefix_length)


def is_told(session: Session, actor: Visitor, *, msisdn: str, now: datetime) -> bool:
    """Whether this visitor is told the truth about a number that can't do what is asked; it costs budget."""
    settings = operators.of(session).sign_in.enumeration
    if settings.mode != EnumerationMode.BUDGETED:
        return settings.mode == EnumerationMode.LEGACY
    limit = settings.distinct_numbers_per_hour
    return all(
        quota.take_distinct(session, scope=_SCOPE, group=group, member=msisdn, limit=limit, seconds=_HOUR, now=now)
        for group in _groups(session, actor)
    )


def is_spent(session: Session, actor: Visitor, *, now: datetime) -> bool:
    """Whether this visitor has no budget left, so that every failure is answered alike."""
    settings = operators.of(session).sign_in.enumeration
    if settings.mode != EnumerationMode.BUDGETED:
        return settings.mode == EnumerationMode.STRICT
    limit = settings.distinct_numbers_per_hour
    return any(quota.used(session, scope=_SCOPE, subject=group, now=now) >= limit for group in _groups(session, actor))


def _groups(session: Session, actor: Visitor) -> tuple[str, ...]:
    here = network_of(session, actor.address)
    return (here, f"device {actor.device}") if actor.device else (here,)
