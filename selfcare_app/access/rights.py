"""What a delegate may do on another's line: a use case that does not stand in this table is refused (T18)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from selfcare_app.kit.actor import Acting
from selfcare_app.operators.schema import Feature

CURATOR, ADMINISTRATOR, SUPERVISOR, OWN = "curator", "administrator", "supervisor", "own"
VIEW, MANAGE = "view", "manage"


class Right(StrEnum):
    """What a right to work on a line is made of."""

    ALWAYS = "always"
    VIEW = "view"
    PERSONAL = "personal"
    CALLS = "calls"
    EXPORT = "export"
    CHANGE = "change"
    SIM = "sim"


@dataclass(frozen=True, slots=True)
class Rule:
    """The right that a use case needs, and the action that the journal keeps of it; empty where another tells it.

    With `unless` only the call without that argument is kept: what follows is the same act going on.
    """

    right: Right
    action: str = ""
    unless: str = ""


RULES: Mapping[str, Rule] = {
    "access.session.touch": Rule(Right.ALWAYS),
    "access.session.end": Rule(Right.ALWAYS),
    "access.acting.switch": Rule(Right.ALWAYS),
    "access.subjects.find": Rule(Right.ALWAYS),
    "access.subjects.close": Rule(Right.ALWAYS),
    "access.subjects.open_": Rule(Right.ALWAYS),
    "access.subjects.close_some": Rule(Right.ALWAYS),
    "access.subjects.open_some": Rule(Right.ALWAYS),
    "access.subjects.accounts": Rule(Right.ALWAYS),
    "ledger.organisation.read": Rule(Right.ALWAYS),
    "access.runa_sections.require_open": Rule(Right.ALWAYS),
    "access.code.send": Rule(Right.ALWAYS),
    "access.code.state": Rule(Right.ALWAYS),
    "access.code.typed": Rule(Right.ALWAYS),
    "access.code.count": Rule(Right.ALWAYS),
    "access.code.settle": Rule(Right.ALWAYS),
    "access.code.prove": Rule(Right.ALWAYS),
    "payments.overview.read": Rule(Right.VIEW, "viewed_home"),
    "orders.order.own": Rule(Right.VIEW, "viewed_orders"),
    "orders.order.list_own": Rule(Right.VIEW, "viewed_orders"),
    "payments.archive.list_own": Rule(Right.VIEW, "viewed_orders"),
    "payments.instalment.read": Rule(Right.VIEW, "viewed_instalments"),
    "payments.instalment.of_client": Rule(Right.ALWAYS),
    "usage.personal.read": Rule(Right.PERSONAL, "viewed_personal"),
    "usage.detailing.offer": Rule(Right.CALLS),
    "usage.detailing.is_proven": Rule(Right.CALLS),
    "usage.detailing.totals": Rule(Right.CALLS),
    "usage.detailing.page": Rule(Right.CALLS, "viewed_calls", unless="after"),
    "usage.detailing.nth_page": Rule(Right.CALLS),
    "usage.allowance.left": Rule(Right.VIEW),
    "usage.by_day.still_to_come": Rule(Right.VIEW),
    "usage.by_day.read": Rule(Right.VIEW, "viewed_charges"),
    "usage.advice.read": Rule(Right.VIEW, "viewed_charges"),
    "usage.monthly.months": Rule(Right.VIEW),
    "usage.monthly.read": Rule(Right.VIEW, "viewed_charges"),
    "usage.charge_lines.page": Rule(Right.CALLS, "viewed_calls", unless="after"),
    "usage.rating.receipt.read": Rule(Right.CALLS, "viewed_calls"),
    "catalogue.charges.receipt": Rule(Right.VIEW, "viewed_charges"),
    "usage.export.batch": Rule(Right.EXPORT, "exported_calls", unless="after"),
    "orders.draft.read": Rule(Right.CHANGE),
    "orders.draft.answer": Rule(Right.CHANGE),
    "numbers.change_number.standing": Rule(Right.CHANGE),
    "numbers.change_number.begin": Rule(Right.CHANGE),
    "numbers.change_number.review": Rule(Right.CHANGE),
    "numbers.change_number.confirm": Rule(Right.CHANGE, "ordered_number_change"),
    "numbers.change_number.withdraw": Rule(Right.CHANGE, "withdrew_order"),
    "numbers.hold.hold": Rule(Right.CHANGE),
    "numbers.hold.release": Rule(Right.CHANGE),
    "numbers.hold.held_by": Rule(Right.CHANGE),
    "numbers.search.admit": Rule(Right.CHANGE),
    "numbers.search.search": Rule(Right.CHANGE),
    "orders.tariff.offer": Rule(Right.CHANGE, "viewed_services"),
    "orders.services.listing": Rule(Right.CHANGE, "viewed_services"),
    "orders.services.packages": Rule(Right.CHANGE, "viewed_services"),
    "orders.pause.state": Rule(Right.CHANGE, "viewed_services"),
    "orders.agreement.accept": Rule(Right.CHANGE, "accepted_agreement"),
    "orders.change.begin": Rule(Right.CHANGE),
    "orders.change.review": Rule(Right.CHANGE),
    "orders.change.confirm": Rule(Right.CHANGE, "ordered_change"),
    "orders.change.withdraw": Rule(Right.CHANGE, "withdrew_order"),
    "orders.undo.undo": Rule(Right.CHANGE, "undid_service"),
    "access.sim_secrets.reveal": Rule(Right.SIM),
    "payments.history.offered": Rule(Right.VIEW),
    "payments.history.of_client": Rule(Right.ALWAYS),
    "payments.history.of_period": Rule(Right.VIEW, "viewed_payments"),
    "payments.debt.read": Rule(Right.VIEW),
    "payments.debt.state": Rule(Right.VIEW, "viewed_account"),
    "ledger.statement.read": Rule(Right.VIEW),
    "payments.promise.register.mine": Rule(Right.VIEW),
    "payments.promise.register.offer": Rule(Right.CHANGE),
    "payments.promise.register.begin": Rule(Right.CHANGE),
    "payments.promise.register.review": Rule(Right.CHANGE),
    "payments.promise.register.confirm": Rule(Right.CHANGE, "promised_payment"),
    "payments.voucher.redeem.offer": Rule(Right.CHANGE),
    "payments.voucher.redeem.redeem": Rule(Right.CHANGE, "voucher_redeemed"),
    "payments.voucher.redeem.result": Rule(Right.CHANGE),
    "payments.hosted.offer": Rule(Right.CHANGE),
    "payments.hosted.name_other": Rule(Right.CHANGE),
    "payments.hosted.begin": Rule(Right.CHANGE),
    "payments.hosted.own": Rule(Right.CHANGE),
}
"""Use case -> rule, for subscribers who work on another's line."""

