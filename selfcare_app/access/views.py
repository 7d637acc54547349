"""What leaves the area: signed-in sessions, steps on the way in, codes and proofs."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from selfcare_app.kit.actor import Proof, Subscriber
from selfcare_app.kit.errors import Fault


@dataclass(frozen=True, slots=True)
class Signed:
    """A live session and the actor that it makes of its browser."""

    session_id: UUID
    line_id: UUID
    actor: Subscriber
    idle_until: datetime
    absolute_until: datetime
    language: str


@dataclass(frozen=True, slots=True)
class Entered:
    """A session just begun; `token` is the cookie's value and is known to nobody else."""

    session_id: UUID
    line_id: UUID
    token: str = field(repr=False)
    idle_until: datetime
    absolute_until: datetime
    device_token: str = field(default="", repr=False)
    next_path: str = ""


@dataclass(frozen=True, slots=True)
class CodeState:
    """How the code for one purpose stands.

    `method` is sms or puk1; `number` the masked number that the SMS goes to; `sent_at` None where no code is live;
    `resend_at` None where one can be sent at once; `tries_left` counts what is left of the live code.
    """

    method: str
    digits: int
    number: str
    tries_left: int
    sent_at: datetime | None = None
    resend_at: datetime | None = None
    expires_at: datetime | None = None
    proven: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """One counted try at a secret: what to compare with, or why there is nothing to compare."""

    fault: Fault | None = None
    method: str = "sms"
    target_id: UUID | None = None
    tries_left: int = 0


@dataclass(frozen=True, slots=True)
class Proving:
    """What came of a try: the proof, or the refusal. Never raised inside the transaction: the try must stay counted."""

    proof: Proof | None = None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Where a visitor stands on the way in.

    `fault` says why it did not go on; `token` is the admission cookie's new value, empty where it stays; `admitted`:
    the visitor stands where the code is asked for; `guarded`: where a passkey is asked for as well; `entered` is there
    when the way is done.
    """

    fault: Fault | None = None
    token: str = field(default="", repr=False)
    msisdn: str = ""
    resend_at: datetime | None = None
    admitted: bool = False
    guarded: bool = False
    entered: Entered | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A counted try at a password: `kept` is what to compare with, off any transaction; empty where nothing fits.

    `fault` is there where nothing is to be compared. `is_uniform`: whatever fails is answered with one sentence.
    """

    msisdn: str
    line_id: UUID | None = None
    device_id: UUID | None = None
    failures: int = 0
    is_uniform: bool = False
    kept: str = field(default="", repr=False)
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Browser:
    """What the endpoint knows of the browser besides its address: cookies, its name for itself, where to go on."""

    admission_token: str = field(default="", repr=False)
    device_token: str = field(default="", repr=False)
    agent: str = ""
    next_path: str = ""
    check_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class AccessDates:
    """When the subscriber registered, and when the cabinet was last used before the present session."""

    registered_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class SimSecrets:
    """The codes of the SIM in use; shown for `on_screen_seconds`, then wiped."""

    pin1: str = field(repr=False)
    puk1: str = field(repr=False)
    pin2: str = field(repr=False)
    puk2: str = field(repr=False)
    on_screen_seconds: int
    left_today: int
