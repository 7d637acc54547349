"""The SMS gateway is away while somebody registers: nothing is lost, and the code arrives when it is back."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser import hydrated
from tests.served import Serve, Served, free_port

pytestmark = pytest.mark.browser
WAITS_MS = 60_000


class Gateway:
    """An HTTP gateway at a port of its own, which is away until it is opened."""

    def __init__(self) -> None:
        self.port = free_port()
        self.texts: list[str] = []
        self.arrived = threading.Event()
        self._server: ThreadingHTTPServer | None = None

    def open(self) -> None:
        """The gateway is back."""
        gateway = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                gateway.texts += parse_qs(urlsplit(self.path).query)["text"]
                self.send_response(202)
                self.end_headers()
                gateway.arrived.set()

            def log_message(self, *_said: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Door)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    one = Gateway()
    yield one
    one.close()


@pytest.fixture(scope="module")
def served(serve: Serve, gateway: Gateway) -> Served:
    return serve(SELFCARE_SMS_GATEWAY_URL=f"http://127.0.0.1:{gateway.port}/sendsms?user=selfcare")


@pytest.mark.requirement("ISSA-007")
def test_a_code_that_could_not_be_sent_comes_when_the_gateway_is_back(
    served: Served, page: Page, gateway: Gateway
) -> None:
    line = served.world.line(language="ru")
    page.goto("/register")
    hydrated(page)
    page.locator("[name=number]").fill(line.msisdn or "")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/register/code*")
    hydrated(page)
    assert gateway.texts == []
    gateway.open()
    # The worker tries again by itself, a few seconds after the first time.
    assert gateway.arrived.wait(WAITS_MS / 1000)
    code = re.search(r"\d{6}", gateway.texts[0])
    assert code
    page.locator("[name=code]").fill(code[0])
    expect(page).to_have_url(re.compile("/register/password"), timeout=WAITS_MS)
    assert len(gateway.texts) == 1
