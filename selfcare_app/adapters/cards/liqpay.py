"""LiqPay: a signed link to its checkout, callbacks signed with the shop's private key, and how an order stands."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlencode
from uuid import UUID

import httpx

from selfcare_app.adapters.cards.port import LONGEST_TOKEN, TIMEOUT_SECONDS, AcquirerAway, Forged, Pages
from selfcare_app.payments.hosted_views import Asked, Card, Charge, Facts, Opened, Outcome

NAME = "liqpay"
_VERSION = 3
_LIVES = timedelta(days=1)
_LANGUAGES = {"uk": "uk", "ru": "uk", "be": "uk", "en": "en"}
_SCALE = 2
_FAILED = ("failure", "error", "reversed")


class LiqPay:
    """`public_key` and `private_key` are the shop's; with `test` only payments of the sandbox count."""

    name = NAME

    def __init__(self, url: str, *, public_key: str, private_key: str, pages: Pages, test: bool) -> None:
        self._url, self._public, self._private = url.rstrip("/"), public_key, private_key
        self._pages, self._test = pages, test

    def begin(self, payment: Asked, *, description: str) -> Opened:
        """The address of the checkout: nothing is asked of LiqPay before the person is there."""
        until = (payment.created_at + _LIVES).astimezone(UTC)
        data, signature = self._signed(
            {
                "action": "pay",
                "amount": payment.amount.text,
                "currency": payment.amount.currency,
                "description": description,
                "order_id": str(payment.id),
                "expired_date": f"{until:%Y-%m-%d %H:%M:%S}",
                "language": _LANGUAGES.get(payment.language, "uk"),
                "result_url": self._pages.back(payment),
                "server_url": self._pages.callback(),
                **({"recurringbytoken": "1"} if payment.keeps_card else {}),
            }
        )
        query = urlencode({"data": data, "signature": signature})
        return Opened(f"{self._url}/api/3/checkout?{query}", str(payment.id))

    def ask(self, payment: Asked) -> Facts | None:
        """How the order stands; None while LiqPay has not heard of it. Raises AcquirerAway."""
        facts = self._status(payment.id)
        return None if facts is None or facts.outcome is Outcome.WAITING else facts

    def charge(self, charge: Charge, *, description: str) -> Facts:
        """Charges a kept card by its token. Raises AcquirerAway."""
        asked = {
            "action": "paytoken",
            "amount": charge.amount.text,
            "currency": charge.amount.currency,
            "card_token": charge.token,
            "description": description,
            "order_id": str(charge.id),
            "language": _LANGUAGES.get(charge.language, "uk"),
            "server_url": self._pages.callback(),
        }
        told = self._said(asked)
        if str(told.get("status")) in _FAILED:
            # What is refused before it is a payment has neither order nor amount.
            return Facts(charge.id, Outcome.FAILED, charge.amount.minor, charge.amount.currency, "")
        return self._read(told)

    def look(self, charge: Charge) -> Facts | None:
        """What came of a charge; None where LiqPay has never heard of it. Raises AcquirerAway."""
        return self._status(charge.id)

    def _status(self, order_id: UUID) -> Facts | None:
        told = self._said({"action": "status", "order_id": str(order_id)})
        if told.get("err_code") == "payment_not_found" or "order_id" not in told:
            return None
        return self._read(told)

    def _said(self, asked: dict[str, Any]) -> dict[str, Any]:
        data, signature = self._signed(asked)
        try:
            form = {"data": data, "signature": signature}
            answer = httpx.post(f"{self._url}/api/request", data=form, timeout=TIMEOUT_SECONDS)
            answer.raise_for_status()
            told = json.loads(answer.content, parse_float=Decimal)
        except (httpx.HTTPError, ValueError) as wrong:
            raise AcquirerAway() from wrong
        if not isinstance(told, dict):
            raise AcquirerAway()
        return told

    def _read(self, told: dict[str, Any]) -> Facts:
        try:
            return _facts(told, test=self._test)
        except (Forged, ValueError, KeyError, TypeError, ArithmeticError) as wrong:
            raise AcquirerAway() from wrong

    def verify(self, headers: Mapping[str, str], body: bytes) -> Facts:
        """`data` and `signature` of a form; the signature is compared before anything is read. Raises Forged."""
        try:
            fields = parse_qs(body.decode("ascii"), strict_parsing=True)
            data, signature = fields["data"][0], fields["signature"][0]
        except (ValueError, KeyError) as wrong:
            raise Forged() from wrong
        if not hmac.compare_digest(self._signature(data).encode(), signature.encode()):
            raise Forged()
        try:
            told = json.loads(base64.b64decode(data, validate=True), parse_float=Decimal)
            if told.get("public_key") != self._public:
                raise Forged()
            return _facts(told, test=self._test)
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error, ArithmeticError) as wrong:
            raise Forged() from wrong

    def _signed(self, said: dict[str, Any]) -> tuple[str, str]:
        whole = {"version": _VERSION, "public_key": self._public, **said}
        data = base64.b64encode(json.dumps(whole, ensure_ascii=False).encode()).decode()
        return data, self._signature(data)

    def _signature(self, data: str) -> str:
        # The scheme of the other side; nothing of ours rests on SHA-1.
        digest = hashlib.sha1(f"{self._private}{data}{self._private}".encode()).digest()  # noqa: S324
        return base64.b64encode(digest).decode()


def _facts(told: Mapping[str, Any], *, test: bool) -> Facts:
    minor = Decimal(str(told["amount"])) * 10**_SCALE
    if minor != minor.to_integral_value():
        raise Forged()
    return Facts(
        payment_id=UUID(str(told["order_id"])),
        outcome=_outcome(str(told["status"]), test=test),
        amount_minor=int(minor),
        currency=str(told["currency"]),
        transaction_id=str(told.get("payment_id", ""))[:64],
        card=_card(told),
    )


def _card(told: Mapping[str, Any]) -> Card | None:
    token, mask = told.get("card_token"), str(told.get("sender_card_mask2", ""))
    if not isinstance(token, str) or not 0 < len(token) <= LONGEST_TOKEN:
        return None
    tail = mask.rpartition("*")[2][-4:]
    return Card(token, tail if tail.isascii() and tail.isdigit() else "")


def _outcome(status: str, *, test: bool) -> Outcome:
    if status == ("sandbox" if test else "success"):
        return Outcome.PAID
    return Outcome.FAILED if status in _FAILED else Outcome.WAITING
