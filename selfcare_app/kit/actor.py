"""Who asks: the type of the actor says what may be asked, and fresh proof is asked of the actor."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from selfcare_app.kit.errors import Denied


class ProofNeeded(Denied):
    """The act needs fresh proof for `purpose` (M-code, PUK1 …)."""

    code = "kit.proof_needed"


class SignInNeeded(Denied):
    """The act needs a signed-in subscriber."""

    code = "kit.sign_in_needed"


@dataclass(frozen=True, slots=True)
class Proof:
    """Fresh proof of `purpose` made by `method`, good until `expires_at`; `digest` binds it to one act's parameters."""

    purpose: str
    method: str
    made_at: datetime
    expires_at: datetime
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody without a session; `address` is the peer's network address, `device` a known-device id if any."""

    kind: ClassVar[str] = "visitor"
    address: str = ""
    device: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """The subscriber of `line_id`, in the session `session_id`."""

    kind: ClassVar[str] = "subscriber"
    line_id: UUID
    session_id: UUID
    proofs: tuple[Proof, ...] = field(default=())
    address: str = ""
    language: str = ""

    def has_proof(self, purpose: str, now: datetime, *, digest: str = "") -> bool:
        """Whether a live proof of `purpose` (bound to `digest` if one is named) is at hand."""
        return any(
            p.purpose == purpose and p.expires_at > now and (not digest or p.digest == digest) for p in self.proofs
        )

    def require_proof(self, purpose: str, now: datetime, *, digest: str = "") -> None:
        """Raises ProofNeeded unless `has_proof`."""
        if not self.has_proof(purpose, now, digest=digest):
            raise ProofNeeded(purpose=purpose)


@dataclass(frozen=True, slots=True)
class Handset:
    """Whoever holds the handset of `line_id`: the network vouches for the number (SMS from it, USSD)."""

    kind: ClassVar[str] = "handset"
    line_id: UUID
    language: str = ""


@dataclass(frozen=True, slots=True)
class System:
    """The worker or a command; `job` names what it is doing."""

    kind: ClassVar[str] = "system"
    job: str


Actor = Visitor | Subscriber | Handset | System
Holder = Subscriber | Handset
"""Who may ask about `line_id` because it is his own."""
