"""Tariff advice: the line's last months re-rated on every plan and package open to it, at the prices in force now."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlmodel import Session

from selfcare_app import operators
from selfcare_app.catalogue import charge_rules, prices
from selfcare_app.catalogue.price_list import PriceList, ServicePackageVersion
from selfcare_app.catalogue.prices import Terms
from selfcare_app.kit.actor import Subscriber
from selfcare_app.kit.money import Money
from selfcare_app.operators import Profile
from selfcare_app.subscribers.tables import Account, Line
from selfcare_app.usage import offers
from selfcare_app.usage.cleanup import kept_since
from selfcare_app.usage.offers import Option
from selfcare_app.usage.rating import comparing, reading
from selfcare_app.usage.rating.columns import Uses
from selfcare_app.usage.rating.compiled import compiled
from selfcare_app.usage.rating.widened import widened
from selfcare_app.usage.selection import NoSuchLine
from selfcare_app.usage.views_advice import Advice, MonthCost, PlanCost

MONTHS = 6
_NAMES = ("no", "tariff_plan", "activated_on", "fee_discount_percent", "fee_discount_until")
_line, _account = Line.__table__.c, Account.__table__.c  # type: ignore[attr-defined]
_LINE = (
    select(*(_line[name] for name in _NAMES), _account.settlement)
    .where(_line.id == bindparam("of_line"))
    .where(_account.id == _line.account_id)
)
NO_MONTHS, NO_PRICES = "months", "prices"


def read(session: Session, actor: Subscriber, *, now: datetime) -> Advice:
    """What the last complete months would have cost on each plan open to the actor's line.

    Sums tell nothing of whom one spoke with, so no fresh proof is asked for. Raises NoSuchLine.
    """
    line = session.connection().execute(_LINE, {"of_line": actor.line_id}).one_or_none()
    if line is None:
        raise NoSuchLine()
    profile, zone = operators.of(session), operators.of(session).zone
    firsts = months(profile, line.activated_on, now)
    known = prices.latest(session)
    if not firsts or known is None or line.tariff_plan not in known.lists:
        return _none(line.tariff_plan, NO_PRICES if firsts else NO_MONTHS, now)
    offered = open_plans(prices.terms(session, at=now), line.tariff_plan, line.settlement)
    others = [offer for offer in offered if offer.code in known.lists and offer.code != line.tariff_plan]
    present = next((offer for offer in offered if offer.code == line.tariff_plan), None)
    if present is None:
        return _none(line.tariff_plan, NO_PRICES, now)
    since, until = _midnight(firsts[-1], zone), _midnight(_next(firsts[0]), zone)
    uses = reading.uses(session, line_no=line.no, since=since, until=until, zone=zone)
    packages = offers.of_line(session, actor.line_id, known=known, now=now)
    counter = _Counter(profile, line, firsts)

    def worked_out(options: Sequence[Option]) -> list[PlanCost]:
        lists = [known.lists[option.plan.code] for option in options]
        used = usage(uses, lists, firsts, now, [option.packages for option in options])
        return [counter.cost(option, minor) for option, minor in zip(options, used, strict=True)]

    plain = [Option(plan, packages.kept(plan.code)) for plan in (present, *others)]
    costs = worked_out([*plain, *packages.added(present)])
    if others:
        best = min(costs[1 : len(plain)], key=_price)
        costs += worked_out(packages.added(next(plan for plan in others if plan.code == best.code)))
    return _advice(costs, line.tariff_plan, firsts, now)


def _none(present: str, missing: str, now: datetime) -> Advice:
    return Advice((), (), present, present, True, missing, now)


def months(profile: Profile, activated_on: date, now: datetime) -> tuple[date, ...]:
    """The first days of the last complete months, newest first: those in which the line was there from the first on."""
    kept = max(activated_on, kept_since(profile, now).astimezone(profile.zone).date())
    first = now.astimezone(profile.zone).date().replace(day=1)
    found = []
    for _ in range(MONTHS):
        first = (first - timedelta(days=1)).replace(day=1)
        if first < kept:
            break
        found.append(first)
    return tuple(found)


def open_plans(plans: Sequence[Terms], present: str, settlement: str) -> list[Terms]:
    """The present plan, and those of its class and settlement that may be chosen."""
    own = next((each for each in plans if each.code == present), None)
    return [
        each
        for each in plans
        if each.code == present
        or (
            each.open_for_change
            and each.settlement == settlement
            and (own is None or each.plan_class == own.plan_class)
        )
    ]


def usage(
    uses: Uses,
    lists: Sequence[PriceList],
    firsts: Sequence[date],
    now: datetime,
    packages: Sequence[tuple[ServicePackageVersion, ...]] | None = None,
) -> list[list[int]]:
    """Minor units that usage would have cost on each list in each month, at the prices in force now.

    `packages` are what services would have given every month beside each list.
    """
    if not lists or not len(uses):
        return [[0] * len(firsts) for _ in lists]
    given = packages or [()] * len(lists)
    ready = [widened(compiled(each).only(now), some) for each, some in zip(lists, given, strict=True)]
    by_month: list[list[int]] = comparing.minor(uses, ready, _number(firsts[-1]), len(firsts))[:, ::-1].tolist()
    return by_month


class _Counter:
    """Adds fees and usage up to what options cost a line; what many of them share is made once."""

    def __init__(self, profile: Profile, line: Any, firsts: Sequence[date]) -> None:
        self._line, self._firsts = line, firsts
        self._now_paid: int | None = None
        self._money = cache(lambda minor: Money(minor, profile.currency, profile.currency_scale))
        self._fees = cache(lambda offer: [_fee(offer, line, first) for first in firsts])

    def cost(self, option: Option, used: Sequence[int]) -> PlanCost:
        """What an option with so much usage, in minor units by month, costs; the first of all is what is paid now."""
        offer, added, money = option.plan, option.added, self._money
        services = option.services_fee
        fees = [fee + services for fee in self._fees(offer)]
        fee, beyond = sum(fees), sum(used)
        if self._now_paid is None:
            self._now_paid = fee + beyond
        stays = offer.code == self._line.tariff_plan
        switching = (0 if stays else offer.switch_fee_minor) + (added.connect_fee_minor if added else 0)
        return PlanCost(
            code=offer.code,
            name=offer.name,
            is_present=stays and added is None,
            months=tuple(map(MonthCost, self._firsts, map(money, fees), map(money, used))),
            fee=money(fee),
            usage=money(beyond),
            total=money(fee + beyond),
            saving=money(self._now_paid - fee - beyond),
            switching=money(switching),
            package=added.code if added else "",
            package_name=added.name if added else "",
        )


def _fee(offer: Terms, line: Any, first: date) -> int:
    """The fee of a whole month, less the line's discount, as the month run takes it."""
    discount = charge_rules.discount_on(line.fee_discount_percent, line.fee_discount_until, first)
    if offer.fee_period == "month":
        return charge_rules.amount(offer.fee_minor, discount, charge_rules.FULL, 1)
    days = (first + timedelta(days=n) for n in range((_next(first) - first).days))
    return sum(_day_fee(offer, line, day) for day in days)


def _day_fee(offer: Terms, line: Any, day: date) -> int:
    discount = charge_rules.discount_on(line.fee_discount_percent, line.fee_discount_until, day)
    return charge_rules.amount(offer.fee_minor, discount, charge_rules.FULL, 1)


def _advice(costs: Sequence[PlanCost], present: str, firsts: tuple[date, ...], now: datetime) -> Advice:
    """Says what is best, the price of switching counted in; of equal ones the present plan stays as it is."""
    found = sorted(costs, key=lambda cost: (cost.total.minor, not cost.is_present, cost.name, cost.package_name))
    best = min(found, key=_price)
    return Advice(firsts, tuple(found), present, best.code, best.is_present, "", now, best.package)


def _price(cost: PlanCost) -> tuple[int, bool, str, str]:
    """What is cheapest comes first: with the price of going over to it, and to go nowhere before anything else."""
    return cost.total.minor + cost.switching.minor, not cost.is_present, cost.name, cost.package_name


def _number(first: date) -> int:
    return first.year * 12 + first.month - 1


def _next(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
