"""What is shown of rights to work on the lines of others."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from selfcare_app.kit.msisdn import Msisdn


@dataclass(frozen=True, slots=True)
class Subject:
    """A line that one may work on: `role` and `level` say how; `is_own` is the line that signed in."""

    line_id: UUID
    msisdn: Msisdn | None
    name: str
    role: str
    level: str
    access: str
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Delegate:
    """Who may work on a line; `is_revocable` where the line's own subscriber may end it."""

    grant_id: UUID
    msisdn: Msisdn | None
    role: str
    level: str
    sees_calls: bool
    granted_at: datetime
    expires_at: datetime
    is_revocable: bool


@dataclass(frozen=True, slots=True)
class Appointment:
    """A curator about to be appointed. `subject` says it in one word, `digest` binds the proof to exactly that."""

    msisdn: Msisdn
    level: str
    sees_calls: bool
    subject: str
    digest: str
    expires_at: datetime
