"""An operator whose passwords come from the handset alone: USSD, a call, and the picture check at sign-in."""

import pytest
from playwright.sync_api import Page, expect

from selfcare_app.access import picture_check
from selfcare_app.kit.actor import Visitor
from selfcare_app.subscribers.tables import Line
from tests.browser import Complaints, NewContext, at, go
from tests.e2e import test_every_page as pages
from tests.e2e.people import PASSWORD, somebody
from tests.filled import People
from tests.handset import Handset
from tests.scenes.scene import Scene
from tests.served import Serve, Served

pytestmark = pytest.mark.browser


SCENES = (
    Scene("sign-in", "picture", "/sign-in", "access.sign_in.title", who=""),
    Scene("register", "dial", "/register", "access.register.title", who=""),
    Scene("recover", "dial", "/recover", "access.recover.title", who=""),
)


@pytest.fixture(scope="module")
def people() -> People:
    return People()


@pytest.fixture(scope="module")
def served(serve: Serve, people: People) -> Served:
    """A demonstration, which has the handset."""
    return serve(operator="ihelper", seed=people, SELFCARE_DEMO="1")


def known_check(page: Page, served: Served) -> str:
    """Puts a check whose answer is known in the place of the picture's, and gives the answer."""
    expect(page.locator("main img")).to_have_js_property("naturalWidth", 240)
    with served.db.transaction() as session:
        made = picture_check.issue(session, Visitor(), now=served.now)
    page.context.add_cookies([{"name": "chk", "value": made.token, "url": served.url, "httpOnly": True}])
    return made.digits


def fill(page: Page, line: Line, secret: str) -> None:
    page.get_by_label("Номер телефона").fill(line.msisdn or "")
    page.get_by_label("Пароль", exact=True).fill(secret)


@pytest.mark.requirement("IH-002", "IH-004", "IH-005", "IH-007")
def test_one_dials_a_password_and_signs_in_with_picture_and_code(phone: Page, handset: Handset, served: Served) -> None:
    line = somebody(served, secret=None)
    go(phone, "/register")
    expect(phone.get_by_role("link", name="*111*17#")).to_be_visible()
    handset.take(line).dial("*111*17#")
    handset.says("от 4 до 10 знаков")
    handset.answer("дуб*вяз7")
    handset.says("Готово: пароль для Помощник задан")
    phone.locator("main").get_by_role("link", name="Войти в аккаунт").click()
    at(phone, "/sign-in")
    fill(phone, line, "дуб*вяз7")
    phone.get_by_label("Цифры с картинки").fill(known_check(phone, served))
    phone.get_by_role("button", name="Войти в аккаунт").click()
    at(phone, "/sign-in/code")
    phone.get_by_label("SMS код").fill(handset.code())
    at(phone, "/home")


@pytest.mark.requirement("IH-004")
def test_one_calls_for_a_password(phone: Page, handset: Handset, served: Served) -> None:
    line = somebody(served)
    go(phone, "/recover")
    expect(phone.get_by_role("link", name="087021")).to_have_attribute("href", "tel:087021")
    handset.take(line).dial("087021")
    handset.says("нажмите решётку")
    handset.answer("1234")
    handset.says("Такой пароль пробуют первым")
    handset.answer("70418")
    handset.says("Пароль для Помощник задан")
    go(phone, "/sign-in")
    fill(phone, line, "70418")
    phone.get_by_label("Цифры с картинки").fill(known_check(phone, served))
    phone.get_by_role("button", name="Войти в аккаунт").click()
    at(phone, "/sign-in/code")


@pytest.mark.requirement("IH-007")
def test_wrong_digits_keep_what_was_typed_and_bring_a_new_picture(phone: Page, served: Served) -> None:
    line = somebody(served)
    go(phone, "/sign-in")
    fill(phone, line, PASSWORD)
    digits = known_check(phone, served)
    phone.get_by_label("Цифры с картинки").fill("12")
    with phone.expect_response("**/session/check/picture?1"):
        phone.get_by_role("button", name="Войти в аккаунт").click()
    expect(phone.locator("#error-summary")).to_contain_text("Цифры не подошли")
    expect(phone.get_by_label("Номер телефона")).to_have_value(line.msisdn or "")
    expect(phone.get_by_label("Пароль", exact=True)).to_have_value(PASSWORD)
    expect(phone.get_by_label("Цифры с картинки")).to_have_value("")
    assert digits
    phone.get_by_label("Цифры с картинки").fill(known_check(phone, served))
    phone.get_by_role("button", name="Войти в аккаунт").click()
    at(phone, "/sign-in/code")


@pytest.mark.requirement("IH-007")
def test_who_sees_no_picture_reads_words(phone: Page, served: Served) -> None:
    line = somebody(served)
    go(phone, "/sign-in")
    fill(phone, line, PASSWORD)
    phone.get_by_role("button", name="Цифры словами").click()
    said = phone.locator("#check-words")
    expect(said).to_be_visible()
    names = ["ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"]
    phone.get_by_label("Цифры с картинки").fill("".join(str(names.index(word)) for word in said.inner_text().split()))
    phone.get_by_role("button", name="Войти в аккаунт").click()
    at(phone, "/sign-in/code")


@pytest.mark.requirement("IH-007")
def test_without_scripts_there_is_the_picture_too(new_context: NewContext, served: Served) -> None:
    line = somebody(served)
    stranger = new_context(java_script_enabled=False, extra_http_headers={"X-Forwarded-For": "10.12.200.1"})
    page = stranger.new_page()
    page.goto("/sign-in")
    fill(page, line, PASSWORD)
    page.get_by_label("Цифры с картинки").fill(known_check(page, served))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/sign-in/code*")


@pytest.mark.requirement("IH-003", "IH-007")
@pytest.mark.parametrize("scene", SCENES, ids=str)
def test_the_pages_hold(
    scene: Scene, served: Served, people: People, new_context: NewContext, complaints: Complaints
) -> None:
    pages.test_page(scene, served, people, new_context, complaints)
