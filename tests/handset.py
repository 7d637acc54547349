"""The simulated handset in another window of a browser test."""

import re

from playwright.sync_api import Page, expect

from selfcare_app.subscribers.tables import Line
from tests.served import Served

_CODE = re.compile(r"\b(\d{6})\b")


class Handset:
    """Takes a line's telephone, dials, answers, reads what comes. The server runs as a demonstration."""

    def __init__(self, page: Page, served: Served) -> None:
        self.page, self.served = page, served

    def take(self, line: Line) -> "Handset":
        self.page.goto(f"{self.served.url}/handset?number={line.msisdn}")
        expect(self.page.locator("#phone")).to_be_visible()
        return self

    def dial(self, code: str) -> None:
        self.page.locator("#code").fill(code)
        self.page.locator("#dial button").click()

    def answer(self, text: str) -> None:
        """Sends a reply, also an empty one."""
        self.page.locator("#answer").fill(text)
        self.page.locator("#reply button").first.click()

    def says(self, text: str) -> str:
        """What stands on the screen, once `text` is in it."""
        screen = self.page.locator("#screen")
        expect(screen).to_contain_text(text)
        return screen.inner_text()

    def received(self, text: str) -> str:
        """The newest message with `text` in it."""
        message = self.page.locator("#messages li").filter(has_text=text).last
        expect(message).to_be_visible()
        return message.inner_text()

    def code(self) -> str:
        """The code of the newest message that has one."""
        found = _CODE.search(self.received("Никому его не сообщайте"))
        assert found
        return found[1]
