"""From a charge's receipt to a question, from the desk's queue to the answer, and back on the phone."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from selfcare_app.care.charge_question.tables import ChargeQuestion
from selfcare_app.catalogue.charge_tables import FeeCharge
from selfcare_app.kit.actor import System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger.post import Leg, post
from selfcare_app.subscribers.tables import Line
from tests.browser import NewContext, SignedIn, hydrated
from tests.e2e.test_desk import opened
from tests.e2e.test_finance import customer
from tests.judge import axe, eyes, hands
from tests.served import Served

pytestmark = pytest.mark.browser


def fee(served: Served, line: Line) -> str:
    """A monthly fee that was taken, and the address of its receipt."""
    with served.db.transaction() as session:
        leg = Leg(("subscriber", line.account_id), ("revenue", "plan"), Money(890, "BYN"), "plan")
        job, key = System("fees"), str(new_id())
        done = post(session, job, kind="fee", key=key, legs=[leg], now=served.now, may_overdraw=True)
        row = FeeCharge(
            id=new_id(), line_id=line.id, account_id=line.account_id, item="plan", code=line.tariff_plan,
            version_id=new_id(), period_from=date(2026, 11, 1), period_until=date(2026, 12, 1), cause="run",
            fee_minor=890, day_percents=3_000, amount_minor=890, vat_minor=148, vat_percent=20, currency="BYN",
            operation_id=done.operation_id, charged_at=served.now,
        )  # fmt: skip
        session.add(row)
        return f"/fees?fee={row.id}"


def wrong(desk: Page) -> list[str]:
    return [*axe.findings(desk), *eyes.too_wide(desk), *eyes.too_small(desk), *hands.unreachable(desk)]


@pytest.mark.requirement("ISSA-111")
@pytest.mark.security("T16", "asvs_8_4_2")
def test_a_question_goes_from_the_receipt_to_the_desk_and_its_answer_back(
    served: Served, signed_in: SignedIn, new_context: NewContext
) -> None:
    line = customer(served, has=2_000)
    page = signed_in(line, fee(served, line))
    page.get_by_role("link", name="Задать вопрос").click()
    page.wait_for_url("**/call-detail/questions/ask?fee=*")
    hydrated(page)
    page.get_by_role("button", name="Отправить вопрос").click()
    expect(page.locator("#error-summary")).to_contain_text("Выберите, что не так.")
    page.get_by_label("Цена не та, что обещана").check()
    page.get_by_label("Расскажите подробнее").fill("В магазине обещали 5 рублей.\nПочему 8,90?")
    page.get_by_role("button", name="Отправить вопрос").click()
    page.wait_for_url("**/call-detail/questions?done=1")
    expect(page.get_by_text("Вопрос отправлен.")).to_be_visible()
    expect(page.locator("#questions")).to_contain_text("Ждёт ответа")
    desk = opened(served, new_context, "/desk/questions", duties=("questions",), viewport={"width": 320, "height": 640})
    with served.db.snapshot() as session:
        no = session.exec(select(ChargeQuestion.no).where(ChargeQuestion.line_id == line.id)).one()
    assert wrong(desk) == []
    desk.get_by_role("button", name=f"Открыть вопрос {no}").click()
    expect(desk.get_by_text("В магазине обещали 5 рублей.")).to_be_visible()
    expect(desk.get_by_text("Абонентская плата")).to_be_visible()
    assert wrong(desk) == []
    desk.get_by_label("Ответ абоненту").fill("5 рублей стоит план «Старт», а у вас «Супер 8».")
    desk.get_by_role("button", name="Отправить ответ").click()
    expect(desk.get_by_role("status")).to_contain_text("Ответ отправлен.")
    expect(desk.get_by_role("button", name=f"Открыть вопрос {no}")).to_have_count(0)
    page.goto("/home")
    hydrated(page)
    page.get_by_role("link", name="Прочитать").click()
    page.wait_for_url("**/call-detail/questions")
    expect(page.get_by_text("5 рублей стоит план «Старт», а у вас «Супер 8».")).to_be_visible()
    expect(page.get_by_text("Новый ответ")).to_be_visible()
    page.get_by_role("link", name="К начислению").click()
    page.wait_for_url("**/fees?fee=*")
    expect(page.get_by_text("Отвечено")).to_be_visible()
