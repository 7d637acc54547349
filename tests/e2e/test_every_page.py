"""Every page in every state: readable, reachable, translated, quiet and still, in every language, size and theme."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests import looks
from tests.browser import Complaints, NewContext
from tests.filled import People
from tests.judge import axe, eyes, feet, hands
from tests.looks import DESKTOP, PHONE, Look
from tests.scenes import every
from tests.scenes.scene import Scene, play
from tests.served import Serve, Served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def people() -> People:
    return People()


@pytest.fixture(scope="module")
def served(serve: Serve, people: People) -> Served:
    """Overrides the shared server: this one is filled."""
    return serve(seed=people)


@pytest.mark.requirement("ISSA-001")
@pytest.mark.parametrize("scene", every.SCENES, ids=str)
def test_page(scene: Scene, served: Served, people: People, new_context: NewContext, complaints: Complaints) -> None:
    if not scene.is_live:
        complaints.expect(r"status of 404")
    context = new_context(reduced_motion="reduce")
    feet.watch(context)
    faults: list[str] = []
    page = play(context, served, people, scene, loaded=lambda page: faults.extend(feet.jumps(page)))
    profile = served.profile
    for look in looks.different(profile.languages if scene.speaks else (profile.default_language,)):
        looks.put(page, look)
        faults += [f"{look}: {fault}" for fault in _looked_at(page, look, scene, served, people)]
    looks.put(page, Look(PHONE, "light", profile.default_language))
    faults += [*eyes.too_small(page), *hands.unreachable(page), *eyes.too_wide_zoomed(page)]
    if faults:
        pytest.fail("\n".join(dict.fromkeys(faults)), pytrace=False)


def _looked_at(page: Page, look: Look, scene: Scene, served: Served, people: People) -> Iterator[str]:
    """What there is to say about one look; what can't differ from a look before it is not asked again."""
    profile = served.profile
    yield from eyes.too_wide(page)
    first = look.language == profile.default_language
    if look.theme == "dark":
        yield from axe.findings(page, rules=axe.COLOURS)
        return
    if first:
        yield from axe.findings(page)
    elif look.size == PHONE:
        yield from axe.findings(page, without=axe.COLOURS)
    if look.size == DESKTOP:
        return
    yield from eyes.headings(page, profile, look.language, scene.title)
    yield from eyes.untranslated(page, look.language, (*people.texts, *eyes.names(profile)))
    yield from eyes.moving(page)
