"""Reading call detail on a phone: choose, prove by M-code or PUK1, read, look for a number, download."""

import csv
import io
from dataclasses import dataclass
from datetime import datetime, timedelta

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, WebSocket, expect
from sqlmodel import insert

from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers import sim_seal
from selfcare_app.subscribers.tables import Line, Sim
from selfcare_app.usage.codes import Direction, Kind
from selfcare_app.usage.tables import UsageRecord
from tests.browser import DESKTOP, Complaints, SignedIn, hydrated
from tests.served import Served

pytestmark = pytest.mark.browser
MINE, HIS = "375291112233", "375447654321"
PUK1 = "12345678"


@dataclass
class Caller:
    """A line that called every minute of an hour in the middle of last month."""

    line: Line
    month: str
    records: int

    @property
    def query(self) -> str:
        return f"period={self.month}&direction=both"


@pytest.fixture
def caller(served: Served) -> Caller:
    return calls(served, served.world.line())


def calls(served: Served, line: Line, count: int = 120) -> Caller:
    first = served.now.astimezone(served.profile.zone).replace(day=1, hour=12, minute=0, second=0, microsecond=0)
    middle = (first - timedelta(days=1)).replace(day=15)
    with served.db.transaction() as session:
        session.execute(insert(UsageRecord), [row(line, middle, n) for n in range(count)])
    return Caller(line, f"{middle:%Y-%m}", count)


def row(line: Line, middle: datetime, n: int) -> dict[str, object]:
    return {
        "line_no": line.no,
        "started_at": middle + timedelta(minutes=n),
        "record_key": n,
        "kind": Kind.CALL,
        "direction": Direction.OUTGOING if n % 2 else Direction.INCOMING,
        "zone": 1,
        "peer": HIS if n % 40 == 0 else MINE,
        "duration_seconds": 60 + n,
        "bytes_in": 0,
        "bytes_out": 0,
        "charge_units": 100_000,
        "service": "",
        "domain": "",
    }


def lines(page: Page) -> Locator:
    """The records on a phone."""
    return page.locator("#records section li")


def prove(page: Page, served: Served, caller: Caller) -> None:
    page.get_by_label("SMS код").fill(served.code(str(caller.line.msisdn)))
    page.wait_for_selector("#records")


@pytest.mark.requirement("ISSA-043", "ISSA-076", "ISSA-077")
def test_choose_prove_and_read(served: Served, signed_in: SignedIn, caller: Caller) -> None:
    page = signed_in(caller.line, "/call-detail")
    hydrated(page)
    expect(page.locator("input[name=period]")).to_have_count(7)
    page.locator(f"input[name=period][value='{caller.month}']").check()
    page.get_by_label("Исходящие", exact=True).check()
    page.get_by_label("Интернет").uncheck()
    page.get_by_role("button", name="Далее").click()
    page.wait_for_url("**direction=outgoing&kinds=call,sms,mms")
    expect(lines(page)).to_have_count(0)
    prove(page, served, caller)
    expect(lines(page)).to_have_count(50)
    expect(page.locator("#records")).to_contain_text("1–50 из 60")
    expect(page.get_by_text("60 звонков")).to_be_visible()
    expect(lines(page).first).to_contain_text("+375 29 111-22-33")
    page.get_by_role("button", name="Дальше").click()
    expect(page.locator("#records")).to_contain_text("51–60 из 60")
    expect(lines(page)).to_have_count(10)
    page.reload()
    page.wait_for_selector("#records")
    page.go_back()
    hydrated(page)
    expect(page.locator("input[name=period]")).to_have_count(7)


def test_a_wrong_code_loses_nothing(served: Served, signed_in: SignedIn, caller: Caller) -> None:
    page = signed_in(caller.line, f"/call-detail?{caller.query}")
    hydrated(page)
    page.get_by_role("button", name="Выслать код подтверждения").click()
    right = served.code(str(caller.line.msisdn))
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    page.get_by_label("SMS код").fill(wrong)
    expect(page.locator("#error-summary")).to_contain_text("Осталось попыток")
    page.get_by_label("SMS код").fill(right)
    page.wait_for_selector("#records")
    expect(page.locator("#records")).to_contain_text("из 120")


