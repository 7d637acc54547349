"""What the lists, codes, menus and windows of each profile mean, read the way the areas read them."""

from datetime import UTC, date, datetime

import pytest

from selfcare_app import operators
from selfcare_app.kit.msisdn import Msisdn, NotANumber
from selfcare_app.operators.effect import due_at
from selfcare_app.operators.schema import Profile
from selfcare_app.operators.schema.vocabulary import DialPurpose, LineKind, Method, SignInFailure
from selfcare_app.operators.window import is_closed


@pytest.fixture(scope="module")
def issa() -> Profile:
    return operators.profile("issa")


@pytest.fixture(scope="module")
def ihelper() -> Profile:
    return operators.profile("ihelper")


@pytest.fixture(scope="module")
def assa() -> Profile:
    return operators.profile("assa")


def test_issa_ussd_codes(issa: Profile) -> None:
    assert issa.channels.ussd_code(DialPurpose.REGISTRATION) == "*141*0#"
    assert issa.channels.ussd_code(DialPurpose.ACCESS) == "*141*3*6#"


def test_issa_call_detail_asks_for_a_code_once_a_session_and_for_puk1_from_a_tablet_or_modem(issa: Profile) -> None:
    rule = issa.proofs.rule("call_detail")
    assert rule is not None
    assert rule.scope == "session"
    assert rule.methods_for(LineKind.PHONE) == (Method.SMS,)
    assert rule.methods_for(LineKind.TABLET) == rule.methods_for(LineKind.MODEM) == (Method.PUK1,)


def test_a_proof_for_an_unknown_purpose_is_a_mistake(issa: Profile) -> None:
    with pytest.raises(KeyError):
        issa.proofs.rule("methods_for")


@pytest.mark.requirement("ISSA-074")
def test_issa_bill_services_rest_from_the_1st_to_the_3rd(issa: Profile) -> None:
    window = issa.closed_windows.bills
    assert window is not None
    assert [day for day in range(1, 31) if is_closed(window, date(2026, 11, day))] == [1, 2, 3]
    assert {"bill_repeat", "bill_delivery", "client_bills"} == set(window.features)


@pytest.mark.parametrize(
    ("year", "month", "closed"), [(2026, 11, {29, 30}), (2026, 12, {30, 31}), (2026, 2, {27, 28}), (2028, 2, {28, 29})]
)
def test_issa_renaming_rests_on_the_last_two_days(issa: Profile, year: int, month: int, closed: set[int]) -> None:
    window = issa.closed_windows.renaming
    assert window is not None
    days = range(1, max(closed) + 1)
    assert {day for day in days if is_closed(window, date(year, month, day))} == closed


@pytest.mark.requirement("ISSA-093")
def test_issa_number_categories_are_ordered_and_cheaper_downwards(issa: Profile) -> None:
    assert issa.number_change is not None
    categories = issa.number_change.categories
    assert [row.key for row in categories] == ["platinum", "diamond", "gold", "silver", "bronze", "simple"]
    prices = [row.price_minor for row in categories]
    assert prices == sorted(prices, reverse=True)
    assert [issa.number_change.price_minor(row.key) for row in categories] == prices


def test_issa_menu_is_in_the_documents_order(issa: Profile) -> None:
    assert [section.title for section in issa.menu.subscriber] == [
        "personal",
        "finance",
        "bills_and_detail",
        "plan_and_services",
        "feedback",
        "sign_out",
    ]
    assert "internet_statistics" in {item.title for item in issa.menu.subscriber[2].items}


def test_issa_administrator_menus_are_in_the_documents_order(issa: Profile) -> None:
    administrator, line = issa.menu.administrator, issa.menu.chosen_line
    assert administrator is not None
    assert line is not None
    assert [section.title for section in administrator] == (
        [
            "personal",
            "client_payments",
            "client_bills",
            "instalments",
            "line_choice",
            "feedback",
            "renaming",
            "bulk_services",
            "sign_out",
        ]
    )
    assert [section.title for section in line] == (
        [
            "personal",
            "service_operations",
            "instalments",
            "plan_change",
            "period_charges",
            "detail_view",
            "line_choice",
            "administrator_menu",
            "feedback",
            "sign_out",
        ]
    )
    assert [item.title for item in line[1].items] == (
        [
            "line_services",
            "number_change",
            "mobile_internet",
            "handset_settings",
            "pause",
            "call_forwarding",
            "voice_mail_plus",
        ]
    )


def test_ihelper_sets_the_password_by_ussd_or_a_call(ihelper: Profile) -> None:
    assert ihelper.channels.ussd_code(DialPurpose.PASSWORD) == "*111*17#"
    assert ihelper.channels.voice_number(DialPurpose.PASSWORD) == "087021"
    assert ihelper.channels.sms_number(DialPurpose.PASSWORD) is None


def test_ihelper_splits_expenses_into_thirteen_categories(ihelper: Profile) -> None:
    assert ihelper.expense_history is not None
    assert len(set(ihelper.expense_history.categories)) == 13


def test_ihelper_archive_has_thirteen_kinds(ihelper: Profile) -> None:
    assert len(set(ihelper.operations.kinds)) == 13


@pytest.mark.requirement("AS-005")
def test_assa_numbers_are_typed_without_the_leading_zero(assa: Profile) -> None:
    assert assa.numbering.example == "441234567"
    assert assa.numbering.trunk_prefixes == ()
    assert assa.numbering.refused_trunk_prefixes == ("0",)
    assert Msisdn.parse("441234567", assa.numbering) == "380441234567"
    with pytest.raises(NotANumber):
        Msisdn.parse("0441234567", assa.numbering)


