"""What usage costs on the made-up operator's tariff plans: the rows of its export, and the same as a price list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from selfcare_app.catalogue.price_list import PackageVersion, PriceList, PriceVersion
from selfcare_app.demo.offers import Offer, Plan, said
from selfcare_app.operators import Profile
from selfcare_app.usage.codes import Direction, Kind, Zone

PLAN_SINCE = "2020-01-01T00:00:00+00:00"
MEGABYTE = 1024 * 1024
MINUTE, PIECE = 60, 102_400
"""Steps of calls in seconds and of data in bytes."""
_OUT = Direction.OUTGOING
_MINUTES, _MESSAGES, _INTERNET = "minutes", "messages", "internet"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of every plan; `times` its rate in tenths of the plan's own price for a minute, a message or 100 KB."""

    code: str
    name: str
    kind: Kind
    direction: Direction | None = _OUT
    zone: Zone | None = None
    times: int = 10
    package: str = ""
    forwarded: bool = False


RULES = (
    Rule("forwarded", "Переадресованные вызовы", Kind.CALL, None, forwarded=True),
    Rule("call_roaming", "Вызовы в роуминге", Kind.CALL, None, Zone.ROAMING, 220),
    Rule("call_abroad", "Международные вызовы", Kind.CALL, zone=Zone.INTERNATIONAL, times=140),
    Rule("call_fixed", "Вызовы на городские номера", Kind.CALL, zone=Zone.FIXED, times=14, package=_MINUTES),
    Rule("call_on_net", "Вызовы внутри сети", Kind.CALL, zone=Zone.ON_NET, package=_MINUTES),
    Rule("call_mobile", "Вызовы на другие мобильные сети", Kind.CALL, zone=Zone.OFF_NET_MOBILE, package=_MINUTES),
    Rule("sms_roaming", "SMS в роуминге", Kind.SMS, zone=Zone.ROAMING),
    Rule("sms_abroad", "Международные SMS", Kind.SMS, zone=Zone.INTERNATIONAL),
    Rule("sms", "SMS по стране", Kind.SMS, package=_MESSAGES),
    Rule("mms_roaming", "MMS в роуминге", Kind.MMS, zone=Zone.ROAMING),
    Rule("mms_abroad", "Международные MMS", Kind.MMS, zone=Zone.INTERNATIONAL),
    Rule("mms", "MMS по стране", Kind.MMS, package=_MESSAGES),
    Rule("data_roaming", "Интернет в роуминге", Kind.DATA, zone=Zone.ROAMING, times=40),
    Rule("data", "Интернет", Kind.DATA, package=_INTERNET),
)
IN_UKRAINE = {
    "Переадресованные вызовы": "Переадресовані виклики",
    "Вызовы в роуминге": "Виклики в роумінгу",
    "Международные вызовы": "Міжнародні виклики",
    "Вызовы на городские номера": "Виклики на міські номери",
    "Вызовы внутри сети": "Виклики всередині мережі",
    "Вызовы на другие мобильные сети": "Виклики на інші мобільні мережі",
    "SMS в роуминге": "SMS у роумінгу",
    "Международные SMS": "Міжнародні SMS",
    "SMS по стране": "SMS по країні",
    "MMS в роуминге": "MMS у роумінгу",
    "Международные MMS": "Міжнародні MMS",
    "MMS по стране": "MMS по країні",
    "Интернет в роуминге": "Інтернет у роумінгу",
    "Интернет": "Інтернет",
}
PACKAGES = {
    _MINUTES: ("seconds", "Минуты во все сети", "Хвилини на всі мережі"),
    _MESSAGES: ("messages", "SMS и MMS", "SMS і MMS"),
    _INTERNET: ("bytes", "Интернет", "Інтернет"),
}


@lru_cache(maxsize=64)
def price_list(plan: Plan) -> PriceList:
    """The plan's rules and packages, as the import will make them of the rows."""
    since = datetime.fromisoformat(PLAN_SINCE)
    gives = _gives(plan)
    packages = [
        PackageVersion(code, PACKAGES[code][1], place, PACKAGES[code][0], gives[code], since)
        for place, code in enumerate(gives)
    ]
    prices = [
        PriceVersion(
            code=rule.code,
            position=place,
            kind=rule.kind,
            step=_step(rule),
            rate_units=_rate(plan, rule),
            valid_from=since,
            direction=rule.direction,
            zone=rule.zone,
            forwarded=rule.forwarded,
            packages=(rule.package,) if rule.package in gives else (),
            name=rule.name,
        )
        for place, rule in enumerate(RULES)
    ]
    return PriceList.of(plan.code, prices, packages)


def package_rows(profile: Profile, plans: tuple[Plan, ...]) -> Iterator[dict[str, Any]]:
    """Rows of plan_packages.csv."""
    for plan in plans:
        for package in price_list(plan).packages:
            names = PACKAGES[package.code]
            yield {
                "plan": plan.code,
                "code": package.code,
                "name": names[2] if profile.country == "UA" else names[1],
                "position": package.position,
                "unit": package.unit,
                "amount": package.amount,
                "valid_from": PLAN_SINCE,
            }


def service_package_rows(profile: Profile, offers: tuple[Offer, ...]) -> Iterator[dict[str, Any]]:
    """Rows of service_packages.csv."""
    for offer in offers:
        gives = {"seconds": offer.minutes * MINUTE, "messages": offer.messages, "bytes": offer.megabytes * MEGABYTE}
        for unit, amount in (gives | {"minor": offer.money}).items():
            if amount:
                yield {
                    "service": offer.code,
                    "code": unit,
                    "name": said(profile.country, offer.name),
                    "unit": unit,
                    "amount": amount,
                    "zones": "on_net" if offer.on_net else "",
                    "days": offer.days,
                    "prorated": "yes",
                    "valid_from": PLAN_SINCE,
                }


def price_rows(profile: Profile, plans: tuple[Plan, ...]) -> Iterator[dict[str, Any]]:
    """Rows of prices.csv."""
    places = 4 + profile.currency_scale
    for plan in plans:
        for price in price_list(plan).prices:
            yield {
                "plan": plan.code,
                "code": price.code,
                "name": IN_UKRAINE[price.name] if profile.country == "UA" else price.name,
                "position": price.position,
                "kind": Kind(price.kind).name.lower(),
                "direction": "any" if price.direction is None else Direction(price.direction).name.lower(),
                "zone": "any" if price.zone is None else Zone(price.zone).name.lower(),
                "forwarded": "yes" if price.forwarded else "no",
                "step": price.step,
                "price": f"{price.rate_units // 10**places}.{price.rate_units % 10**places:0{places}d}",
                "packages": " ".join(price.packages),
                "valid_from": PLAN_SINCE,
            }


def _gives(plan: Plan) -> dict[str, int]:
    amounts = {_MINUTES: plan.minutes * MINUTE, _MESSAGES: plan.messages, _INTERNET: plan.megabytes * MEGABYTE}
    return {code: amount for code, amount in amounts.items() if amount}


def _step(rule: Rule) -> int:
    return {Kind.CALL: MINUTE, Kind.DATA: PIECE}.get(rule.kind, 1)


def _rate(plan: Plan, rule: Rule) -> int:
    own = {Kind.CALL: plan.minute_units, Kind.DATA: plan.piece_units}.get(rule.kind, plan.message_units)
    return own * rule.times // 10
