"""Values and sentences on the server, in four languages."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from babel.numbers import format_decimal

from selfcare_app.i18n import cldr
from selfcare_app.i18n.message import from_fault, message, text_of, to_query, wire
from selfcare_app.i18n.speak import Speaker
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.operators import profile

NOW = datetime(2026, 12, 2, 21, 30, tzinfo=UTC)
"""Half past midnight of the 3rd in Minsk, half past eleven of the 2nd in Kyiv."""

NBSP = "\u00a0"


def speaker(language: str, operator: str = "issa", now: datetime | None = NOW) -> Speaker:
    return Speaker(language, profile(operator), now)


@pytest.mark.parametrize(
    ("language", "said"),
    [("ru", "−12 345,67 BYN"), ("uk", "−12 345,67 BYN"), ("be", "−12 345,67 BYN"), ("en", "−12,345.67 BYN")],
)
def test_money(language: str, said: str) -> None:
    assert speaker(language).money(Money(-1234567, "BYN")) == said.replace(" ", NBSP)


def test_money_of_other_scales_signs_and_currencies() -> None:
    ru = speaker("ru")
    assert ru.money(Money(5, "BYN"), sign=True) == f"+0,05{NBSP}BYN"
    assert ru.money(Money(0, "BYN"), sign=True) == f"0,00{NBSP}BYN"
    assert ru.money(Money(1200, "XYZ", scale=0)) == f"1{NBSP}200{NBSP}XYZ"
    assert ru.money(Money(100_00, "UAH")) == f"100,00{NBSP}грн"


@pytest.mark.parametrize(
    ("language", "today", "this_year", "another_year"),
    [
        ("ru", "сегодня", "5 ноября", "5 ноября 2025 г."),
        ("uk", "сьогодні", "5 листопада", "5 листопада 2025 р."),
        ("be", "сёння", "5 лістапада", "5 лістапада 2025 г."),
        ("en", "today", "5 November", "5 November 2025"),
    ],
)
def test_days_as_people_say_them(language: str, today: str, this_year: str, another_year: str) -> None:
    speak = speaker(language)
    assert speak.date(date(2026, 12, 3)) == today
    assert speak.date(date(2026, 11, 5)) == this_year
    assert speak.date(date(2025, 11, 5)) == another_year.replace(
        "2025 ", f"2025{NBSP}" if language != "en" else "2025 "
    )


def test_a_letter_says_no_today() -> None:
    assert speaker("ru", now=None).date(NOW) == f"3 декабря 2026{NBSP}г."


def test_an_instant_is_a_day_of_the_operators_time_zone() -> None:
    assert speaker("ru", "issa").datetime(NOW) == "сегодня, 00:30"
    assert speaker("uk", "assa").datetime(NOW) == "сьогодні, 23:30"
    assert speaker("en", "assa").date(NOW, "short") == "02/12/2026"
    assert speaker("ru").date(NOW, "month") == f"декабрь 2026{NBSP}г."


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 с"),
        (59, "59 с"),
        (60, "1 мин"),
        (200, "3 мин 20 с"),
        (3600, "1 ч"),
        (3725, "1 ч 2 мин"),
        (90_000, "1 дн 1 ч"),
    ],
)
def test_durations(seconds: int, said: str) -> None:
    assert speaker("ru").duration(seconds).replace(NBSP, " ") == said


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (0, "0 Б"),
        (1023, "1 023 Б"),
        (1024, "1 КБ"),
        (1536, "2 КБ"),
        (1 << 20, "1 МБ"),
        (1_572_864, "1,5 МБ"),
        (1_610_612_736, "1,5 ГБ"),
    ],
)
def test_amounts_of_data(octets: int, said: str) -> None:
    assert speaker("ru").data_size(octets).replace(NBSP, " ") == said


@pytest.mark.parametrize(
    ("operator", "digits", "said"),
    [
        ("issa", "375291234567", "+375 29 123-45-67"),
        ("issa", "411", "411"),
        ("issa", "48123456789", "+48123456789"),
        ("assa", "380441234567", None),
    ],
)
def test_numbers_of_phones(operator: str, digits: str, said: str | None) -> None:
    written = speaker("ru", operator).msisdn(digits)
    assert "".join(sign for sign in written if sign.isdigit()) == digits
    assert written == said if said else written.startswith("+380")


@pytest.mark.parametrize(
    ("n", "form"), [(1, "запись"), (2, "записи"), (5, "записей"), (11, "записей"), (21, "запись"), (112, "записей")]
)
def test_plurals(n: int, form: str) -> None:
    assert speaker("ru").plural("shell.pages.total", n) == f"Всего {n} {form}"


def test_messages_say_the_same_as_texts() -> None:
    ru = speaker("ru")
    told = message("shell.error.unexpected", reference="A-17")
    assert ru.message(told) == ru.text("shell.error.unexpected", reference="A-17")
    assert ru.message(message("shell.pages.total", n=3)) == "Всего 3 записи"
    assert (
        ru.text("shell.pages.shown", shown=text_of("menu.home"), total=Money(100, "BYN"))
        == f"Показано Главная из 1,00{NBSP}BYN"
    )


def test_text_of_a_person_is_never_a_pattern() -> None:
    said = speaker("en").text("shell.error.unexpected", reference="{0.__class__}{n}")
    assert "{0.__class__}{n}" in said


def test_what_is_missing_is_said_at_once() -> None:
    with pytest.raises(KeyError, match="no sentence"):
        speaker("ru").text("shell.nothing")
    with pytest.raises(KeyError, match="reference"):
        speaker("ru").text("shell.error.unexpected")


class OutOfOrder(Refused):
    code = "stage.out_of_order"


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (Money(1050, "BYN"), {"$money": [1050, 2, "BYN"]}),
        (NOW, {"$datetime": "2026-12-02T21:30:00Z"}),
        (date(2026, 12, 1), {"$date": "2026-12-01"}),
        (timedelta(minutes=3), {"$duration": 180}),
        (Msisdn("375291234567"), {"$msisdn": "375291234567"}),
        (7, 7),
        ("text", "text"),
        (None, None),
    ],
)
def test_values_on_their_way_to_a_browser(value: Any, form: Any) -> None:
    assert wire(value) == form


@pytest.mark.parametrize("value", [1.5, datetime(2026, 1, 1), object(), b"x"])  # noqa: DTZ001 - the wrong ones
def test_what_has_no_form_never_reaches_a_browser(value: Any) -> None:
    with pytest.raises(TypeError):
        wire(value)


def test_a_refusal_travels_as_its_code_and_arguments() -> None:
    fault = OutOfOrder(until=NOW, left=3)
    assert from_fault(fault) == {
        "key": "stage.error.out_of_order",
        "args": {"until": {"$datetime": "2026-12-02T21:30:00Z"}, "left": 3},
    }
    query = to_query(fault, field="code")
    assert query.startswith("error=stage.out_of_order&field=code&args=")


@pytest.mark.parametrize("language", ["ru", "uk", "be"])
def test_the_table_of_formats_is_babels(language: str) -> None:
    table = cldr.table(language)
    assert format_decimal(1234567.5, locale=language) == f"1{table['group']}234{table['group']}567{table['decimal']}5"
