"""Giving money to another and bonus units, looked at as every other page is."""

import pytest

from tests import looks
from tests.browser import Complaints, NewContext
from tests.e2e.test_every_page import _looked_at
from tests.filled import People
from tests.judge import eyes, feet, hands
from tests.looks import PHONE, Look
from tests.scenes.scene import Scene, play
from tests.scenes.sharing import GIVING
from tests.served import Serve, Served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def people() -> People:
    return People()


@pytest.fixture(scope="module")
def served(serve: Serve, people: People) -> Served:
    """The operator that has them."""
    return serve(operator="ihelper", seed=people)


@pytest.mark.requirement("IH-033", "IH-038")
@pytest.mark.parametrize("scene", GIVING, ids=str)
def test_page(scene: Scene, served: Served, people: People, new_context: NewContext, complaints: Complaints) -> None:
    context = new_context(reduced_motion="reduce")
    feet.watch(context)
    faults: list[str] = []
    page = play(context, served, people, scene, loaded=lambda page: faults.extend(feet.jumps(page)))
    for look in looks.different(served.profile.languages):
        looks.put(page, look)
        faults += [f"{look}: {fault}" for fault in _looked_at(page, look, scene, served, people)]
    looks.put(page, Look(PHONE, "light", served.profile.default_language))
    faults += [*eyes.too_small(page), *hands.unreachable(page), *eyes.too_wide_zoomed(page)]
    if faults:
        pytest.fail("\n".join(dict.fromkeys(faults)), pytrace=False)
