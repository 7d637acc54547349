"""A choice of call detail as it stands in an address: `period=2026-10&direction=outgoing&kinds=call,sms`."""

from collections.abc import Mapping
from urllib.parse import urlencode

from selfcare_app.usage.codes import Direction, Kind
from selfcare_app.usage.selection import NoSuchKind, NoSuchPeriod
from selfcare_app.usage.views import Choice

BOTH = "both"
_LONGEST_PERIOD = 22
_KINDS = {kind.name.lower(): kind for kind in Kind}
_DIRECTIONS: dict[str, tuple[Direction, ...]] = {BOTH: (), "": ()} | {way.name.lower(): (way,) for way in Direction}


def choice_of(query: Mapping[str, str]) -> Choice | None:
    """The choice that the parameters say; None where they name no period. Raises NoSuchPeriod, NoSuchKind."""
    period = query.get("period", "")
    if not period:
        return None
    if len(period) > _LONGEST_PERIOD:
        raise NoSuchPeriod()
    names = [name for name in query.get("kinds", "").split(",") if name]
    try:
        return Choice(period, _DIRECTIONS[query.get("direction", "")], tuple(_KINDS[name] for name in names))
    except KeyError as unknown:
        raise NoSuchKind() from unknown


def query_of(choice: Choice) -> str:
    """The parameters that say the choice; a filter by number is not among them."""
    direction = choice.directions[0].name.lower() if choice.directions else BOTH
    pairs = {"period": choice.period, "direction": direction}
    if choice.kinds:
        pairs["kinds"] = ",".join(kind.name.lower() for kind in choice.kinds)
    return urlencode(pairs, safe=",")
