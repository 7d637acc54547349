"""What the call detail page keeps in state: records, days and sums as plain values that the browser formats."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from selfcare_app.i18n.message import data_size, message, text_of, wire
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.operators import Profile
from selfcare_app.usage.codes import Kind, Zone
from selfcare_app.usage.views import CallRecord, Offer, Period, Sum, Totals

RECEIPT = "/call-detail/receipt"
"""Where it is told why a record cost what it did."""

_DAY = timedelta(days=1)


def months(offer: Offer) -> list[dict[str, Any]]:
    """The periods that may be chosen."""
    return [
        {
            "code": month.code,
            "first": wire(month.first),
            "last": wire(month.until - _DAY),
            "current": month.current,
            "empty": month.is_empty,
        }
        for month in offer.months
    ]


def days(profile: Profile, records: Iterable[CallRecord], totals: dict[date, Sum]) -> list[dict[str, Any]]:
    """One page's records by local day, each day with the sums of the whole day."""
    found: dict[date, list[dict[str, Any]]] = {}
    for each in records:
        found.setdefault(each.at.astimezone(profile.zone).date(), []).append(record(profile, each))
    return [{"day": wire(day), "rows": rows, **_sum(totals.get(day))} for day, rows in found.items()]


def by_kind(totals: Totals) -> list[dict[str, Any]]:
    """The sums by kind; what is counted in time has no volume, and the other way round."""
    return [
        {
            "kind": kind.name.lower(),
            "count": message(f"usage.count.{kind.name.lower()}", n=part.count),
            "much": _much(kind, part.duration_seconds, part.octets),
            "charge": wire(part.charge),
        }
        for kind, part in totals.by_kind
    ]


def everything(totals: Totals) -> dict[str, Any]:
    """The sums of all that was chosen."""
    return _sum(totals.all)


def table(totals: Totals) -> list[dict[str, Any]]:
    """Every day that has records, as a table behind the chart."""
    return [
        {
            "day": wire(day),
            "duration": wire(timedelta(seconds=part.duration_seconds)),
            "volume": data_size(part.octets),
            **_sum(part),
        }
        for day, part in totals.by_day
    ]


def ends(period: Period) -> tuple[Any, Any]:
    """First and last day of a period."""
    return wire(period.first), wire(period.until - _DAY)


def record(profile: Profile, kept: CallRecord) -> dict[str, Any]:
    """A record as a line of a list or of a receipt."""
    charge = kept.charge(profile.currency, profile.currency_scale)
    return {
        "at": wire(kept.at),
        "event": f"{kept.way.name.lower()}_{kept.what.name.lower()}",
        "who": _who(kept),
        "data": kept.what is Kind.DATA,
        "zone": "" if kept.where is Zone.NONE else kept.where.name.lower(),
        "much": _much(kept.what, kept.duration_seconds, kept.octets),
        "charge": wire(charge),
        "free": charge.minor == 0,
        "receipt": f"{RECEIPT}?at={kept.at_micros}&key={kept.key}",
    }


def _who(record: CallRecord) -> Any:
    if record.what is Kind.DATA:
        return record.service or text_of("usage.event.outgoing_data")
    if not record.peer:
        return text_of("usage.list.unknown")
    return wire(Msisdn(record.peer)) if record.peer.isdigit() else record.peer


def _much(kind: Kind, seconds: int, octets: int) -> Any:
    if kind is Kind.CALL:
        return wire(timedelta(seconds=seconds))
    return data_size(octets) if kind is Kind.DATA else ""


def _sum(part: Sum | None) -> dict[str, Any]:
    if part is None:
        return {"count": message("usage.count.record", n=0), "charge": {}}
    return {"count": message("usage.count.record", n=part.count), "charge": wire(part.charge)}
