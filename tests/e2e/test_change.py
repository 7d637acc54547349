"""On a phone: another tariff from the list to the 1st of the month, a service on, undone and off, Пауза on and off."""

from datetime import datetime, timedelta
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from selfcare_app.catalogue.tables import Service, TariffPlan
from selfcare_app.kit.actor import System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger import balance
from selfcare_app.ledger.post import Leg, post
from selfcare_app.subscribers.tables import Line
from tests.browser import SignedIn, hydrated
from tests.served import Serve, Served

pytestmark = pytest.mark.browser

_paid = count(1)


def sold(served: Served) -> None:
    """A plan that nobody can come back to, an open one, and a service."""
    since = served.now - timedelta(days=900)
    common = {"valid_from": since}
    rows = [
        TariffPlan(id=new_id(), code="comfort", name="Комфорт", fee_minor=2_190, open_for_change=False, **common),
        TariffPlan(id=new_id(), code="light", name="Лёгкий", fee_minor=790, switch_fee_minor=200, **common),
        Service(id=new_id(), code="melody", name="Мелофон", fee_minor=190, connect_fee_minor=50, **common),
    ]
    with served.db.transaction() as session:
        session.add_all(rows)


@pytest.fixture(scope="module")
def served(request: pytest.FixtureRequest, serve: Serve) -> Served:
    """A server of its own: its clock goes over the end of a month."""
    return serve(operator=request.param, seed=sold)


def customer(served: Served, paid: int = 20_000) -> Line:
    line = served.world.line(tariff_plan="comfort")
    money = Money(paid, served.profile.currency, served.profile.currency_scale)
    leg = Leg(("cash_in", "payment"), ("subscriber", line.account_id), money, "payment")
    with served.db.transaction() as session:
        post(session, System("test"), kind="payment", key=f"change {next(_paid)}", legs=[leg], now=served.now)
    return line


def has(served: Served, line: Line) -> int:
    with served.db.snapshot() as session:
        return balance.of_account(session, line.account_id).minor


def confirmed(page: Page) -> str:
    """From the check to the order; gives the order's path."""
    page.wait_for_url("**/change/*")
    page.get_by_role("button", name="Подтвердить").click()
    page.wait_for_url("**/orders/*")
    return page.url


def next_month(served: Served) -> datetime:
    local = served.now.astimezone(served.profile.zone)
    return (local.replace(day=28) + timedelta(days=5)).replace(day=1, hour=0, minute=1, second=0, microsecond=0)


@pytest.mark.requirement("AS-055", "AS-057", "AS-058")
@pytest.mark.parametrize("served", ["assa"], indirect=True)
def test_another_tariff_is_chosen_agreed_to_and_in_force_from_the_1st(served: Served, signed_in: SignedIn) -> None:
    line = customer(served)
    page = signed_in(line, "/tariff")
    expect(page.locator("#current")).to_contain_text("Комфорт")
    page.get_by_role("button", name="Продолжить").click()
    expect(page.locator("#error-summary")).to_be_visible()
    page.get_by_label("Согласен с условиями соглашения об услугах").check()
    page.get_by_role("button", name="Продолжить").click()
    expect(page.get_by_role("link", name="Какой тарифный план выгоднее для вас")).to_be_visible()
    page.get_by_role("button", name="Выбрать Лёгкий").click()
    page.wait_for_url("**/change/*")
    expect(page.get_by_text("Вернуться на «Комфорт» будет нельзя", exact=False)).to_be_visible()
    order = confirmed(page)
    expect(page.get_by_role("heading", name="Заявка принята")).to_be_visible()
    page.goto("/home")
    expect(page.locator("main")).to_contain_text("Комфорт")
    before = has(served, line)
    served.advance((next_month(served) - served.now).total_seconds())
    page = signed_in(line, order)
    expect(page.get_by_text("Ваш тарифный план теперь «Лёгкий»")).to_be_visible()
    page.goto("/home")
    hydrated(page)
    expect(page.locator("main")).to_contain_text("Лёгкий")
    expect(page.locator("main")).not_to_contain_text("Комфорт")
    assert before - has(served, line) >= 200


@pytest.mark.requirement("ISSA-090")
@pytest.mark.parametrize("served", ["issa"], indirect=True)
def test_a_service_is_connected_undone_connected_again_and_disconnected(served: Served, signed_in: SignedIn) -> None:
    line = customer(served)
    page = signed_in(line, "/services")
    for undone in (True, False):
        page.get_by_role("button", name="Подключить Мелофон").click()
        confirmed(page)
        expect(page.get_by_text("Услуга «Мелофон» подключена")).to_be_visible()
        assert has(served, line) < 20_000
        page.goto("/services")
        hydrated(page)
        if undone:
            page.get_by_role("button", name="Отменить подключение Мелофон").click()
            expect(page.get_by_role("button", name="Подключить Мелофон")).to_be_visible()
            assert has(served, line) == 20_000
    served.advance(served.profile.service_change.undo_seconds)
    page = signed_in(line, "/services")
    hydrated(page)
    expect(page.get_by_role("button", name="Отменить подключение Мелофон")).to_have_count(0)
    page.get_by_role("button", name="Отключить Мелофон").click()
    confirmed(page)
    expect(page.get_by_text("Услуга «Мелофон» отключена")).to_be_visible()
    page.goto("/services")
    expect(page.get_by_role("button", name="Подключить Мелофон")).to_be_visible()


@pytest.mark.requirement("ISSA-096", "ISSA-101", "ISSA-102")
@pytest.mark.parametrize("served", ["issa"], indirect=True)
def test_pause_is_switched_on_and_off(served: Served, signed_in: SignedIn) -> None:
    line = customer(served)
    page = signed_in(line, "/pause")
    for act, done in (
        ("Приостановить", "Обслуживание приостановлено"),
        ("Восстановить", "Обслуживание восстановлено"),
    ):
        page.get_by_role("button", name=act).click()
        confirmed(page)
        expect(page.get_by_text(done)).to_be_visible()
        page.goto("/home")
        hydrated(page)
        gone = page.get_by_text("Номер приостановлен", exact=False)
        expect(gone.first if done.endswith("приостановлено") else page.get_by_text("Всё в порядке")).to_be_visible()
        page.goto("/pause")
        hydrated(page)
    expect(page.get_by_role("button", name="Приостановить")).to_be_visible()
