"""The number change as a journey: its steps have screens of their own."""

from selfcare_app.numbers.change_number import JOURNEY
from selfcare_app.numbers.eligibility import KIND
from selfcare_app.operators.schema import Feature
from selfcare_app.ui import journey
from selfcare_app.ui.journey import DRAFT, Player

CHOOSE = Feature.NUMBER_CHANGE.path
PLAYER = Player(
    JOURNEY,
    CHOOSE,
    "numbers",
    own={"number": CHOOSE, "review": f"{CHOOSE}/review/{DRAFT}", "code": f"{CHOOSE}/code/{DRAFT}"},
)
journey.PLAYERS[KIND] = PLAYER
