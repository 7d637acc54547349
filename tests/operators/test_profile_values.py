"""The numbers and lists that the source documents name stand in the profile of the operator they belong to."""

from typing import Any

import pytest

from selfcare_app import operators

# Requirements that are a number or a rule of the profile: (requirement, operator, where, what must stand there).
PROVEN: list[tuple[Any, str, str, Any]] = [
    (pytest.mark.requirement("ISSA-011"), "issa", "password.min_length", 5),
    (pytest.mark.requirement("ISSA-011"), "issa", "password.max_length", 10),
    (pytest.mark.requirement("ISSA-011"), "issa", "password.alphabet", "letters_or_digits"),
    (pytest.mark.requirement("ISSA-023"), "issa", "session.idle_seconds", 900),
    (pytest.mark.requirement("ISSA-061"), "issa", "promised_payment.max_minor", 300),
    (pytest.mark.requirement("ISSA-061"), "issa", "currency", "BYN"),
    (pytest.mark.requirement("ISSA-062"), "issa", "promised_payment.valid_days", 3),
    (pytest.mark.requirement("ISSA-065"), "issa", "refund.max_minor", 3000),
    (pytest.mark.requirement("ISSA-066"), "issa", "refund.max_age_days", 14),
    (pytest.mark.requirement("ISSA-067"), "issa", "refund.max_differing_digits", 2),
    (pytest.mark.requirement("ISSA-088"), "issa", "internet_statistics.requests_per_day", 10),
    (pytest.mark.requirement("IH-006"), "ihelper", "password.min_length", 4),
    (pytest.mark.requirement("IH-006"), "ihelper", "password.max_length", 10),
    (pytest.mark.requirement("IH-024"), "ihelper", "voucher.digits", 14),
    (pytest.mark.requirement("IH-026"), "ihelper", "promised_payment.max_minor", 500),
    (pytest.mark.requirement("IH-026"), "ihelper", "promised_payment.valid_days", 10),
    (pytest.mark.requirement("AS-006"), "assa", "password.min_length", 6),
    (pytest.mark.requirement("AS-006"), "assa", "password.max_length", 14),
    (pytest.mark.requirement("AS-007"), "assa", "password.latin_only", True),
    (pytest.mark.requirement("AS-007"), "assa", "password.needs_letter_and_digit", True),
    (pytest.mark.requirement("AS-008"), "assa", "password.forbid_own_number", True),
    (pytest.mark.requirement("AS-019"), "assa", "lockout.attempts", 10),
    (pytest.mark.requirement("AS-030"), "assa", "runa.valid_seconds", 600),
    (pytest.mark.requirement("AS-063"), "assa", "top_up.other_min_minor", 1000),
    (pytest.mark.requirement("AS-063"), "assa", "top_up.other_max_per_month_minor", 100000),
]

