"""WebMoney Merchant: the form that leads there, the question before a payment, and the signed word that it was made."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import urlsplit
from uuid import UUID

from selfcare_app.adapters.cards.port import Forged, Pages
from selfcare_app.kit.money import Money
from selfcare_app.payments.hosted_views import Asked, Facts, Opened, Outcome

NAME = "webmoney"
WAY = "webmoney"
_SIGNED = (
    "LMI_PAYEE_PURSE",
    "LMI_PAYMENT_AMOUNT",
    "LMI_PAYMENT_NO",
    "LMI_MODE",
    "LMI_SYS_INVS_NO",
    "LMI_SYS_TRANS_NO",
    "LMI_SYS_TRANS_DATE",
    "",
    "LMI_PAYER_PURSE",
    "LMI_PAYER_WM",
)
"""What is hashed, in this order; the empty name is the place of the secret."""

_AMOUNT = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?", re.ASCII)
_SCALE = 2


class WebMoney:
    """`purse` is the operator's, in `currency`; with `test` only payments of the test mode count."""

    name = NAME

    def __init__(self, url: str, *, purse: str, secret: str, currency: str, pages: Pages, test: bool) -> None:
        self._url, self._purse, self._secret = url, purse, secret
        self._currency, self._pages, self._test = currency, pages, test

    @property
    def address(self) -> str:
        """Where the form is sent."""
        return self._url

    @property
    def origin(self) -> str:
        """Whose page it leads to, for the policy of the page that the form stands on."""
        parts = urlsplit(self._url)
        return f"{parts.scheme}://{parts.netloc}"

    def begin(self, payment: Asked, *, description: str) -> Opened:
        """The page of ours that has the form: WebMoney takes nothing but a post from the person's browser."""
        return Opened(self._pages.back(payment), str(payment.no))

    def ask(self, payment: Asked) -> Facts | None:
        """WebMoney is not asked: it says what was paid, again and again until it is heard."""
        return None

    def fields(self, payment_no: int, amount: Money, *, description: str, back: str) -> dict[str, str]:
        """What the form carries."""
        return {
            "LMI_PAYEE_PURSE": self._purse,
            "LMI_PAYMENT_AMOUNT": amount.text,
            "LMI_PAYMENT_NO": str(payment_no),
            "LMI_PAYMENT_DESC": description,
            "LMI_RESULT_URL": self._pages.callback(),
            "LMI_SUCCESS_URL": back,
            "LMI_FAIL_URL": back,
        } | ({"LMI_SIM_MODE": "0"} if self._test else {})

    def asked(self, form: Mapping[str, str]) -> tuple[int, Money]:
        """Number and amount of a payment that WebMoney asks about before it is made. Raises Forged."""
        if form.get("LMI_PAYEE_PURSE") != self._purse or self._is_test(form) != self._test:
            raise Forged()
        no = form.get("LMI_PAYMENT_NO", "")
        if not (no.isascii() and no.isdecimal() and len(no) <= 10):
            raise Forged()
        return int(no), Money(_minor(form.get("LMI_PAYMENT_AMOUNT", "")), self._currency, _SCALE)

    def told(self, form: Mapping[str, str], payment_id: UUID) -> Facts:
        """The facts of a payment that was made; `verified` has been asked before."""
        _, amount = self.asked(form)
        return Facts(payment_id, Outcome.PAID, amount.minor, amount.currency, form.get("LMI_SYS_TRANS_NO", "")[:64])

    def check(self, form: Mapping[str, str]) -> None:
        """Whether WebMoney has signed the form: SHA-256 over ten values and the secret. Raises Forged."""
        signed = "".join(self._secret if not name else form.get(name, "") for name in _SIGNED)
        expected = hashlib.sha256(signed.encode()).hexdigest().upper()
        if not self._secret or not hmac.compare_digest(expected.encode(), form.get("LMI_HASH", "").encode()):
            raise Forged()

    def verify(self, headers: Mapping[str, str], body: bytes) -> Facts:
        """Its callbacks come to a door of their own. Raises Forged."""
        raise Forged()

    @staticmethod
    def _is_test(form: Mapping[str, str]) -> bool:
        return form.get("LMI_MODE") == "1"


def _minor(text: str) -> int:
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise Forged()
    return int(f"{found[1]}{(found[2] or '').ljust(_SCALE, '0')}")
