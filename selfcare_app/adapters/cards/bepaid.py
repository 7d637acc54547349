"""bePaid: hosted checkout, callbacks signed with RSA over the raw body, and how a checkout stands."""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from selfcare_app.adapters.cards.port import LONGEST_TOKEN, TIMEOUT_SECONDS, AcquirerAway, Forged, Pages
from selfcare_app.payments.hosted_views import Asked, Card, Charge, Facts, Opened, Outcome

NAME = "bepaid"
_CREATED = range(200, 300)
_REFUSED = (402, 422)
"""Answers that say of a request that nothing came of it; what else is no success says nothing."""

_AGAIN = {"contract": ["recurring"]}
"""What makes a card one that may be charged again without its owner."""

_VERSION = {"X-API-Version": "2"}
_LIVES = timedelta(days=1)
_UNKNOWN = 404
_TAIL = 4
_OUTCOMES = {"successful": Outcome.PAID, "failed": Outcome.FAILED, "expired": Outcome.FAILED}


class BePaid:
    """`shop` and `secret` are the shop's credentials; `key_file` holds the PEM key that callbacks are checked with.

    With `test` cards of the sandbox are asked for and counted; without it what was paid with them is refused.
    """

    name = NAME

    def __init__(
        self, url: str, *, shop: str, secret: str, key_file: Path, pages: Pages, test: bool, gateway: str = ""
    ) -> None:
        self._url, self._shop, self._secret = url.rstrip("/"), shop, secret
        self._gateway = (gateway or url).rstrip("/")
        self._key_file, self._pages, self._test = key_file, pages, test

    def begin(self, payment: Asked, *, description: str) -> Opened:
        """Opens a checkout that lives a day and takes three cards. Raises AcquirerAway."""
        back = self._pages.back(payment)
        asked = {
            "checkout": {
                "test": self._test,
                "transaction_type": "payment",
                "attempts": 3,
                "settings": {
                    **dict.fromkeys(("success_url", "decline_url", "fail_url", "cancel_url", "return_url"), back),
                    "notification_url": self._pages.callback(),
                    "language": payment.language,
                },
                "order": {
                    "amount": payment.amount.minor,
                    "currency": payment.amount.currency,
                    "description": description,
                    "tracking_id": str(payment.id),
                    "expired_at": (payment.created_at + _LIVES).isoformat(timespec="seconds"),
                    **({"additional_data": _AGAIN} if payment.keeps_card else {}),
                },
            }
        }
        checkout = self._said("POST", f"{self._url}/ctp/api/checkouts", asked).get("checkout")
        if not isinstance(checkout, dict) or not _is_address(checkout.get("redirect_url"), self._url):
            raise AcquirerAway()
        return Opened(checkout["redirect_url"], str(checkout.get("token", "")))

    def ask(self, payment: Asked) -> Facts | None:
        """How the checkout stands. Raises AcquirerAway."""
        address = f"{self._url}/ctp/api/checkouts/{payment.reference}"
        checkout = self._said("GET", address, None).get("checkout")
        if not isinstance(checkout, dict):
            raise AcquirerAway()
        order, gateway = checkout.get("order") or {}, checkout.get("gateway_response") or {}
        made = next((each for each in gateway.values() if isinstance(each, dict)), {})
        if order.get("tracking_id") != str(payment.id) or bool(checkout.get("test")) != self._test:
            raise AcquirerAway()
        outcome = _OUTCOMES.get(str(checkout.get("status")), Outcome.WAITING)
        if outcome is Outcome.WAITING:
            return None
        try:
            said = {"status": checkout["status"], "uid": made.get("uid", ""), "credit_card": made.get("credit_card")}
            return _facts(order | said)
        except (Forged, KeyError) as wrong:
            raise AcquirerAway() from wrong

    def charge(self, charge: Charge, *, description: str) -> Facts:
        """Charges a kept card by its token. Raises AcquirerAway."""
        asked = {
            "request": {
                "amount": charge.amount.minor,
                "currency": charge.amount.currency,
                "description": description,
                "tracking_id": str(charge.id),
                "test": self._test,
                "language": charge.language,
                "notification_url": self._pages.callback(),
                "credit_card": {"token": charge.token},
                "additional_data": _AGAIN,
            }
        }
        status, said = self._heard("POST", f"{self._gateway}/transactions/payments", asked)
        if status in _REFUSED:
            return Facts(charge.id, Outcome.FAILED, charge.amount.minor, charge.amount.currency, "")
        return self._charged(charge, said.get("transaction")) if status in _CREATED else _away()

    def look(self, charge: Charge) -> Facts | None:
        """What came of a charge; None where bePaid has never heard of it. Raises AcquirerAway."""
        status, said = self._heard("GET", f"{self._gateway}/v2/transactions/tracking_id/{charge.id}", None)
        if status == _UNKNOWN:
            return None
        made = said.get("transactions", [said["transaction"]] if "transaction" in said else None)
        if status not in _CREATED or not isinstance(made, list):
            raise AcquirerAway()
        every = [self._charged(charge, each) for each in made]
        # A charge that was paid was paid, whatever else is told of it.
        every.sort(key=lambda facts: (Outcome.PAID, Outcome.WAITING, Outcome.FAILED).index(facts.outcome))
        return every[0] if every else None

    def _charged(self, charge: Charge, told: object) -> Facts:
        try:
            if not isinstance(told, dict) or bool(told.get("test")) != self._test:
                raise AcquirerAway()
            facts = _facts(told)
        except (Forged, KeyError, TypeError, ValueError, AttributeError) as wrong:
            raise AcquirerAway() from wrong
        if facts.payment_id != charge.id:
            raise AcquirerAway()
        return facts

    def verify(self, headers: Mapping[str, str], body: bytes) -> Facts:
        """Basic authorization of the shop and Content-Signature over the very bytes. Raises Forged."""
        expected = base64.b64encode(f"{self._shop}:{self._secret}".encode()).decode()
        given = headers.get("authorization", "").removeprefix("Basic ")
        if not hmac.compare_digest(given.encode(), expected.encode()):
            raise Forged()
        self._check_signature(headers.get("content-signature", ""), body)
        try:
            transaction = json.loads(body)["transaction"]
            if transaction.get("type", "payment") != "payment" or bool(transaction.get("test")) != self._test:
                raise Forged()
            return _facts(transaction)
        except (ValueError, KeyError, TypeError, AttributeError) as wrong:
            raise Forged() from wrong

    def _check_signature(self, signature: str, body: bytes) -> None:
        try:
            key = serialization.load_pem_public_key(self._key_file.read_bytes())
            given = base64.b64decode(signature, validate=True)
        except (OSError, ValueError, binascii.Error) as wrong:
            raise Forged() from wrong
        if not isinstance(key, rsa.RSAPublicKey):
            raise Forged()
        try:
            key.verify(given, body, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature as wrong:
            raise Forged() from wrong

    def _said(self, method: str, address: str, asked: dict[str, Any] | None) -> dict[str, Any]:
        status, said = self._heard(method, address, asked)
        return said if status in _CREATED else _away()

    def _heard(self, method: str, address: str, asked: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
        try:
            answer = httpx.request(
                method,
                address,
                json=asked,
                auth=(self._shop, self._secret),
                headers=_VERSION,
                timeout=TIMEOUT_SECONDS,
            )
            said = answer.json()
        except (httpx.HTTPError, ValueError) as wrong:
            raise AcquirerAway() from wrong
        if not isinstance(said, dict):
            raise AcquirerAway()
        return answer.status_code, said


def _away() -> NoReturn:
    raise AcquirerAway()


def _facts(told: Mapping[str, Any]) -> Facts:
    amount = told["amount"]
    if type(amount) is not int:
        raise Forged()
    return Facts(
        payment_id=UUID(str(told["tracking_id"])),
        outcome=_OUTCOMES.get(str(told["status"]), Outcome.WAITING),
        amount_minor=amount,
        currency=str(told["currency"]),
        transaction_id=str(told["uid"] or "")[:64],
        card=_card(told.get("credit_card")),
    )


def _card(told: object) -> Card | None:
    """The kept card; a number that is no token is never taken for one."""
    token, tail = (told.get("token"), str(told.get("last_4", ""))) if isinstance(told, dict) else (None, "")
    if not isinstance(token, str) or not 0 < len(token) <= LONGEST_TOKEN:
        return None
    return Card(token, tail if len(tail) == _TAIL and tail.isascii() and tail.isdigit() else "")


def _is_address(url: object, of: str) -> bool:
    """Whether it is an address over https, or on the very host that is spoken with."""
    if not isinstance(url, str):
        return False
    try:
        parts, own = httpx.URL(url), httpx.URL(of)
    except httpx.InvalidURL:
        return False
    return parts.scheme == "https" or (parts.scheme, parts.host, parts.port) == (own.scheme, own.host, own.port)