# Values of requirements that more than the profile has to fulfil: those tests stand with the area and cite the id.
HELD: list[tuple[str, str, str, Any]] = [
    ("ISSA-002", "issa", "registration.audiences", ("mobile", "home_office")),
    ("ISSA-005", "issa", "registration.methods", ("sms", "ussd", "puk1")),
    ("ISSA-009", "issa", "code.resend_seconds", 180),
    ("ISSA-014", "issa", "registration.puk1_line_service", "registration_by_puk1"),
    ("ISSA-015", "issa", "registration.puk1_plan_classes", ("video_surveillance", "satellite_monitoring", "internet")),
    ("ISSA-020", "issa", "password.max_age_days", None),
    ("ISSA-021", "issa", "recovery.methods", ("sms", "ussd", "puk1")),
    ("ISSA-022", "issa", "contacts.reference_service", "411"),
    ("ISSA-026", "issa", "delegation.roles", ("administrator", "supervisor")),
    ("ISSA-027", "issa", "delegation.legal_entity_roles", ("administrator",)),
    ("ISSA-037", "issa", "service_change.effect.at_most_seconds", 86400),
    ("ISSA-037", "issa", "number_change.effect.at_most_seconds", 86400),
    ("ISSA-037", "issa", "tariff_change.effect.at_most_seconds", 86400),
    ("ISSA-041", "issa", "service_change.prepaid_needs_balance", True),
    ("ISSA-042", "issa", "service_change.refused_while_suspended", True),
    ("ISSA-058", "issa", "payments.history_months_back", 2),
    ("ISSA-064", "issa", "voucher.digits", 14),
    ("ISSA-068", "issa", "refund.prepaid_needs_unspent", True),
    ("ISSA-070", "issa", "refund.review_working_days", 3),
    ("ISSA-072", "issa", "bills.months_back", 6),
    ("ISSA-073", "issa", "call_detail.current_until", "yesterday"),
    ("ISSA-076", "issa", "call_detail.months_back", 6),
    ("ISSA-076", "issa", "call_detail.directions", ("outgoing", "incoming")),
    ("ISSA-081", "issa", "bills.delivery_methods", ("email", "in_hand")),
    ("ISSA-082", "issa", "bills.formats", ("pdf",)),
    ("ISSA-082", "issa", "bills.extra_formats", ("xlsx",)),
    ("ISSA-084", "issa", "internet_statistics.months_back", 6),
    ("ISSA-091", "issa", "number_change.ways", ("list", "mask", "category")),
    ("ISSA-092", "issa", "number_change.mask_any_run", "%"),
    ("ISSA-098", "issa", "pause.plan_fee_percent", 50),
    ("ISSA-100", "issa", "pause.add_on_fee_percent", 0),
    ("ISSA-097", "issa", "pause.first_day_in_full", True),
    ("ISSA-103", "issa", "handset_settings.kinds", ("mobile_internet", "mms", "streaming")),
    ("ISSA-106", "issa", "forwarding.targets", ("mobile", "fixed")),
    ("ISSA-110", "issa", "feedback.answer_within_seconds", 86400),
    ("ADM-013", "issa", "renaming.within_seconds", 86400),
    ("ADM-020", "issa", "number_change.mask_any_digit", "_"),
    ("ADM-026", "issa", "bills.delegate_charges_months_back", 2),
    ("IH-004", "ihelper", "registration.methods", ("ussd", "voice")),
    ("IH-007", "ihelper", "sign_in.captcha", True),
    ("IH-011", "ihelper", "charging.blocks_on_unpaid_bill", True),
    ("IH-012", "ihelper", "payments.history_period", "range"),
    ("IH-016", "ihelper", "call_detail.order_interval_seconds", 86400),
    ("IH-017", "ihelper", "expense_history.months_back", 6),
    ("IH-017", "ihelper", "expense_history.includes_current", False),
    ("IH-019", "ihelper", "bills.delivered_by_default", False),
    ("IH-020", "ihelper", "bills.formats", ("xml", "html", "pdf")),
    ("IH-022", "ihelper", "bills.many_delivery_methods", True),
    ("IH-023", "ihelper", "bills.delivery_price_minor", 0),
    ("IH-025", "ihelper", "voucher.other_lines", True),
    ("IH-034", "ihelper", "transfer.recurrences", ("daily", "weekly", "monthly")),
    ("IH-036", "ihelper", "forwarding.targets", ("mobile", "fixed", "voice_mail", "fax_mail")),
    ("IH-037", "ihelper", "forwarding.uses_free_minutes", False),
    ("IH-040", "ihelper", "documents.kinds", ("balance_report", "detailed_bill", "monthly_bill", "prepayment_invoice")),
    ("IH-040", "ihelper", "documents.months_back", 6),
    ("IH-042", "ihelper", "documents.delivery_methods", ("cabinet", "email")),
    ("IH-043", "ihelper", "documents.recommended_formats", ("pdf", "html")),
    ("IH-047", "ihelper", "documents.ready_within_seconds", 172800),
    ("IH-048", "ihelper", "block.reasons", ("sim_lost", "voluntary")),
    ("AS-009", "assa", "registration.email", "optional"),
    ("AS-013", "assa", "registration.detects_own_number", True),
    ("AS-020", "assa", "recovery.methods", ("email",)),
    ("AS-021", "assa", "runa.digits", 6),
    ("AS-024", "assa", "runa.sms_number", "2772"),
    ("AS-031", "assa", "runa.ends_on_sign_out", True),
    ("AS-037", "assa", "delegation.access_levels", ("view", "manage")),
    ("AS-042", "assa", "charging.whole_fee_or_nothing", True),
    ("AS-051", "assa", "service_change.effect.kind", "at_once"),
    ("AS-055", "assa", "tariff_change.effect.kind", "next_month"),
    ("AS-056", "assa", "tariff_change.limit.per_calendar_month", 1),
    ("AS-058", "assa", "tariff_change.needs_agreement", True),
    ("AS-059", "assa", "tariff_change.free_after_operator_change", True),
    ("AS-061", "assa", "block.fee_continues", True),
    ("AS-062", "assa", "voucher.denominations_minor", (3000, 10000)),
    ("AS-062", "assa", "top_up.ways", ("webmoney", "voucher", "bank_card")),
    ("AS-068", "assa", "feedback.call_back", True),
]

CASES = [pytest.param(*row, marks=mark, id=f"{mark.args[0]}-{row[1]}") for mark, *row in PROVEN]
CASES += [pytest.param(*row, id=f"{identity}-{row[1]}") for identity, *row in HELD]


@pytest.mark.parametrize(("key", "place", "value"), CASES)
def test_a_value_of_the_documents_is_in_the_profile(key: str, place: str, value: object) -> None:
    found: Any = operators.profile(key)
    for name in place.split("."):
        found = getattr(found, name)
    assert found == value
    assert isinstance(found, type(value)), "1 and True are not the same value"
