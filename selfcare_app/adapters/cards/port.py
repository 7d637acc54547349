"""What the program needs of an acquirer, whoever it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from selfcare_app.kit.errors import Denied, Unavailable
from selfcare_app.payments.hosted_views import Asked, Charge, Facts, Opened

TIMEOUT_SECONDS = 10.0
LONGEST_TOKEN = 256
PAGE = "/top-up/payment"


class AcquirerAway(Unavailable):
    """The acquirer did not answer, or not as it should."""

    code = "topup.acquirer_away"


class Forged(Denied):
    """What came in is not signed by the acquirer, or speaks of no payment of ours."""

    code = "topup.forged"


@dataclass(frozen=True, slots=True)
class Pages:
    """Where an acquirer leads back to and posts to; `origin` is the cabinet's public address."""

    origin: str
    door: str

    def back(self, payment: Asked) -> str:
        """The page that tells the person how it stands."""
        return f"{self.origin}{PAGE}/{payment.id}"

    def callback(self) -> str:
        """Where the acquirer says how it stands."""
        return f"{self.origin}{self.door}"


class CardAcquirer(Protocol):
    """One acquirer. No method is called with a transaction open."""

    name: str

    def begin(self, payment: Asked, *, description: str) -> Opened:
        """Opens a page where the person pays. Raises AcquirerAway."""
        ...

    def ask(self, payment: Asked) -> Facts | None:
        """How a payment stands; None where the acquirer knows nothing of it yet. Raises AcquirerAway."""
        ...

    def verify(self, headers: Mapping[str, str], body: bytes) -> Facts:
        """What a callback says; `headers` have lower-case names, `body` is as it came. Raises Forged."""
        ...


@runtime_checkable
class CardKeeper(Protocol):
    """An acquirer that charges a card again which was paid with on its page. No method is called in a transaction."""

    name: str

    def charge(self, charge: Charge, *, description: str) -> Facts:
        """Charges the card, and says what came of it. Raises AcquirerAway: then nobody knows."""
        ...

    def look(self, charge: Charge) -> Facts | None:
        """What came of a charge; None where the acquirer has never heard of it. Raises AcquirerAway."""
        ...
