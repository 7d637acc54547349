"""What charges of a month are told apart by: the words of the operator's document, or plain ones where it has none."""

from collections.abc import Collection, Iterator, Sequence

from selfcare_app.operators.schema import Profile
from selfcare_app.operators.schema.vocabulary import LineKind
from selfcare_app.usage.codes import Direction, Kind, Zone

OTHER = "other"
"""What the operator's list has no name for."""

PLAIN = (
    "plan_fee",
    "service_fees",
    "one_off_services",
    "outgoing_own_network",
    "outgoing_other_network",
    "outgoing_fixed",
    "outgoing_international",
    "incoming",
    "forwarding_fact",
    "sms_sent",
    "sms_received",
    "mms",
    "internet_data",
    "roaming",
)
"""The kinds of an operator whose document lists none, in the order in which they are shown."""

Place = tuple[Kind, Direction, Zone, bool]
"""A sort of records: the last says whether the network forwarded the call."""


def of_operator(profile: Profile) -> tuple[str, ...]:
    """The kinds that the operator tells charges apart by (IH-018), in order; `OTHER` ends them."""
    listed = profile.expense_history.categories if profile.expense_history else PLAIN
    return (*listed, OTHER)


def of_usage(place: Place, *, line_kind: str, listed: Collection[str]) -> str:
    """The kind that a record of that sort is charged under: the closest of those `listed`."""
    return next((name for name in _names(*place, line_kind) if name in listed), OTHER)


def of_fee(item: str, *, listed: Collection[str]) -> str:
    """The kind of a fee: of the plan, of a service, or charged once."""
    names = {"plan": ("plan_fee", "periodic_services"), "service": ("service_fees", "periodic_services")}
    return next((name for name in names.get(item, ("one_off_services",)) if name in listed), OTHER)


def places(category: str, *, line_kind: str, listed: Collection[str]) -> tuple[Place, ...]:
    """All sorts of records that are charged under that kind."""
    every = ((kind, way, zone, sent_on) for kind in Kind for way in Direction for zone in Zone for sent_on in _BOTH)
    return tuple(place for place in every if of_usage(place, line_kind=line_kind, listed=listed) == category)


def shared_out(units: Sequence[int], total: int, unit: int) -> list[int]:
    """`total` shared out among parts of `units` each (`unit` of them are one), so that the parts add up to it.

    Each part is its own amount rounded down or up; what rounding down leaves goes to the largest remainders.
    """
    parts = [each // unit for each in units]
    rest = total - sum(parts)
    by_remainder = sorted(range(len(units)), key=lambda place: (-(units[place] % unit), place))
    for place in by_remainder[: max(0, rest)]:
        parts[place] += 1
    return parts


def _names(kind: Kind, way: Direction, zone: Zone, forwarded: bool, line_kind: str) -> Iterator[str]:
    """From the closest name to the widest."""
    if forwarded and kind is Kind.CALL:
        yield "incoming_forwarded" if way is Direction.INCOMING else "forwarding_fact"
    if zone is Zone.ROAMING:
        yield "roaming"
    if kind is Kind.DATA:
        yield from ("internet_data",) if line_kind == LineKind.PHONE else ("modem_data", "internet_data")
    elif kind is Kind.MMS:
        yield "mms"
    elif kind is Kind.SMS:
        yield "sms_received" if way is Direction.INCOMING else "sms_sent"
    elif way is Direction.INCOMING:
        yield from ("incoming_own_network", "incoming") if zone is Zone.ON_NET else ("incoming",)
    else:
        yield from _OUTGOING.get(zone, ())


_BOTH = (False, True)
_OUTGOING: dict[Zone, tuple[str, ...]] = {
    Zone.ON_NET: ("outgoing_own_network",),
    Zone.OFF_NET_MOBILE: ("outgoing_other_network",),
    Zone.FIXED: ("outgoing_fixed", "outgoing_long_distance"),
    Zone.INTERNATIONAL: ("outgoing_international",),
}
