"""All scenes, and those of one operator."""

from selfcare_app.operators.schema import Profile
from tests.scenes.access import ACCESS
from tests.scenes.home import FRAME, HOME
from tests.scenes.numbers import NUMBERS, ORDERS
from tests.scenes.scene import Scene
from tests.scenes.usage import USAGE

SCENES: tuple[Scene, ...] = (*ACCESS, *HOME, *NUMBERS, *ORDERS, *USAGE, *FRAME)


def of(profile: Profile, *, page: str = "") -> tuple[Scene, ...]:
    """The operator's scenes; those of one page if it is named."""
    return tuple(scene for scene in SCENES if scene.is_of(profile) and page in ("", scene.page))