@pytest.mark.requirement("ISSA-078")
def test_a_modem_types_puk1(served: Served, signed_in: SignedIn) -> None:
    line = served.world.line(kind="modem")
    caller, sim_id, iccid = calls(served, line, 3), new_id(), str(new_id().int)[:19]
    codes = sim_seal.seal(served.keys, sim_id, pin1="1234", puk1=PUK1, pin2="5678", puk2="87654321")
    mac = sim_seal.puk1_mac(served.keys, iccid, PUK1)
    with served.db.transaction() as session:
        issued = served.now - timedelta(days=90)
        session.add(Sim(id=sim_id, line_id=line.id, iccid=iccid, puk1_mac=mac, issued_at=issued, **codes))
    page = signed_in(line, "/call-detail")
    hydrated(page)
    page.locator(f"input[name=period][value='{caller.month}']").check()
    page.get_by_role("button", name="Далее").click()
    page.get_by_label("PUK1").fill(PUK1)
    page.get_by_role("button", name="Подтвердить").click()
    page.wait_for_selector("#records")
    expect(lines(page)).to_have_count(3)
    assert served.messages(str(line.msisdn)) == []


def test_look_for_a_number(served: Served, signed_in: SignedIn, caller: Caller) -> None:
    page = signed_in(caller.line, f"/call-detail?{caller.query}")
    page.get_by_role("button", name="Выслать код подтверждения").click()
    prove(page, served, caller)
    page.get_by_label("Найти по номеру").fill("8 044 765")
    page.get_by_role("button", name="Найти").click()
    expect(page.locator("#records")).to_contain_text("1–3 из 3")
    expect(page.get_by_text("Итого по номеру")).to_be_visible()
    page.get_by_label("Найти по номеру").fill("0000000")
    page.get_by_role("button", name="Найти").click()
    expect(page.get_by_text("С таким номером ничего не нашлось")).to_be_visible()
    page.get_by_role("button", name="Показать все записи").click()
    expect(page.locator("#records")).to_contain_text("1–50 из 120")
    expect(page.get_by_label("Найти по номеру")).to_have_value("")


@pytest.mark.requirement("ISSA-076")
def test_download_the_whole_period(served: Served, signed_in: SignedIn, caller: Caller) -> None:
    page = signed_in(caller.line, f"/call-detail?{caller.query}", viewport=DESKTOP)
    page.get_by_role("button", name="Выслать код подтверждения").click()
    prove(page, served, caller)
    expect(page.locator("#records tbody tr")).to_have_count(51)
    reconnects: list[str] = []

    def reconnected(socket: WebSocket) -> None:
        reconnects.append(socket.url)

    page.on("websocket", reconnected)
    with page.expect_download() as began:
        page.get_by_role("link", name="CSV").click()
    assert began.value.suggested_filename == f"Детализация {caller.month}.csv"
    text = began.value.path().read_bytes().decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))) == caller.records + 1
    with page.expect_download() as began:
        page.get_by_role("link", name="Excel").click()
    book = openpyxl.load_workbook(io.BytesIO(began.value.path().read_bytes()))
    assert book.worksheets[0].max_row == caller.records + 1
    expect(page.locator("#records")).to_contain_text("1–50 из 120")
    page.get_by_role("button", name="Дальше").click()
    expect(page.locator("#records")).to_contain_text("51–100 из 120")
    assert reconnects == []


def test_a_refused_file_is_said_on_the_page(
    served: Served, signed_in: SignedIn, caller: Caller, complaints: Complaints
) -> None:
    page = signed_in(caller.line, f"/call-detail?{caller.query}")
    page.get_by_role("button", name="Выслать код подтверждения").click()
    prove(page, served, caller)
    page.goto(f"/call-detail?{caller.query}&error=usage.file_in_progress")
    page.wait_for_selector("#records")
    expect(page.locator("#error-summary")).to_contain_text("Ваш предыдущий файл ещё готовится")


def test_nothing_in_a_period_says_what_would_be_here(served: Served, signed_in: SignedIn, caller: Caller) -> None:
    page = signed_in(caller.line, f"/call-detail?{caller.query}&kinds=mms")
    page.get_by_role("button", name="Выслать код подтверждения").click()
    page.get_by_label("SMS код").fill(served.code(str(caller.line.msisdn)))
    expect(page.get_by_text("За этот период ничего нет")).to_be_visible()
    page.get_by_role("link", name="Изменить выбор").first.click()
    expect(page.locator(f"input[name=period][value='{caller.month}']")).to_be_checked()
    expect(page.get_by_label("MMS")).to_be_checked()
    expect(page.get_by_label("Звонки")).not_to_be_checked()
