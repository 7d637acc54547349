"""Forms: what is wrong is said on top and at the field, the focus goes there, what was typed stays."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import Complaints
from tests.ui.conftest import Shown
from tests.ui.test_frame import opened

REFUSED = "Если обратитесь в поддержку, назовите номер A17"


def test_a_refusal_is_shown_in_place_and_nothing_typed_is_lost(page: Page) -> None:
    opened(page, "/sign-in")
    page.fill("#number", "29 123")
    page.fill("#password", "wrong one")
    page.click("#enter")
    summary = page.locator("#error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text(REFUSED)
    expect(page.locator("#password-error")).to_contain_text(REFUSED)
    expect(page.locator("#password")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#password")).to_have_attribute("aria-describedby", "password-error")
    assert page.input_value("#number") == "29 123"
    assert page.input_value("#password") == "wrong one"
    assert "?" not in page.url
    summary.get_by_role("link").click()
    expect(page.locator("#password")).to_be_focused()


def test_a_refusal_after_a_full_load_fills_in_what_came_back(page: Page) -> None:
    opened(page, "/sign-in?error=shell.unexpected&field=password&reference=A17&number=29123")
    expect(page.locator("#error-summary")).to_contain_text(REFUSED)
    expect(page.locator("#number")).to_have_value("29123")
    assert "number" not in page.url


def test_an_address_made_by_hand_says_no_words_of_its_own(page: Page) -> None:
    opened(page, "/sign-in?error=%3Cb%3Ehello%3C/b%3E&field=password&number=29123")
    expect(page.locator("#number")).to_have_value("29123")
    expect(page.locator("#error-summary")).to_have_count(0)
    opened(page, "/sign-in?error=no.such_thing&field=password")
    expect(page.locator("#error-summary")).to_have_count(0)


def test_what_is_right_leads_on_and_the_hidden_values_go_along(page: Page, served: Shown) -> None:
    opened(page, "/sign-in")
    page.fill("#number", "291112233")
    page.fill("#password", "right")
    page.keyboard.press("Enter")
    page.wait_for_url("**/home")
    assert "{'next': '/home', 'number': '291112233', 'password': 'right'}" in served.seen()


def test_a_double_click_sends_once(page: Page, served: Shown) -> None:
    opened(page, "/sign-in")
    before = served.seen().count("'twice'")
    page.fill("#number", "1")
    page.fill("#password", "twice")
    page.dblclick("#enter")
    expect(page.locator("#error-summary")).to_be_visible()
    assert served.seen().count("'twice'") == before + 1


@pytest.mark.parametrize(
    ("password", "said"), [("broken", "сервер не смог ответить"), ("often", "Слишком много попыток")]
)
def test_a_server_in_trouble(page: Page, complaints: Complaints, password: str, said: str) -> None:
    complaints.expect("Failed to load resource")
    opened(page, "/sign-in")
    page.fill("#password", password)
    page.click("#enter")
    expect(page.locator("#error-summary")).to_contain_text(said)
    assert page.input_value("#password") == password


def test_a_lost_line_keeps_what_was_typed_and_can_be_tried_again(page: Page, complaints: Complaints) -> None:
    complaints.expect("Failed to load resource|net::|WebSocket")
    opened(page, "/sign-in")
    page.fill("#password", "right")
    page.context.set_offline(True)
    page.click("#enter")
    expect(page.locator("#error-summary")).to_contain_text("Нет интернета")
    assert page.input_value("#password") == "right"
    page.context.set_offline(False)
    page.click("#enter")
    page.wait_for_url("**/home")


def test_the_password_can_be_looked_at(page: Page) -> None:
    opened(page, "/sign-in")
    expect(page.locator("#password")).to_have_attribute("autocomplete", "current-password")
    expect(page.locator("#number")).to_have_attribute("autocomplete", "username")
    page.fill("#password", "secret")
    page.get_by_role("button", name="Показать пароль").click()
    expect(page.locator("#password")).to_have_attribute("type", "text")
    page.get_by_role("button", name="Показать пароль").click()
    expect(page.locator("#password")).to_have_attribute("type", "password")


def test_errors_from_state(page: Page) -> None:
    opened(page, "/form")
    page.fill("#amount", "много")
    page.get_by_label("Главная").check()
    page.click("#save")
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("#amount-error")).to_contain_text("Страница не найдена")
    assert page.input_value("#amount") == "много"
    page.fill("#amount", "12")
    page.click("#save")
    expect(page.locator("#error-summary")).to_have_count(0)
    expect(page.locator("#sent")).to_contain_text("('amount', '12')")
    expect(page.locator("#sent")).to_contain_text("('way', 'a')")


def test_a_code_is_sent_by_itself_when_it_is_whole(page: Page, served: Shown) -> None:
    opened(page, "/code")
    field = page.locator("#code")
    expect(field).to_have_attribute("autocomplete", "one-time-code")
    expect(field).to_have_attribute("inputmode", "numeric")
    field.click()
    page.keyboard.type("123456", delay=20)
    page.wait_for_url("**/home")
    assert "'123456'" in served.seen()
    assert "'12345'" not in served.seen()


def test_a_pasted_code_may_have_spaces_and_a_wrong_one_stays(page: Page) -> None:
    opened(page, "/code")
    page.evaluate("document.getElementById('code').focus()")
    page.evaluate(
        """const field = document.getElementById('code');
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, ' 111-222 ');
        field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste' }));"""
    )
    expect(page.locator("#error-summary")).to_be_focused()
    assert page.input_value("#code") == "111222"


def test_a_code_can_be_asked_for_again_after_the_wait(page: Page, served: Shown) -> None:
    opened(page, "/code")
    expect(page.locator("[role=timer]")).to_have_text("0:02")
    expect(page.locator("#resend")).to_have_count(0)
    page.locator("#resend").click()
    expect(page.locator("[role=timer]")).to_be_visible()
    assert "{'resend': 'register'}" in served.seen()
