"""Draws every page in every state, size, theme and language into `screenshots/`: `python -m tests.screenshots --help`."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from selfcare_app import operators
from tests import looks, served
from tests.chromium import FLAGS, executable
from tests.filled import People
from tests.looks import DESKTOP, PHONE, SIZES, Look
from tests.scenes import every
from tests.scenes.scene import Scene, play

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "screenshots"
INSTALL = ROOT / "assets" / "pwa"
README = ROOT / "docs" / "pictures"
SHOWN = ("home", "number", "call-detail")
"""The pages that introduce the product: in the install dialog and in the README."""
_TALLEST = 4_000


class Studio:
    """A filled operator, served, and a browser to look at it."""

    def __init__(self, browser: Browser, world: served.Served, people: People) -> None:
        self.browser, self.world, self.people = browser, world, people

    @contextmanager
    def on(self, scene: Scene, size: str = PHONE, density: float = 1) -> Iterator[Page]:
        """The scene's page, in a browser of its own."""
        width, height = SIZES[size]
        language = self.world.profile.default_language
        context: BrowserContext = self.browser.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=density,
            locale=language,
            reduced_motion="reduce",
            service_workers="block",
        )
        context.set_default_timeout(20_000)
        try:
            yield play(context, self.world, self.people, scene)
        finally:
            context.close()


@contextmanager
def studio(operator: str) -> Iterator[Studio]:
    """Everything that pictures of an operator need; gone afterwards."""
    people = People()
    with tempfile.TemporaryDirectory(prefix="selfcare-pictures-") as directory, sync_playwright() as playwright:
        world = served.make(Path(directory), operator=operator, seed=people)
        browser = playwright.chromium.launch(executable_path=executable(), args=list(FLAGS))
        try:
            yield Studio(browser, world, people)
        finally:
            browser.close()
            served.close(world)


def whole(page: Page, look: Look) -> bytes:
    """The page from top to bottom, with what sticks to the screen's edge at its end."""
    looks.put(page, look)
    width, height = SIZES[look.size]
    page.evaluate("window.scrollTo(0, 0)")
    needed = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(height, min(needed, _TALLEST))})
    looks.settle(page)
    return page.screenshot(caret="hide", animations="disabled")


def draw(operator: str, page: str) -> int:
    """All pictures of an operator, or of one page; how many scenes could not be played."""
    failed = 0
    with studio(operator) as room:
        folder = FOLDER / operator
        folder.mkdir(parents=True, exist_ok=True)
        for scene in every.of(room.world.profile, page=page):
            failed += not _tried(str(scene), lambda scene=scene: _scene(room, scene, folder))  # type: ignore[misc]
    return failed


def _scene(room: Studio, scene: Scene, folder: Path) -> None:
    profile = room.world.profile
    languages = profile.languages if scene.speaks else (profile.default_language,)
    with room.on(scene) as page:
        for look in looks.every(languages):
            (folder / f"{scene}-{look}.png").write_bytes(whole(page, look))


def _tried(name: str, act: Callable[[], None]) -> bool:
    print(f"  {name}", flush=True)
    try:
        act()
    except Exception as wrong:
        print(f"    not drawn: {str(wrong).splitlines()[0]}", file=sys.stderr)
        return False
    return True


def introduce(operator: str) -> None:
    """The pictures of the install dialog, narrow and wide, and with the default operator those of the README."""
    INSTALL.mkdir(parents=True, exist_ok=True)
    README.mkdir(parents=True, exist_ok=True)
    with studio(operator) as room:
        profile = room.world.profile
        scenes = [scene for name in SHOWN for scene in every.of(profile, page=name) if scene.state == "full"]
        for place, scene in enumerate(scenes, 1):
            for form, size in (("narrow", PHONE), ("wide", DESKTOP)):
                with room.on(scene, size) as page:
                    looks.put(page, Look(size, "light", profile.default_language))
                    page.screenshot(path=INSTALL / f"{operator}-{form}-{place}.png", caret="hide")
            if operator == operators.DEFAULT:
                with room.on(scene, PHONE, density=2) as page:
                    looks.put(page, Look(PHONE, "light", profile.default_language))
                    page.screenshot(path=README / f"{scene.page}.png", caret="hide")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; 1 if a scene could not be played."""
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument(
        "--operator", choices=operators.keys(), action="append", help="one operator alone (may be repeated)"
    )
    parser.add_argument("--page", default="", help="one page alone, such as home or number")
    parser.add_argument(
        "--manifest", action="store_true", help="write the pictures of the install dialog and of the README"
    )
    chosen = parser.parse_args(arguments)
    failed = 0
    for operator in chosen.operator or operators.keys():
        print(operator, flush=True)
        if chosen.manifest:
            introduce(operator)
        else:
            failed += draw(operator, chosen.page)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
