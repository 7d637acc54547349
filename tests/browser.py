"""A Chromium at a phone's size whose pages fail the test when they break the content policy, err, or call elsewhere."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from tests.chromium import FLAGS, executable
from tests.served import Served

PATIENCE_MS = 30_000
"""How long a page may take on a busy machine; a page that is done is not waited for."""
expect.set_options(timeout=PATIENCE_MS)
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}
_REPORT = """
document.addEventListener('securitypolicyviolation', (e) =>
  console.error(`content policy: ${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));
"""


@dataclass
class Complaints:
    """What went wrong in the pages of one test; `expect(pattern)` lets some of it pass."""

    origin: str
    seen: list[str] = field(default_factory=list)
    _expected: list[re.Pattern[str]] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """This test provokes complaints that match the pattern."""
        self._expected.append(re.compile(pattern))

    def watch(self, page: Page) -> None:
        """Listens to a page."""
        page.on("console", lambda said: self.seen.append(f"console: {said.text}") if said.type == "error" else None)
        page.on("pageerror", lambda error: self.seen.append(f"error: {error}"))
        page.on("request", self._request)

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:", "chrome-error:")):
            self.seen.append(f"outside: {request.url}")

    @property
    def left(self) -> list[str]:
        """The complaints that nobody expected."""
        return [each for each in self.seen if not any(pattern.search(each) for pattern in self._expected)]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser a module. Sync Playwright keeps an event loop of its own: no asynchronous tests in such a module."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def complaints(served: Served) -> Iterator[Complaints]:
    """Collects what goes wrong in the test's pages, and fails the test for it in the end."""
    collected = Complaints(served.url)
    yield collected
    assert not collected.left, "\n".join(collected.left)


NewContext = Callable[..., BrowserContext]


@pytest.fixture
def new_context(chromium: Browser, served: Served, complaints: Complaints) -> Iterator[NewContext]:
    """Makes browsers without cookies: `new_context(viewport=DESKTOP, color_scheme="dark", locale="en")`, phone by default."""
    made: list[BrowserContext] = []

    def one(**options: Any) -> BrowserContext:
        defaults: dict[str, Any] = {"viewport": PHONE, "locale": "ru-RU", "base_url": served.url}
        context = chromium.new_context(**(defaults | options))
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(_REPORT)
        context.on("page", complaints.watch)
        made.append(context)
        return context

    yield one
    for context in made:
        context.close()


@pytest.fixture
def page(new_context: NewContext) -> Page:
    """A phone's page of a browser without cookies."""
    return new_context().new_page()


SignedIn = Callable[..., Page]


@pytest.fixture
def signed_in(new_context: NewContext, served: Served) -> SignedIn:
    """Opens a page as a line's subscriber: `page = signed_in(line, "/home")`."""

    def one(line: Any = None, path: str = "/home", **options: Any) -> Page:
        context = new_context(**options)
        context.add_cookies([served.cookie(served.sign_in(line or served.world.line()))])
        opened = context.new_page()
        opened.goto(path)
        return opened

    return one


def arrived(page: Page, path: str) -> None:
    """Waits until the page's address ends in `path`, a query aside.

    Unlike `wait_for_url` it bears that one navigation takes the place of another: a form's answer and a server's order to leave.
    """
    expect(page).to_have_url(re.compile(re.escape(path) + "[^/]*$"))


def hydrated(page: Page) -> None:
    """Waits until the page is alive: scripts run and the socket has answered."""
    page.wait_for_selector("main h1", state="attached")
    page.wait_for_function("() => document.documentElement.dataset.live === '1'")


def at(page: Page, path: str) -> None:
    """Waits for the page to be there and to work."""
    page.wait_for_url(f"**{path}*")
    hydrated(page)


def go(page: Page, path: str) -> None:
    """Opens a page and waits until it works."""
    page.goto(path)
    hydrated(page)