PURPOSES: Mapping[str, Right] = {
    "call_detail": Right.CALLS,
    "number_change": Right.CHANGE,
    "tariff_change": Right.CHANGE,
    "sim_secrets": Right.SIM,
}
"""What a delegate may be asked to prove; a code for anything else is not sent to him."""

FEATURES: Mapping[Feature, Right] = {
    Feature.HOME: Right.VIEW,
    Feature.USAGE: Right.VIEW,
    Feature.MORE: Right.ALWAYS,
    Feature.OPERATIONS: Right.VIEW,
    Feature.INSTALMENTS: Right.VIEW,
    Feature.PERSONAL: Right.PERSONAL,
    Feature.PERSONAL_MORE: Right.PERSONAL,
    Feature.CHARGES: Right.VIEW,
    Feature.CALL_DETAIL: Right.CALLS,
    Feature.NUMBER_CHANGE: Right.CHANGE,
    Feature.TARIFF_CHANGE: Right.CHANGE,
    Feature.SERVICES: Right.CHANGE,
    Feature.MOBILE_INTERNET: Right.CHANGE,
    Feature.PAUSE: Right.CHANGE,
    Feature.SIM_SECRETS: Right.SIM,
    Feature.TOP_UP: Right.CHANGE,
    Feature.ACCOUNT: Right.VIEW,
    Feature.PAYMENT_HISTORY: Right.VIEW,
    Feature.PROMISED_PAYMENT: Right.CHANGE,
    Feature.VOUCHER: Right.CHANGE,
}
"""Pages that the menu offers to a delegate."""

_FULL = frozenset({Right.ALWAYS, Right.VIEW, Right.PERSONAL, Right.CALLS, Right.EXPORT, Right.CHANGE})


def rights_of(acting: Acting) -> frozenset[Right]:
    """What the delegate may do (ISSA-028, AS-037, ADM-021, ADM-027)."""
    if acting.role == OWN:
        return _FULL
    if acting.role in (ADMINISTRATOR, SUPERVISOR):
        # The documents show PIN and PUK to the organisation's administrator alone.
        return _FULL | {Right.SIM}
    found = {Right.ALWAYS, Right.VIEW}
    if acting.sees_calls:
        found.add(Right.CALLS)
    if acting.level == MANAGE:
        found.add(Right.CHANGE)
    return frozenset(found)


def rule_of(use_case: Callable[..., Any]) -> Rule | None:
    """The rule of a use case; None where delegates have no business."""
    module = getattr(use_case, "__module__", "").removeprefix("selfcare_app.")
    return RULES.get(f"{module}.{getattr(use_case, '__name__', '')}")


def features(acting: Acting) -> tuple[str, ...]:
    """Features whose pages the delegate's menu leads to."""
    rights = rights_of(acting)
    # From a chosen line the organisation's own pages are reached too, by those alone who look after it (ADM-003).
    keeps = (Feature.LINE_CHOICE, Feature.CLIENT) if acting.role in (ADMINISTRATOR, SUPERVISOR) else ()
    return tuple(feature.value for feature in (*(f for f, right in FEATURES.items() if right in rights), *keeps))
