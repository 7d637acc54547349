"""A page in a state, and how a person gets there."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Page

from selfcare_app.operators.schema import Feature, Profile
from selfcare_app.subscribers.tables import Line
from tests.browser import hydrated
from tests.filled import People
from tests.looks import settle
from tests.served import Served


@dataclass(frozen=True)
class Stage:
    """What a scene is played with."""

    page: Page
    served: Served
    line: Line | None

    def code(self) -> str:
        """The code that the subscriber's handset has just received."""
        assert self.line is not None
        return self.served.code(self.line.msisdn or "")


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
    act: Act = _look
    feature: Feature | None = None
    is_live: bool = True
    """Whether a socket makes it alive."""
    speaks: bool = True
    """Whether its language can be chosen on it."""

    def __str__(self) -> str:
        return f"{self.page}-{self.state}"

    def is_of(self, profile: Profile) -> bool:
        """Whether the operator has such a page."""
        return self.feature is None or profile.has(self.feature)


def play(context: BrowserContext, served: Served, people: People, scene: Scene) -> Page:
    """Opens the scene in a browser without cookies and gives its page, come to rest."""
    line = getattr(people, scene.who) if scene.who else None
    if line is not None:
        context.add_cookies([served.cookie(served.sign_in(line))])
    page = context.new_page()
    page.goto(served.url + scene.path)
    if scene.is_live:
        hydrated(page)
    settle(page)
    scene.act(Stage(page, served, line))
    settle(page)
    return page
