"""What the desk is told of employees: a session begun, a try claimed, the seed to set up with."""

from dataclasses import dataclass, field
from uuid import UUID

from selfcare_app.kit.errors import Fault


@dataclass(frozen=True, slots=True)
class Setup:
    """What an employee needs to set himself up: the seed for his authenticator, in groups and as an address."""

    login: str
    seed: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Begun:
    """The values of the cookies of a session just begun: of the session, and of the browser that is known now."""

    token: str = field(repr=False)
    device_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeskClaim:
    """A counted try: what to compare with, or why there is nothing to compare."""

    staff_id: UUID | None = None
    kept: str = field(default="", repr=False)
    device_id: UUID | None = None
    failures: int = 0
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class AtDesk:
    """A session just begun, or the refusal; never raised, so that the try stays counted."""

    begun: Begun | None = None
    fault: Fault | None = None

    @property
    def token(self) -> str:
        """The value of the session's cookie; empty for a refusal."""
        return self.begun.token if self.begun else ""
