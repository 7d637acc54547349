"""The end of a session as a person sees it: warned in time, able to stay, sent to sign in with the reason, and back."""

import re
import time
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import select

from selfcare_app.access.tables import WebSession
from tests.browser import Complaints, NewContext, SignedIn, hydrated
from tests.served import Serve, Served

pytestmark = pytest.mark.browser
IDLE, WARNED = 600, 60
"""Seconds; the warning comes when this much of them is left."""


@pytest.fixture(scope="module")
def served(serve: Serve) -> Served:
    """Sessions here live ten minutes without use."""
    return serve(session={"idle_seconds": IDLE, "warn_before_seconds": WARNED})


def warning(page: Page) -> Locator:
    return page.get_by_role("alertdialog")


def written_down(served: Served) -> None:
    """Waits until every living session's last use is in the database, as it is soon after it."""
    recent = select(WebSession.id).where(
        WebSession.ended_at.is_(None), WebSession.idle_until < served.now + timedelta(seconds=IDLE - 30)
    )
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with served.db.snapshot() as session:
            if session.exec(recent.limit(1)).first() is None:
                return
        time.sleep(0.05)
    raise AssertionError("not written")


def follow(page: Page, name: str) -> None:
    """Follows a link of the bottom bar, and waits until the server has heard of it."""
    page.evaluate("document.documentElement.dataset.live = 'before'")
    page.get_by_role("navigation").last.get_by_role("link", name=name).click()
    hydrated(page)


@pytest.mark.requirement("ISSA-023")
@pytest.mark.security("S-21")
def test_a_warning_comes_in_time_and_staying_is_one_tap(served: Served, signed_in: SignedIn):
    page = signed_in(path="/personal")
    hydrated(page)
    expect(warning(page)).to_be_hidden()
    for stay in (lambda: page.locator("#idle-stay").click(), lambda: page.keyboard.press("Escape")):
        served.advance(IDLE - WARNED + 10)
        # Loading a page again shows nobody's presence; the page hears how much is left.
        page.reload()
        expect(warning(page)).to_be_visible()
        expect(page.locator("#idle-stay")).to_be_focused()
        expect(page.locator("#idle-left")).to_have_text(re.compile(r"0:[1-4]\d"))
        stay()
        expect(warning(page)).to_be_hidden()
        written_down(served)
    assert page.url.endswith("/personal")


@pytest.mark.requirement("ISSA-023", "ISSA-024")
@pytest.mark.security("S-21")
def test_a_page_left_alone_goes_to_sign_in_by_itself_and_says_why(served: Served, signed_in: SignedIn):
    line = served.world.line(user_name="Ольга Уходина")
    page = signed_in(line, "/more")
    hydrated(page)
    follow(page, "Главная")
    expect(page.get_by_text("Ольга Уходина").first).to_be_visible()
    served.advance(IDLE + 1)
    page.wait_for_url("**/sign-in?expired=1&next=%2Fhome")
    hydrated(page)
    assert "Уходина" not in page.content()
    page.go_back()
    page.wait_for_url("**/sign-in?next=%2Fmore")
    assert "Уходина" not in page.content()
    page.context.add_cookies([served.cookie(served.sign_in(line))])
    page.goto("/home")
    expect(page.get_by_text("Ольга Уходина").first).to_be_visible()


@pytest.mark.security("S-21")
def test_a_page_that_the_server_cant_reach_leaves_by_its_own_clock(
    served: Served, new_context: NewContext, complaints: Complaints
):
    complaints.expect("ERR_INTERNET_DISCONNECTED|ERR_FAILED|WebSocket|Failed to (load|fetch)")
    context = new_context()
    context.add_cookies([served.cookie(served.sign_in(served.world.line(user_name="Пётр Сетевой")))])
    page = context.new_page()
    page.clock.install()
    page.goto("/home")
    expect(page.get_by_text("Пётр Сетевой").first).to_be_visible()
    context.set_offline(True)
    page.clock.fast_forward((IDLE + 60) * 1000)
    page.wait_for_function("() => !document.documentElement.innerText.includes('Сетевой')")


@pytest.mark.security("S-20")
@pytest.mark.requirement("ISSA-036")
def test_signing_out_in_one_tab_ends_the_other(served: Served, new_context: NewContext):
    context = new_context()
    context.add_cookies([served.cookie(served.sign_in(served.world.line()))])
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        page.goto("/more")
        hydrated(page)
    first.locator("form[action='/session/sign-out'] button:visible").last.click()
    first.wait_for_url("**/sign-in*")
    second.wait_for_url("**/sign-in?next=%2Fmore")


@pytest.mark.requirement("ISSA-023")
def test_using_one_tab_keeps_the_other(served: Served, new_context: NewContext):
    context = new_context()
    context.add_cookies([served.cookie(served.sign_in(served.world.line()))])
    used, left = context.new_page(), context.new_page()
    for page in (used, left):
        page.goto("/personal")
        hydrated(page)
    for name in ("Ещё", "Главная", "Ещё", "Главная"):
        served.advance(IDLE * 0.4)
        follow(used, name)
    follow(left, "Ещё")
    left.wait_for_url("**/more")
    expect(warning(left)).to_be_hidden()


def test_the_bare_address_leads_on(page: Page, signed_in: SignedIn):
    page.goto("/")
    page.wait_for_url("**/sign-in")
    inside = signed_in(path="/")
    inside.wait_for_url("**/home")
