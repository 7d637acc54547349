"""Personal information: every field that the documents name, in the operator's order, of the own line only."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from selfcare_app import operators, wiring
from selfcare_app.access.tables import Credential, WebSession
from selfcare_app.i18n import catalogue
from selfcare_app.i18n.speak import Speaker
from selfcare_app.subscribers.tables import Line
from selfcare_app.ui.pages.home import fields
from selfcare_app.usage import personal
from selfcare_app.usage.codes import Kind
from selfcare_app.usage.views import Personal
from tests.home.conftest import Cabinet


def seen(cabinet: Cabinet) -> Personal:
    return wiring.ask_now(personal.read, cabinet.actor, now=cabinet.now)


def said(cabinet: Cabinet, *names: str, language: str = "ru") -> dict[str, str]:
    """The fields as a person reads them."""
    speaker = Speaker(language, operators.profile("issa"))
    rows = fields.rows(seen(cabinet), names)
    return {speaker.message(row["label"]): _plain(speaker, row["value"]) for row in rows}


def _plain(speaker: Speaker, value: Any) -> str:
    return speaker.message(value) if isinstance(value, dict) and "key" in value else speaker.show(value)


@pytest.mark.parametrize("key", operators.keys())
def test_every_field_of_every_operator_has_a_label_and_a_value(key: str) -> None:
    shown = operators.profile(key).personal
    named = [name for name in (*shown.fields, *shown.more_fields) if name != fields.BESIDE]
    assert [name for name in named if name not in fields.FIELDS] == []
    missing = [
        (language, name)
        for language in catalogue.LANGUAGES
        for name in (*named, *fields.FIELDS)
        if f"subscribers.field.{name}" not in catalogue.load(language)
    ]
    assert missing == []


@pytest.mark.requirement("ISSA-049", "IH-009")
def test_main_fields(cabinet: Cabinet) -> None:
    cabinet.plan(benefits="Скидка 10 % до конца года")
    cabinet.opened(1234)
    assert said(cabinet, "name", "tariff_plan", "balance", "benefits", "settlement", "status", "msisdn") == {
        "ФИО": "Анна Ковалёва",
        "Тарифный план": "Комфорт M",
        "Баланс": "12,34\u00a0BYN",
        "Льготы по тарифному плану": "Скидка 10 % до конца года",
        "Метод взаиморасчетов": "Предоплата",
        "Статус абонента": "Активный",
        "Номер телефона": Speaker("ru", operators.profile("issa")).msisdn(str(cabinet.line.msisdn)),
    }


@pytest.mark.requirement("ISSA-049")
@pytest.mark.parametrize("state", ["paused", "blocked", "closed"])
def test_a_line_that_is_not_active_is_said_to_be_inactive(cabinet: Cabinet, state: str) -> None:
    cabinet.change(Line, cabinet.line.id, state=state)
    assert said(cabinet, "status")["Статус абонента"].startswith("Неактивный: ")


def test_a_bill_payer_and_a_plan_without_benefits(cabinet: Cabinet) -> None:
    cabinet.plan()
    cabinet.account(settlement="postpaid")
    assert said(cabinet, "settlement", "benefits") == {
        "Метод взаиморасчетов": "Оплата по счёту",
        "Льготы по тарифному плану": "Нет",
    }


@pytest.mark.requirement("ISSA-050")
def test_dates_of_registration_and_of_the_use_before_this_one(cabinet: Cabinet) -> None:
    registered, used = datetime(2025, 3, 5, 8, 15, tzinfo=UTC), datetime(2026, 11, 2, 17, 40, tzinfo=UTC)
    cabinet.add(
        Credential(
            line_id=cabinet.line.id, password_hash="x", set_by="subscriber", set_at=registered, registered_at=registered
        )
    )
    earlier = cabinet.world.session(cabinet.line)
    cabinet.change(WebSession, earlier.session_id, seen_at=used)
    assert said(cabinet, "registered_at", "last_used_at") == {
        "Дата регистрации в кабинете": "5 марта 2025\u00a0г., 11:15",
        "Дата последнего использования": "2 ноября 2026\u00a0г., 20:40",
    }


def test_a_line_without_a_password_is_not_registered_yet(cabinet: Cabinet) -> None:
    assert said(cabinet, "registered_at") == {"Дата регистрации в кабинете": "Ещё не зарегистрирован"}


def test_the_first_use_is_said_to_be(cabinet: Cabinet) -> None:
    assert said(cabinet, "last_used_at") == {"Дата последнего использования": "Сегодня впервые"}


@pytest.mark.requirement("ISSA-052")
def test_additional_information(cabinet: Cabinet) -> None:
    cabinet.client(external_id="C-551405")
    cabinet.account(number="102040005", opened_on=date(2019, 4, 12), payment_form="cashless")
    cabinet.change(Line, cabinet.line.id, ip_address="10.20.30.40")
    cabinet.package("Минуты", "seconds", 600 * 60, 0)
    cabinet.package("Акция 1", "seconds", 60 * 60, 12 * 60, promo=True)
    cabinet.package("Акция 2", "seconds", 10 * 60, 0, promo=True)
    cabinet.use(Kind.CALL, datetime(2026, 10, 5, 9, tzinfo=UTC), 725)
    cabinet.use(Kind.CALL, datetime(2026, 11, 5, 9, tzinfo=UTC), 999)
    more = operators.profile("issa").personal.more_fields
    assert said(cabinet, *more) == {
        "ID клиента": "C-551405",
        "Номер лицевого счета": "102040005",
        "Дата открытия счета": "12 апреля 2019\u00a0г.",
        "Начисления за предыдущий месяц": "7,25\u00a0BYN",
        "Остаток минут по акции": "58 мин",
        "Форма оплаты": "Безналичная",
        "IP адрес": "10.20.30.40",
    }


@pytest.mark.requirement("ISSA-052")
def test_promo_minutes_are_shown_only_where_there_is_a_promotion(cabinet: Cabinet) -> None:
    cabinet.package("Минуты", "seconds", 600 * 60, 0)
    cabinet.package("Подарочный интернет", "bytes", 2**30, 0, promo=True)
    assert said(cabinet, "promo_minutes_left") == {}


def test_a_form_of_payment_without_words_of_its_own_is_shown_as_it_came(cabinet: Cabinet) -> None:
    cabinet.account(payment_form="взаимозачёт")
    assert said(cabinet, "payment_form") == {"Форма оплаты": "взаимозачёт"}
    cabinet.account(payment_form="")
    assert said(cabinet, "payment_form") == {}


def test_the_owner_is_the_client_and_not_the_user(cabinet: Cabinet) -> None:
    cabinet.client(kind="organisation", name="ООО «Ромашка»")
    assert said(cabinet, "name") == {"ФИО": "ООО «Ромашка»"}


def test_fields_speak_every_language(cabinet: Cabinet) -> None:
    assert said(cabinet, "status", "settlement", language="en") == {
        "Subscriber status": "Active",
        "Settlement method": "Prepaid",
    }
    assert said(cabinet, "status", language="be") == {"Статус абанента": "Актыўны"}
    assert said(cabinet, "status", language="uk") == {"Статус абонента": "Активний"}


@pytest.mark.security("S-06")
def test_nothing_of_another_subscriber_is_ever_in_it(cabinet: Cabinet, other: Cabinet) -> None:
    full, own = repr(seen(other)), repr(seen(cabinet))
    foreign = ("Чуж", "foreign", "10.66.6.6", str(other.line.msisdn), str(other.account_id), "666")
    assert all(mark in full for mark in foreign)
    assert [mark for mark in foreign if mark in own] == []
