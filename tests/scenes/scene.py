"""A page in a state, and how a person gets there."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from playwright.sync_api import BrowserContext, Page
from sqlmodel import select

from selfcare_app.access import token
from selfcare_app.access.tables import ProofGiven, WebSession
from selfcare_app.kit.ids import new_id
from selfcare_app.operators.schema import Feature, Profile
from selfcare_app.operators.schema.vocabulary import Method, Period
from selfcare_app.subscribers.tables import Line
from tests.browser import arrived, hydrated
from tests.filled import People
from tests.looks import settle
from tests.served import Served


@dataclass(frozen=True)
class Stage:
    """What a scene is played with."""

    page: Page
    served: Served
    people: People

    def send(self) -> None:
        """Presses the button that sends the page's form, and waits until the answer is here."""
        with self.page.expect_response(lambda answer: "/session/" in answer.url):
            filled = self.page.locator("main form:has(input:not([type=hidden])) button[type=submit]")
            (filled if filled.count() else self.page.locator("main form button[type=submit]")).first.click()

    def code(self, line: Line) -> str:
        """The code that the subscriber's handset has just received."""
        return self.served.code(line.msisdn or "")

    def at(self, path: str) -> None:
        """Waits until the browser is on another page and that is alive."""
        arrived(self.page, path)
        hydrated(self.page)

    def refused(self) -> None:
        """Waits until the page says what is wrong."""
        self.page.wait_for_selector("#error-summary")

    def type(self, **fields: str) -> None:
        """Fills fields by their names."""
        for name, value in fields.items():
            self.page.locator(f"[name={name}]").fill(value)


Act = Callable[[Stage], None]


def _look(_stage: Stage) -> None:
    """Nothing is done but looking."""


@dataclass(frozen=True)
class Scene:
    """A page in a state. `title` is the key of its title, empty where the page has one of its own making."""

    page: str
    state: str
    path: str
    title: str
    who: str = "full"
    proof: str = ""
    """The purpose of a fresh proof that the session has."""
    act: Act = _look
    feature: Feature | None = None
    by_sms: bool = False
    """Whether it is of the way to a password by a code from an SMS."""
    by_card: bool = False
    """Whether it is of topping up by a kept bank card."""
    keeps: bool = False
    """Whether it is of an organisation's administrator."""
    is_live: bool = True
    """Whether a socket makes it alive."""
    speaks: bool = True
    """Whether its language can be chosen on it."""

    def __str__(self) -> str:
        return f"{self.page}-{self.state}"

    def is_of(self, profile: Profile) -> bool:
        """Whether the operator has such a page."""
        if self.by_sms and Method.SMS not in profile.registration.methods:
            return False
        if self.by_card and profile.automatic_top_up is None:
            return False
        if self.keeps and profile.menu.administrator is None:
            return False
        return self.feature is None or profile.has(self.feature)


_addresses = itertools.count(1)


def play(
    context: BrowserContext,
    served: Served,
    people: People,
    scene: Scene,
    *,
    loaded: Callable[[Page], None] = lambda _: None,
) -> Page:
    """Opens the scene in a browser without cookies and gives its page, come to rest.

    `loaded` is called when the page is there and nothing has been done on it.
    """
    # What is counted by address is counted for each scene alone.
    place = next(_addresses)
    context.set_extra_http_headers({"X-Forwarded-For": f"10.{place >> 16 & 255}.{place >> 8 & 255}.{place & 255}"})
    if scene.who:
        value = served.sign_in(getattr(people, scene.who))
        context.add_cookies([served.cookie(value)])
        if scene.proof:
            prove(served, value, scene.proof)
    page = context.new_page()
    page.goto(served.url + scene.path.format(month=last_month(served), day=yesterday(served)))
    if scene.is_live:
        hydrated(page)
    settle(page)
    loaded(page)
    scene.act(Stage(page, served, people))
    settle(page)
    return page


def prove(served: Served, cookie_value: str, purpose: str) -> None:
    """Gives a session fresh proof, as a code from an SMS does."""
    now = served.now
    with served.db.transaction() as session:
        digest = token.digest(cookie_value)
        found = session.exec(select(WebSession).where(WebSession.token_digest == digest)).one()
        until = now + timedelta(minutes=10)
        session.add(
            ProofGiven(id=new_id(), session_id=found.id, purpose=purpose, method="sms", made_at=now, expires_at=until)
        )


def yesterday(served: Served) -> str:
    """The day before this one, of the operator's time zone."""
    return str(served.now.astimezone(served.profile.zone).date() - timedelta(days=1))


def last_month(served: Served) -> str:
    """The month before this one, as the operator's call detail names periods."""
    last = served.now.astimezone(served.profile.zone).date().replace(day=1) - timedelta(days=1)
    if served.profile.call_detail.period is Period.RANGE:
        return f"{last.replace(day=1)}..{last}"
    return f"{last:%Y-%m}"
