"""The values of personal information by the names that profiles use; None where the operator's data has none."""

from collections.abc import Callable, Sequence
from typing import Any

from selfcare_app.i18n import catalogue
from selfcare_app.i18n.message import message, text_of, wire
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.ui.pages.home import packages
from selfcare_app.usage.views import Personal

Value = Any
"""A wire value, a message or a text."""

BESIDE = "package_left"
"""The field that is shown as gauges beside the others."""


def rows(found: Personal, names: Sequence[str]) -> list[dict[str, Any]]:
    """Label and value of each named field that has a value, in order."""
    values = [(name, FIELDS[name](found)) for name in names if name != BESIDE]
    return [
        {"label": message(f"subscribers.field.{name}"), "value": value} for name, value in values if value is not None
    ]


def _none() -> Value:
    return message("subscribers.value.none")


def _msisdn(found: Personal) -> Value:
    number: Msisdn | None = found.person.line.msisdn
    return wire(number) if number else _none()


def _plan(found: Personal) -> Value:
    return found.plan.name if found.plan else found.person.line.tariff_plan


def _benefits(found: Personal) -> Value:
    return (found.plan.benefits if found.plan else "") or _none()


def _registered_at(found: Personal) -> Value:
    at = found.dates.registered_at
    return wire(at) if at else message("subscribers.value.not_registered")


def _last_used_at(found: Personal) -> Value:
    at = found.dates.last_used_at
    return wire(at) if at else message("subscribers.value.first_time")


def _promo_minutes_left(found: Personal) -> Value:
    promo = [package for package in found.packages if package.promo and package.kind == "seconds"]
    return packages.quantity("seconds", sum(package.left for package in promo)) if promo else None


def _payment_form(found: Personal) -> Value:
    # It comes with the operator's data as free text: what has no words of its own is shown as it came.
    key = f"subscribers.payment_form.{found.person.payment_form}"
    return text_of(key) if key in catalogue.load(catalogue.SOURCE) else found.person.payment_form or None


def _bonus_balance(found: Personal) -> Value:
    return None if found.bonus_units is None else message("subscribers.units", n=found.bonus_units)


def _no_data(found: Personal) -> Value:
    return None


FIELDS: dict[str, Callable[[Personal], Value]] = {
    "name": lambda found: found.person.owner,
    "msisdn": _msisdn,
    "mobile_msisdn": _no_data,
    "tariff_plan": _plan,
    "balance": lambda found: wire(found.standing.balance),
    "saldo": lambda found: wire(found.standing.balance),
    "benefits": _benefits,
    "settlement": lambda found: text_of(f"subscribers.settlement.{found.person.settlement}"),
    "status": lambda found: text_of(f"subscribers.state.{found.person.line.state}"),
    "registered_at": _registered_at,
    "last_used_at": _last_used_at,
    "client_id": lambda found: found.person.client_id,
    "account_number": lambda found: found.person.account_number,
    "account_opened_on": lambda found: wire(found.person.account_opened_on),
    "previous_month_charges": lambda found: wire(found.previous_month.charge),
    "promo_minutes_left": _promo_minutes_left,
    "payment_form": _payment_form,
    "ip_address": lambda found: found.person.line.ip_address or message("subscribers.value.dynamic"),
    "email": lambda found: found.person.email or _none(),
    "additional_agreements": _no_data,
    "tenure": lambda found: message("subscribers.value.tenure", since=found.person.line.activated_on),
    "loyal_tenure": _no_data,
    "bonus_balance": _bonus_balance,
    "prepaid_services": _no_data,
}
