"""On a phone: from the bottom bar to a month's usage, from its charges to a line, from the line to why it cost that."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlmodel import insert

from selfcare_app.usage.tables import UsageRecord
from tests.browser import SignedIn, hydrated
from tests.e2e.test_call_detail import Caller, calls
from tests.served import Served

pytestmark = pytest.mark.browser


@pytest.fixture
def caller(served: Served) -> Caller:
    return calls(served, served.world.line(), count=12)


@pytest.mark.requirement("ISSA-043", "ISSA-053", "ISSA-075")
def test_from_usage_to_a_receipt(served: Served, signed_in: SignedIn, caller: Caller) -> None:
    page = signed_in(caller.line, "/usage")
    hydrated(page)
    month = page.get_by_role("navigation", name="Месяцы").locator(f"a[href$='{caller.month}']")
    month.click()
    page.wait_for_url(f"**/usage?month={caller.month}")
    expect(page.get_by_role("img", name="Больше всего")).to_be_visible()
    page.get_by_role("button", name="Исходящие звонки").click()
    expect(page.get_by_role("button", name="Исходящие звонки")).to_have_attribute("aria-pressed", "true")
    page.get_by_text("Показать таблицей").click()
    expect(page.get_by_role("region", name="Расход по дням").locator("tbody tr")).to_have_count(1)
    page.locator("main a[href='/charges']").click()
    page.wait_for_url("**/charges")
    expect(page.get_by_text("В этом месяце начислений нет")).to_be_visible()
    page.get_by_role("navigation", name="Месяцы").locator(f"a[href$='{caller.month}']").click()
    expect(page.get_by_text("1,20 BYN").first).to_be_visible()
    page.get_by_text("Подробно").click()
    page.get_by_role("link", name="Платные записи Исходящая связь: внутри сети").click()
    page.get_by_role("button", name="Выслать код подтверждения").click()
    page.get_by_label("SMS код").fill(served.code(str(caller.line.msisdn)))
    lines = page.locator("#lines section li")
    expect(lines).to_have_count(6)
    lines.first.locator("a").click()
    page.wait_for_url("**/call-detail/receipt?**")
    expect(page.get_by_role("heading", name="Вопрос об этом начислении")).to_be_visible()
    expect(page.get_by_text("+375 29 111-22-33")).to_be_visible()
    page.reload()
    hydrated(page)
    expect(page.get_by_text("0,10 BYN").first).to_be_visible()


@pytest.mark.requirement("ISSA-043", "ISSA-084", "ISSA-085", "ISSA-086", "ISSA-087", "ISSA-088")
def test_internet_statistics_of_a_day(served: Served, signed_in: SignedIn, caller: Caller) -> None:
    day = served.now.astimezone(served.profile.zone).date() - timedelta(days=1)
    noon = served.now - timedelta(days=1)
    plain = {"line_no": caller.line.no, "started_at": noon, "kind": 4, "direction": 1, "zone": 0, "peer": ""}
    plain |= {"duration_seconds": 0, "charge_units": 0, "domain": ""}
    with served.db.transaction() as session:
        session.execute(
            insert(UsageRecord),
            [
                {**plain, "record_key": n, "service": service, "domain": domain, "bytes_in": size, "bytes_out": 1024}
                for n, (service, domain, size) in enumerate(
                    (("", "", 5 * 2**20), ("HTTP", "news.example", 2**20), ("YouTube", "", 2**30))
                )
            ],
        )
    page = signed_in(caller.line, "/internet-statistics")
    hydrated(page)
    page.get_by_label("День").fill(str(day))
    page.get_by_role("button", name="Показать").click()
    page.wait_for_url(f"**/internet-statistics?day={day}")
    page.get_by_label("SMS код").fill(served.code(str(caller.line.msisdn)))
    rows = page.get_by_role("list", name="Сервисы по объёму").get_by_role("listitem")
    expect(rows).to_have_count(3)
    for place, said in enumerate(("YouTube", "Other", "news.example")):
        expect(rows.nth(place)).to_contain_text(said)
    expect(page.get_by_text("Сегодня можно посмотреть ещё 9 дней")).to_be_visible()
    page.reload()
    expect(rows).to_have_count(3)
    expect(page.get_by_text("Сегодня можно посмотреть ещё 9 дней")).to_be_visible()
