"""The cabinet as an installed application: it can be installed, keeps nothing of a person, and speaks without asking."""

import json
import urllib.request
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from selfcare_app.i18n.speak import Speaker
from tests.browser import Complaints, NewContext, SignedIn, hydrated
from tests.filled import PASSWORD, People
from tests.scenes.scene import last_month, prove
from tests.served import Serve, Served

pytestmark = pytest.mark.browser

NARROW, WIDE = "narrow", "wide"
_KEPT = """
async () => {
  const kept = [];
  for (const store of [localStorage, sessionStorage]) for (let at = 0; at < store.length; at++) kept.push(`${store.key(at)}=${store.getItem(store.key(at))}`);
  for (const { name } of await indexedDB.databases()) kept.push(`database ${name}`);
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) kept.push(`${request.url} ${await (await cache.match(request)).text()}`);
  }
  return kept;
}
"""


@pytest.fixture(scope="module")
def people() -> People:
    return People()


@pytest.fixture(scope="module")
def served(serve: Serve, people: People) -> Served:
    """Overrides the shared server: this one is filled."""
    return serve(seed=people)


def controlled(page: Page, path: str) -> None:
    """Opens a page and waits until the service worker has it in hand."""
    page.goto(path)
    hydrated(page)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")


def bodies_of(served: Served, path: str) -> bytes:
    with urllib.request.urlopen(served.url + path) as answer:
        return bytes(answer.read())


def test_the_browser_finds_nothing_against_installing(page: Page) -> None:
    controlled(page, "/sign-in")
    session = page.context.new_cdp_session(page)
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A browser of a test has no profile to install into.
    assert [error for error in errors if error["errorId"] != "in-incognito"] == []
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []


def test_what_the_manifest_names_is_there_in_the_size_it_says(served: Served) -> None:
    manifest = json.loads(bodies_of(served, "/manifest.webmanifest"))
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    assert {shot["form_factor"] for shot in manifest["screenshots"]} == {NARROW, WIDE}
    for entry in (*manifest["icons"], *manifest["screenshots"]):
        with Image.open(BytesIO(bodies_of(served, entry["src"]))) as picture:
            assert "x".join(map(str, picture.size)) == entry["sizes"], entry["src"]
    assert manifest["shortcuts"]


def test_shortcuts_lead_to_pages(served: Served, signed_in: SignedIn, people: People) -> None:
    shortcuts = json.loads(bodies_of(served, "/manifest.webmanifest"))["shortcuts"]
    page = signed_in(people.full, shortcuts[0]["url"])
    for shortcut in shortcuts:
        page.goto(shortcut["url"])
        hydrated(page)
        expect(page.locator("main h1")).to_have_count(1)
        assert page.url.endswith(shortcut["url"])


@pytest.mark.security("S-25", "asvs_14_2_5", "asvs_14_3_1", "asvs_14_3_3", "asvs_14_2_2")
@pytest.mark.requirement("ISSA-036")
def test_nothing_of_a_person_is_kept_in_the_browser(
    served: Served, people: People, new_context: NewContext, complaints: Complaints
) -> None:
    context = new_context()
    value = served.sign_in(people.full)
    prove(served, value, "call_detail")
    prove(served, value, "sim_secrets")
    context.add_cookies([served.cookie(value)])
    page = context.new_page()
    controlled(page, "/home")
    for path in (
        "/personal",
        "/personal/sim",
        f"/call-detail?period={last_month(served)}",
        "/number",
        "/orders",
        "/settings/password",
    ):
        page.goto(path)
        hydrated(page)
    during = page.evaluate(_KEPT)
    page.goto("/more")
    hydrated(page)
    page.locator("main form[action='/session/sign-out'] button").click()
    page.wait_for_url("**/sign-in*")
    hydrated(page)
    after = page.evaluate(_KEPT)
    line = people.full
    number = str(line.msisdn)
    personal = (
        number, number[3:], "138-41-25", line.user_name, line.user_name.split()[0], PASSWORD, value, str(line.id), "71530264",
        "102040005", "412,75", "341275",
    )  # fmt: skip
    assert during
    for kept in (*during, *after):
        assert not [word for word in personal if word in kept], kept[:200]
    names = {cookie["name"] for cookie in context.cookies()}
    assert served.cookie("")["name"] not in names
    page.go_back()
    page.wait_for_url("**/sign-in*")
    assert line.user_name.split()[0] not in page.content()


def test_a_switch_of_language_is_instant_and_asks_nobody(served: Served, signed_in: SignedIn, people: People) -> None:
    page = signed_in(people.full, "/home")
    hydrated(page)
    expect(page.get_by_text("3 412,75 BYN")).to_be_visible()
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(
        "() => { window.__sent = 0; const plain = WebSocket.prototype.send; WebSocket.prototype.send = function (...all) { if (!/^[23]$/.test(all[0])) window.__sent += 1; return plain.apply(this, all); }; }"
    )
    page.locator("#language-top").select_option("en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_text("BYN 3,412.75").or_(page.get_by_text("3,412.75 BYN"))).to_be_visible()
    page.locator("#language-top").select_option("be")
    expect(page.get_by_text("3 412,75 BYN")).to_be_visible()
    expect(page.get_by_text("86 паведамленняў")).to_be_visible()
    expect(page.locator("main")).to_contain_text(_next_first(served).rsplit(" 20", 1)[0])
    assert page.evaluate("window.__sent") == 0
    assert asked == []
    page.reload()
    hydrated(page)
    expect(page.locator("html")).to_have_attribute("lang", "be")


def _next_first(served: Served) -> str:
    """The first of the next month as Belarusian says it."""
    today = served.now.astimezone(served.profile.zone).date()
    first = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return Speaker("be", served.profile).date(first)


def test_the_theme_is_kept_by_the_next_visit(signed_in: SignedIn, people: People) -> None:
    page = signed_in(people.full, "/more", color_scheme="light")
    hydrated(page)
    page.locator("main fieldset button").nth(2).click()
    expect(page.locator("html")).to_have_class("dark")
    page.reload()
    hydrated(page)
    expect(page.locator("html")).to_have_class("dark")
    page.locator("main fieldset button").nth(0).click()
    expect(page.locator("html")).to_have_class("light")
