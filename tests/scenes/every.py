"""All scenes of the operator that every page is looked at for, and those of any one."""

from selfcare_app.operators.schema import Profile
from tests.scenes.access import ACCESS
from tests.scenes.delegation import DELEGATION
from tests.scenes.finance import ACCOUNT, FINANCE
from tests.scenes.home import FRAME, HOME
from tests.scenes.numbers import NUMBERS, ORDERS
from tests.scenes.runa import RUNA, SIGN_INS
from tests.scenes.scene import Scene
from tests.scenes.security import SECURITY
from tests.scenes.services import SERVICES
from tests.scenes.sharing import GIVING, INSTALMENTS
from tests.scenes.topup import TOP_UP
from tests.scenes.usage import USAGE

SCENES: tuple[Scene, ...] = (
    *ACCESS,
    *HOME,
    *NUMBERS,
    *ORDERS,
    *USAGE,
    *DELEGATION,
    *SECURITY,
    *SIGN_INS,
    *TOP_UP,
    *FINANCE,
    *INSTALMENTS,
    *SERVICES,
    *FRAME,
)


def of(profile: Profile, *, page: str = "") -> tuple[Scene, ...]:
    """The operator's scenes; those of one page if it is named."""
    return tuple(
        scene for scene in (*SCENES, *RUNA, *GIVING, *ACCOUNT) if scene.is_of(profile) and page in ("", scene.page)
    )