@pytest.mark.parametrize("key", ["issa", "ihelper"])
def test_belarusian_numbers_are_taken_in_every_usual_spelling(key: str) -> None:
    numbering = operators.profile(key).numbering
    whole = f"375{numbering.example}"
    spellings = [numbering.example, f"80{numbering.example}", whole, f"+{whole}", numbering.input_hint]
    assert {Msisdn.parse(typed, numbering) for typed in spellings} == {whole}


def test_assa_error_codes(assa: Profile) -> None:
    found = {meaning: assa.sign_in.error_code(meaning) for meaning in SignInFailure}
    assert found == {
        SignInFailure.NUMBER_NOT_REGISTERED: "0610",
        SignInFailure.ACCESS_CLOSED: "0615",
        SignInFailure.WRONG_PASSWORD: "0630",
        SignInFailure.ATTEMPTS_LEFT: "0631",
    }


@pytest.mark.parametrize("key", ["issa", "ihelper"])
def test_other_operators_show_no_error_codes(key: str) -> None:
    assert {operators.profile(key).sign_in.error_code(meaning) for meaning in SignInFailure} == {None}


@pytest.mark.requirement("AS-019")
def test_assa_runa_registers_from_another_network_and_unlocks(assa: Profile) -> None:
    assert assa.runa is not None
    assert assa.registration.methods[:2] == (Method.OWN_NETWORK, Method.RUNA)
    assert assa.runa.needed_off_network
    assert assa.lockout.unlock_methods[0] == Method.RUNA
    assert assa.runa.dial_forms == ("*2772*{code}", "2772{code}")


def test_assa_tariff_changes_on_the_first_of_the_next_month(assa: Profile) -> None:
    asked = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)
    due = due_at(assa.tariff_change.effect, confirmed_at=asked, zone=assa.zone)
    assert due.astimezone(assa.zone).isoformat() == "2026-12-01T00:00:00+02:00"


def test_assa_utilities_are_in_the_documents_order(assa: Profile) -> None:
    utilities = next(section for section in assa.menu.subscriber if section.title == "utilities")
    assert [item.feature for item in utilities.items] == (
        [
            "who_called",
            "forwarding",
            "sip_forwarding",
            "sip_password",
            "block",
            "waiting_interval",
            "transfer",
            "unknown_caller",
        ]
    )


def test_assa_phones(assa: Profile) -> None:
    hotlines = {hotline.number: hotline for hotline in assa.contacts.hotlines}
    assert {"750", "*750", "0800505075", "0945050750"} < set(hotlines)
    assert hotlines["750"].own_network_only
    assert not hotlines["0800505075"].own_network_only
    support = hotlines["0-800-750-750"]
    assert support.free
    assert support.round_the_clock
    assert assa.channels.voice_number(DialPurpose.BALANCE) == "11"


def test_assa_speaks_russian_and_ukrainian(assa: Profile) -> None:
    assert {"ru", "uk"} <= set(assa.languages)


def test_what_assa_cannot_do_is_offered_nowhere(assa: Profile) -> None:
    assert {row.key for row in assa.not_possible} == {
        "contract_end",
        "service_suspension",
        "number_change",
        "owner_change",
        "number_disconnection",
        "device_change",
        "cabinet_removal",
    }
    assert assa.number_change is None
    assert assa.pause is None
    assert not {"number_change", "pause"} & assa.features


@pytest.mark.parametrize("key", operators.keys())
def test_session_code_and_lock_limits_are_alike_everywhere(key: str) -> None:
    profile = operators.profile(key)
    session, code = profile.session, profile.code
    assert (session.idle_seconds, session.warn_before_seconds, session.absolute_seconds) == (900, 60, 43200)
    assert (session.max_concurrent, session.desk_max_concurrent) == (5, 1)
    assert (code.digits, code.valid_seconds, code.tries, code.resend_seconds) == (6, 300, 5, 180)
    assert (code.sends_per_hour, code.sends_per_day, code.fails_per_day) == (5, 10, 10)
    assert (code.numbers_per_hour_per_address, code.sends_per_hour_per_network) == (10, 20)
    assert profile.lockout.delays_seconds == (0, 0, 0, 1, 2, 4, 8, 16, 32)
    assert (profile.lockout.attempts, profile.lockout.remaining_shown_from) == (10, 5)
    assert profile.sign_in.enumeration.distinct_numbers_per_hour == 5
    assert (profile.puk1.tries_per_day, profile.puk1.tries_lifetime) == (3, 10)


def test_holds_and_searches_of_number_change_are_limited(issa: Profile) -> None:
    change = issa.number_change
    assert change is not None
    assert change.hold_seconds == issa.session.idle_seconds
    assert (change.holds_per_session, change.holds_per_day, change.searches_per_minute) == (3, 10, 30)


@pytest.mark.parametrize("key", ["issa", "ihelper"])
def test_sim_secrets_need_a_fresh_proof(key: str) -> None:
    profile = operators.profile(key)
    assert profile.sim_display is not None
    assert profile.proofs.sim_secrets is not None
    assert (profile.sim_display.per_day, profile.sim_display.on_screen_seconds) == (3, 60)
    assert profile.proofs.sim_secrets.freshness_seconds == profile.sim_display.proof_fresh_seconds == 300
