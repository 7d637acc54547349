"""What holds on every page, in every tab and for the next person at the same telephone."""

import re

import pytest
from playwright.sync_api import Page, Request, expect

from selfcare_app.access import session as sessions
from selfcare_app.kit.actor import Visitor
from selfcare_app.operators.schema import Feature
from selfcare_app.ui import shell
from tests.browser import DESKTOP, PHONE, Complaints, NewContext, SignedIn, go, hydrated
from tests.filled import PASSWORD, People
from tests.served import Serve, Served

pytestmark = pytest.mark.browser

SIGN_OUT = "form[action='/session/sign-out'] button"
PASTED = """(field) => {
  const pasted = new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: new DataTransfer() });
  field.dispatchEvent(pasted);
  return !pasted.defaultPrevented && !field.readOnly;
}"""


@pytest.fixture(scope="module")
def people() -> People:
    return People()


@pytest.fixture(scope="module")
def served(serve: Serve, people: People) -> Served:
    """Overrides the shared server: this one is filled."""
    return serve(seed=people)


def routes(served: Served) -> list[str]:
    """Every page of a subscriber that has an address of its own."""
    import selfcare_app.selfcare_app  # noqa: F401 - registers every page

    missing = {feature.path for feature in Feature if not served.profile.has(feature)}
    return [
        screen.route
        for screen in shell.SCREENS
        if screen.audience == "subscriber" and "[" not in screen.route and screen.route not in missing
    ]


@pytest.mark.security("asvs_7_4_4")
@pytest.mark.requirement("ISSA-036")
def test_one_can_sign_out_from_every_page(served: Served, signed_in: SignedIn, people: People) -> None:
    wide, narrow = (signed_in(people.full, "/more", viewport=size) for size in (DESKTOP, PHONE))
    expect(narrow.locator(f"main {SIGN_OUT}")).to_be_visible()
    found = routes(served)
    assert len(found) > 15
    for route in found:
        for page in (wide, narrow):
            page.goto(route)
            page.wait_for_selector("main h1", state="attached")
        expect(wide.locator(f"{SIGN_OUT}:visible").first, route).to_be_visible()
        expect(narrow.locator("nav a[href='/more']").first, route).to_be_visible()


# --- passwords and codes in forms


@pytest.mark.security("asvs_6_2_6", "asvs_6_2_7")
def test_passwords_are_masked_may_be_pasted_and_are_known_to_password_managers(
    page: Page, served: Served, signed_in: SignedIn, people: People
) -> None:
    def fields(at: Page) -> dict[str, tuple[str | None, str | None, bool]]:
        found = at.locator("main form input[type=password]").all()
        assert found
        return {
            str(each.get_attribute("name")): (
                each.get_attribute("type"),
                each.get_attribute("autocomplete"),
                each.evaluate(PASTED),
            )
            for each in found
        }

    go(page, "/sign-in")
    assert fields(page) == {"password": ("password", "current-password", True)}
    assert re.search("username|tel", page.locator("[name=number]").get_attribute("autocomplete") or "")
    page.fill("[name=number]", str(people.full.msisdn)[3:])
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/sign-in/code*")
    hydrated(page)
    typed = page.locator("[name=code]")
    assert typed.get_attribute("autocomplete") == "one-time-code"
    assert typed.evaluate(PASTED)
    inside = signed_in(people.full, "/settings/password")
    hydrated(inside)
    assert fields(inside) == {
        "current": ("password", "current-password", True),
        "password": ("password", "new-password", True),
        "again": ("password", "new-password", True),
    }


# --- a proof in one tab


@pytest.mark.security("asvs_7_2_4", "S-15")
def test_a_proof_in_one_tab_gives_a_new_value_and_the_other_tab_goes_on(
    served: Served, signed_in: SignedIn, people: People
) -> None:
    first = signed_in(people.full, "/call-detail")
    hydrated(first)
    second = first.context.new_page()
    go(second, "/personal")
    second.evaluate("window.__same = true")
    old = value_in(first, served)
    before = len(served.messages(people.full.msisdn))
    first.locator("main form button[type=submit]").click()
    first.wait_for_selector("[name=code]")
    first.fill("[name=code]", served.code(people.full.msisdn, after=max(0, codes(served, people, before))))
    first.wait_for_selector("main table, main ul, main ol")
    expect(first.locator("[name=code]")).to_have_count(0)
    new = value_in(first, served)
    assert new != old
    with served.db.snapshot() as session:
        assert sessions.resume(session, Visitor(), token=old, now=served.now) is None
        assert sessions.resume(session, Visitor(), token=new, now=served.now) is not None
    # The other tab was not touched, and still works: by its socket, by a link, and loaded anew.
    second.locator("nav a[href='/home']:visible").first.click()
    second.wait_for_url("**/home")
    hydrated(second)
    assert second.evaluate("window.__same"), "the tab was loaded anew"
    go(second, "/personal")
    expect(second.locator("main")).to_contain_text("138-41-25")


def codes(served: Served, people: People, upto: int) -> int:
    """How many of the first messages hold a code."""
    return sum("code" in m.content.get("args", {}) for m in served.messages(people.full.msisdn)[:upto])


def value_in(page: Page, served: Served) -> str:
    name = served.cookie("")["name"]
    return str(next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == name))


# --- without a network


@pytest.mark.security("S-32", "asvs_14_3_1")
@pytest.mark.requirement("ISSA-036")
def test_after_signing_out_the_offline_page_knows_nobody_and_sends_nothing(
    served: Served, new_context: NewContext, people: People, complaints: Complaints
) -> None:
    complaints.expect(r"ERR_INTERNET_DISCONNECTED|ERR_FAILED|WebSocket|Failed to fetch|Failed to load resource")
    context = new_context()
    context.add_cookies([served.cookie(served.sign_in(people.full))])
    page = context.new_page()
    go(page, "/settings/password")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    # A form that was sent without a network stays where it is.
    for name in ("current", "password", "again"):
        page.fill(f"[name={name}]", "napisano-bez-seti1")
    context.set_offline(True)
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main [role=alert], #error-summary").first).to_be_visible()
    context.set_offline(False)
    go(page, "/more")
    page.locator(f"main {SIGN_OUT}").click()
    page.wait_for_url("**/sign-in*")
    hydrated(page)
    posted: list[str] = []
    context.on("request", lambda request: _note(request, posted))
    mine = [str(people.full.user_name).split()[0], "138-41-25", str(people.full.msisdn)]
    context.set_offline(True)
    for path in ("/home", "/personal"):
        page.goto(path)
        page.wait_for_selector("h1")
        assert not [word for word in mine if word in page.content()]
    context.set_offline(False)
    # The offline page tries again by itself, and there nobody is signed in.
    page.wait_for_url("**/sign-in*")
    hydrated(page)
    assert not [word for word in mine if word in page.content()]
    # The next person at this telephone.
    context.add_cookies([served.cookie(served.sign_in(served.world.line(user_name="Ольга Следующая")))])
    go(page, "/home")
    assert not [word for word in mine if word in page.content()]
    context.set_offline(True)
    page.goto("/personal")
    page.wait_for_selector("h1")
    assert not [word for word in (*mine, "Следующая") if word in page.content()]
    context.set_offline(False)
    hydrated(page)
    assert posted == []


def _note(request: Request, posted: list[str]) -> None:
    if request.method == "POST":
        posted.append(request.url)
