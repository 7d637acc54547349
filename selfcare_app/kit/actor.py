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


class OwnOnly(Denied):
    """Nobody does this for somebody else: credentials, PIN and PUK, sessions, rights of others (T18)."""

    code = "kit.own_only"


class NotAllowed(Denied):
    """The right to work on this line does not reach so far."""

    code = "kit.not_allowed"


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
class Acting:
    """On whose behalf a subscriber works on a line that is not the one he signed in with.

    `line_id` is the delegate's own line; `role` is curator, administrator, supervisor or own (another number of
    one person); `level` is view or manage; `sees_calls` whether a curator may see call detail. `grant_id` is the
    right that he uses; the numbers are for the page to show.
    """

    line_id: UUID
    role: str
    level: str
    sees_calls: bool = False
    grant_id: UUID | None = None
    msisdn: str = ""
    own_msisdn: str = ""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """The subscriber of `line_id`, in the session `session_id`; a delegate of his if `acting` says so."""

    kind: ClassVar[str] = "subscriber"
    line_id: UUID
    session_id: UUID
    proofs: tuple[Proof, ...] = field(default=())
    address: str = ""
    language: str = ""
    acting: Acting | None = None
    must_change_password: bool = False
    """The password was issued by the operator or has grown old: nothing else goes on before it is changed."""

    @property
    def signed_line_id(self) -> UUID:
        """The line whose subscriber sits at the screen: codes go to it, what is done is done by it."""
        return self.acting.line_id if self.acting else self.line_id

    @property
    def name(self) -> str:
        """Who did it, for a row that keeps that: `subscriber:<line>` or `delegate:<line>`."""
        return f"{'delegate' if self.acting else self.kind}:{self.signed_line_id}"

    def require_own(self) -> None:
        """Raises OwnOnly for somebody who works on another's line."""
        if self.acting:
            raise OwnOnly()

    def require_change(self) -> None:
        """Raises NotAllowed for somebody who may only look at another's line."""
        if self.acting and self.acting.level != "manage":
            raise NotAllowed()

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


@dataclass(frozen=True, slots=True)
class Staff:
    """An employee of the operator at the desk, in the desk session `session_id`; `duties` are what he may do there."""

    kind: ClassVar[str] = "staff"
    staff_id: UUID
    session_id: UUID
    login: str
    duties: frozenset[str] = frozenset()
    address: str = ""
    language: str = ""

    @property
    def name(self) -> str:
        """Who did it, for a row that keeps that."""
        return f"{self.kind}:{self.login}"


Actor = Visitor | Subscriber | Handset | System | Staff
Holder = Subscriber | Handset
"""Who may ask about `line_id` because it is his own."""
