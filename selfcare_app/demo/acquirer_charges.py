"""Kept cards at the simulated acquirer: bePaid's charges by a token, and how they stand.

A card that was saved as one to be refused is refused each time. Sums end the same way for every card: in 13 minor
units it is refused, in 14 charged without a word, as when an answer is lost.
"""

import json
import secrets
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from selfcare_app.demo.acquirer_shop import is_ours, is_shop, shop_of, tell
from selfcare_app.kit import clock

_DOOMED, _GOOD = "doomed-", "kept-"
_REFUSED_MINOR, _LOST_MINOR = 13, 14
_TAILS = {_DOOMED: "0002", _GOOD: "4242"}
_MOST_CHARGES = 10_000


def is_kept(order: dict[str, Any]) -> bool:
    """Whether the shop has asked for a card that it may charge again."""
    return "recurring" in (order.get("additional_data") or {}).get("contract", ())


def card(order: dict[str, Any], *, is_doomed: bool) -> dict[str, Any]:
    """The card that was paid with; its token only where it is kept."""
    kind = _DOOMED if is_doomed else _GOOD
    shown = {"brand": "visa", "last_4": _TAILS[kind]}
    return shown | ({"token": f"{kind}{secrets.token_hex(24)}"} if is_kept(order) else {})


async def _charge(request: Request) -> Response:
    shop = shop_of(request)
    if not is_shop(request, shop):
        return JSONResponse({"message": "Access denied"}, status_code=401)
    asked = (await request.json())["request"]
    token = str((asked.get("credit_card") or {}).get("token", ""))
    kind = next((kind for kind in _TAILS if token.startswith(kind)), None)
    if kind is None or not is_ours(asked["notification_url"], shop):
        return JSONResponse({"message": "Credit card token is invalid"}, status_code=422)
    if len(shop.charges) >= _MOST_CHARGES:
        shop.charges.clear()
    is_refused = kind == _DOOMED or asked["amount"] % 100 == _REFUSED_MINOR
    made = {
        "uid": secrets.token_hex(16),
        "type": "payment",
        "status": "failed" if is_refused else "successful",
        "amount": asked["amount"],
        "currency": asked["currency"],
        "tracking_id": asked["tracking_id"],
        "description": asked["description"],
        "test": asked["test"],
        "created_at": clock.now().isoformat(),
        "payment_method_type": "credit_card",
        "credit_card": {"brand": "visa", "last_4": _TAILS[kind], "token": token},
    }
    shop.charges.setdefault(asked["tracking_id"], []).append(made)
    if asked["amount"] % 100 == _LOST_MINOR:
        return JSONResponse({"message": "Gateway timeout"}, status_code=504)
    body = json.dumps({"transaction": made}, ensure_ascii=False).encode()
    word = BackgroundTask(tell, shop, asked["notification_url"], body)
    return JSONResponse({"transaction": made}, status_code=201, background=word)


async def _how_it_stands(request: Request) -> Response:
    shop = shop_of(request)
    made = shop.charges.get(request.path_params["tracking_id"])
    if not is_shop(request, shop) or made is None:
        return JSONResponse({"message": "Record not found"}, status_code=404)
    return JSONResponse({"transactions": made})


ROUTES = [
    Route("/transactions/payments", _charge, methods=["POST"]),
    Route("/v2/transactions/tracking_id/{tracking_id}", _how_it_stands, methods=["GET"]),
]
