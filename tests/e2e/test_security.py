"""Security as a person uses it: sessions put out in one browser end in the other, who looked, passkeys, the emergency code."""

import dataclasses
import json
import time
from collections.abc import Iterator
from pathlib import Path

import bcrypt
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from selfcare_app.access import alarm, password
from selfcare_app.access.tables import Credential
from selfcare_app.journal import export, rules
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Line
from tests.browser import PHONE, NewContext, SignedIn, arrived, hydrated
from tests.served import Serve, Served

pytestmark = pytest.mark.browser
PASSWORD = "вяз7дуб3"
AT_ONCE_SECONDS = 1.5
"""A second, and what the test itself takes to look."""


def somebody(served: Served, **columns: object) -> Line:
    """A registered line."""
    line = served.world.line(**columns)
    kept = bcrypt.hashpw(password._digest(served.keys, PASSWORD), bcrypt.gensalt(4)).decode()
    with served.db.transaction() as session:
        session.add(
            Credential(line_id=line.id, password_hash=kept, set_by="web", set_at=served.now, registered_at=served.now)
        )
    return line


@pytest.mark.security("S-20", "asvs_7_4_3", "asvs_7_5_2")
def test_a_session_ended_in_one_browser_ends_in_the_other_within_a_second(
    served: Served, new_context: NewContext, signed_in: SignedIn
) -> None:
    line = somebody(served, user_name="Ольга Чужая")
    other = signed_in(line, "/home")
    hydrated(other)
    expect(other.get_by_text("Ольга Чужая").first).to_be_visible()
    mine = signed_in(line, "/settings/security/sessions")
    hydrated(mine)
    rows = mine.locator("#sessions > li")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Это вы")
    expect(rows.first.get_by_role("button")).to_have_count(0)
    rows.nth(1).get_by_role("button", name="Завершить").click()
    expect(rows).to_have_count(1)
    began = time.monotonic()
    arrived(other, "/sign-in")
    assert time.monotonic() - began < AT_ONCE_SECONDS
    assert "Чужая" not in other.content()
    assert [m.content["key"] for m in served.messages(line.msisdn or "")] == ["alarm.sessions_ended"]


def test_an_alarm_stands_on_home_until_it_is_read(served: Served, signed_in: SignedIn) -> None:
    line = somebody(served)
    with served.db.transaction() as session:
        alarm.tell(session, line_id=line.id, kind="password_changed", now=served.now)
    page = signed_in(line, "/home")
    hydrated(page)
    expect(page.locator("#alarms")).to_contain_text("Если это были не вы")
    page.get_by_role("button", name="Понятно, это я").click()
    expect(page.locator("#alarms")).to_be_empty()
    page.reload()
    hydrated(page)
    expect(page.locator("#alarms")).to_be_empty()


@pytest.mark.security("T16")
def test_who_looked_is_seen_and_taken_away_and_checked(served: Served, signed_in: SignedIn, tmp_path: Path) -> None:
    line = somebody(served)
    agent = Staff(new_id(), new_id(), "i.desk")
    with served.db.transaction() as session:
        record(session, agent, line_id=line.id, action="temporary_password", now=served.now)
    page = signed_in(line, "/settings/security/sessions")
    hydrated(page)
    page.goto("/settings/security/journal")
    hydrated(page)
    expect(page.get_by_text("Сотрудник оператора: i.desk")).to_be_visible()
    expect(page.get_by_text("Выдан временный пароль")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Файл для проверки (JSON)").click()
    file = tmp_path / "journal.json"
    download.value.save_as(file)
    assert export.check(json.loads(file.read_text("utf-8")), served.keys.public_key(rules.ANCHOR_KEY)) == []
    page.reload()
    hydrated(page)
    expect(page.get_by_text("Скачан этот журнал")).to_be_visible()
    page.get_by_label("Только не мои действия").check()
    expect(page.get_by_text("Скачан этот журнал")).to_have_count(0)
    expect(page.get_by_text("Выдан временный пароль")).to_be_visible()


@pytest.mark.security("asvs_7_4_2")
def test_the_emergency_code_closes_the_cabinet_from_another_browser_in_two_taps(
    served: Served, signed_in: SignedIn, new_context: NewContext
) -> None:
    line = somebody(served)
    mine = signed_in(line, "/settings/security/emergency")
    hydrated(mine)
    mine.get_by_label("Ваш пароль").fill(PASSWORD)
    mine.get_by_role("button", name="Сделать новый код").click()
    code = mine.locator("[data-code]").inner_text()
    assert len(code.replace("-", "")) == 28
    page = new_context().new_page()
    page.goto("/emergency")
    hydrated(page)
    page.get_by_label("Аварийный код").fill(code.lower())
    page.get_by_label("Закрыть кабинет и завершить все сеансы").check()
    page.get_by_role("button", name="Закрыть сейчас").click()
    expect(page.get_by_text("Кабинет закрыт").first).to_be_visible()
    assert code not in page.url
    arrived(mine, "/sign-in")
    assert code not in mine.content()
    assert code not in served.log()
    assert served.messages(line.msisdn or "")[-1].content["key"] == "alarm.blocked_by_code"


class OnLocalhost(Served):
    """The same server under a name: a passkey belongs to a domain, and 127.0.0.1 is none."""

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


@pytest.fixture(scope="module")
def named(serve: Serve) -> Iterator[Served]:
    made = serve(start=False)
    fields = {each.name: getattr(made, each.name) for each in dataclasses.fields(made)}
    named = OnLocalhost(**fields)
    named.environment["SELFCARE_PUBLIC_URL"] = named.url
    named.start()
    yield named
    named.stop()


@pytest.fixture
def phone(chromium: Browser, named: Served) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport=PHONE, locale="ru-RU", base_url=named.url)
    context.set_default_timeout(30_000)
    yield context
    context.close()


def authenticator(page: Page) -> None:
    """A phone that opens its keys by a finger, which is always the right one."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.mark.security("asvs_6_3_3", "asvs_6_7_2")
def test_a_passkey_is_added_lets_in_without_a_password_and_is_removed(named: Served, phone: BrowserContext) -> None:
    line = somebody(named)
    phone.add_cookies([named.cookie(named.sign_in(line))])
    page = phone.new_page()
    authenticator(page)
    page.goto("/settings/security/passkeys")
    hydrated(page)
    page.get_by_label("Название").fill("мой телефон")
    page.get_by_label("Ваш пароль").fill(PASSWORD)
    page.get_by_role("button", name="Добавить ключ").click()
    expect(page.locator("#passkeys")).to_contain_text("мой телефон")
    told = [each.content["key"] for each in named.messages(line.msisdn or "")]
    assert told == ["alarm.passkey_added"]
    page.goto("/personal/sim")
    hydrated(page)
    page.locator("#passkey-prove").click()
    expect(page.locator("#show-codes")).to_be_visible()
    assert len(named.messages(line.msisdn or "")) == len(told), "no code was sent"
    phone.clear_cookies()
    page.goto("/sign-in?next=/personal")
    hydrated(page)
    page.locator("#passkey-enter").click()
    page.wait_for_url("**/personal")
    expect(page.get_by_text("Статус абонента")).to_be_visible()
    page.goto("/settings/security/passkeys")
    hydrated(page)
    page.get_by_role("button", name="Удалить").click()
    expect(page.get_by_text("Ключей пока нет.")).to_be_visible()
    phone.clear_cookies()
    page.goto("/sign-in")
    hydrated(page)
    page.locator("#passkey-enter").click()
    expect(page.locator("#passkey-error")).to_contain_text("Войдите с паролем")
