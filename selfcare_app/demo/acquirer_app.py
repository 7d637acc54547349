"""What the simulated acquirer answers: bePaid's checkout and WebMoney's page, with the callbacks that they send."""

import hashlib
import json
import secrets
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from selfcare_app.adapters.cards.choice import DEMO_SHOP
from selfcare_app.demo import acquirer_charges, acquirer_page
from selfcare_app.demo.acquirer_shop import TIMEOUT_SECONDS, Shop, is_ours, is_shop, shop_of, tell
from selfcare_app.kit import clock
from selfcare_app.kit.money import Money

_MOST_CHECKOUTS = 10_000
_STATUS = {"pay": "successful", "doomed": "successful", "silent": "successful", "decline": "failed"}
_WEBMONEY = (
    *("LMI_PAYEE_PURSE", "LMI_PAYMENT_AMOUNT", "LMI_PAYMENT_NO", "LMI_PAYMENT_DESC"),
    *("LMI_RESULT_URL", "LMI_SUCCESS_URL", "LMI_FAIL_URL"),
)
_PAYER = {"LMI_PAYER_PURSE": "U111111111111", "LMI_PAYER_WM": "111111111111"}


def application(shop: Shop) -> Starlette:
    """The process as an ASGI application; what it knows it keeps in memory."""
    app = Starlette(
        routes=[
            Route("/ctp/api/checkouts", _create, methods=["POST"]),
            Route("/ctp/api/checkouts/{token}", _status, methods=["GET"]),
            *acquirer_charges.ROUTES,
            Route("/pay/{token}", _page, methods=["GET"]),
            Route("/pay/{token}", _decide, methods=["POST"]),
            Route("/webmoney", _purse_page, methods=["POST"]),
            Route("/webmoney/{act}", _purse_decide, methods=["POST"]),
        ]
    )
    app.state.shop = shop
    return app


def callback(token: str, checkout: dict[str, Any], status: str) -> bytes:
    """What is posted to the shop when a card was charged or refused."""
    order = checkout["order"]
    transaction = {
        "uid": checkout["uid"],
        "type": "payment",
        "status": status,
        "amount": order["amount"],
        "currency": order["currency"],
        "tracking_id": order["tracking_id"],
        "description": order.get("description", ""),
        "test": True,
        "created_at": clock.now().isoformat(),
        "payment_method_type": "credit_card",
        "additional_data": {"checkout_token": token},
        "credit_card": checkout.get("card"),
    }
    return json.dumps({"transaction": transaction}, ensure_ascii=False).encode()


async def _create(request: Request) -> Response:
    shop = shop_of(request)
    if not is_shop(request, shop):
        return JSONResponse({"message": "Access denied"}, status_code=401)
    checkout = (await request.json())["checkout"]
    wanted = checkout["settings"]
    if not all(is_ours(wanted[name], shop) for name in ("notification_url", "return_url")):
        return JSONResponse({"message": "Foreign address"}, status_code=422)
    if len(shop.checkouts) >= _MOST_CHECKOUTS:
        shop.checkouts.clear()
    token = secrets.token_hex(32)
    shop.checkouts[token] = {**checkout, "status": "pending", "uid": ""}
    address = f"http://{request.url.netloc}/pay/{token}"
    return JSONResponse({"checkout": {"token": token, "redirect_url": address}}, status_code=201)


async def _status(request: Request) -> Response:
    shop = shop_of(request)
    checkout = shop.checkouts.get(request.path_params["token"])
    if not is_shop(request, shop) or checkout is None:
        return JSONResponse({"message": "Record not found"}, status_code=404)
    payment = {"uid": checkout["uid"], "status": checkout["status"], "credit_card": checkout.get("card")}
    return JSONResponse(
        {
            "checkout": {
                "token": request.path_params["token"],
                "shop_id": DEMO_SHOP,
                "transaction_type": "payment",
                "test": checkout.get("test", False),
                "order": checkout["order"],
                "status": checkout["status"],
                "finished": checkout["status"] == "successful",
                "gateway_response": {"payment": payment} if checkout["uid"] else {},
            }
        }
    )


async def _page(request: Request) -> Response:
    shop, token = shop_of(request), request.path_params["token"]
    checkout = shop.checkouts.get(token)
    if checkout is None:
        return PlainTextResponse("404", status_code=404)
    order, wanted = checkout["order"], checkout["settings"]
    amount = Money(order["amount"], order["currency"], shop.profile.currency_scale)
    text = acquirer_page.card(
        shop.profile,
        str(wanted.get("language", "")),
        amount,
        order["description"],
        f"/pay/{token}",
        wanted["return_url"],
        keeps_card=acquirer_charges.is_kept(order),
    )
    return HTMLResponse(text, headers=acquirer_page.HEADERS)


async def _decide(request: Request) -> Response:
    shop, token = shop_of(request), request.path_params["token"]
    checkout, act = shop.checkouts.get(token), str((await request.form()).get("act", ""))
    if checkout is None or act not in _STATUS:
        return PlainTextResponse("404", status_code=404)
    if checkout["status"] != "successful":
        checkout["status"], checkout["uid"] = _STATUS[act], secrets.token_hex(16)
        checkout["card"] = acquirer_charges.card(checkout["order"], is_doomed=act == "doomed")
    if act != "silent":
        await tell(shop, checkout["settings"]["notification_url"], callback(token, checkout, checkout["status"]))
    return RedirectResponse(checkout["settings"]["return_url"], status_code=303)


async def _purse_page(request: Request) -> Response:
    shop, form = shop_of(request), await request.form()
    fields = {name: str(form.get(name, "")) for name in _WEBMONEY}
    if not all(is_ours(fields[name], shop) for name in ("LMI_RESULT_URL", "LMI_SUCCESS_URL", "LMI_FAIL_URL")):
        return PlainTextResponse("422", status_code=422)
    return HTMLResponse(acquirer_page.purse(shop.profile, fields), headers=acquirer_page.HEADERS)


async def _purse_decide(request: Request) -> Response:
    shop, form = shop_of(request), await request.form()
    fields = {name: str(form.get(name, "")) for name in _WEBMONEY}
    if not all(is_ours(fields[name], shop) for name in ("LMI_RESULT_URL", "LMI_SUCCESS_URL", "LMI_FAIL_URL")):
        return PlainTextResponse("422", status_code=422)
    if request.path_params["act"] != "pay" or not await _purse_paid(shop, fields):
        return RedirectResponse(fields["LMI_FAIL_URL"], status_code=303)
    return RedirectResponse(fields["LMI_SUCCESS_URL"], status_code=303)


async def _purse_paid(shop: Shop, fields: dict[str, str]) -> bool:
    """Asks before and tells after, as WebMoney does."""
    said = {name: fields[name] for name in ("LMI_PAYEE_PURSE", "LMI_PAYMENT_AMOUNT", "LMI_PAYMENT_NO")}
    said |= {**_PAYER, "LMI_MODE": "1"}
    made = {
        "LMI_SYS_INVS_NO": str(secrets.randbelow(10**9)),
        "LMI_SYS_TRANS_NO": str(secrets.randbelow(10**9)),
        "LMI_SYS_TRANS_DATE": f"{clock.now():%Y%m%d %H:%M:%S}",
    }
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
            asked = await client.post(fields["LMI_RESULT_URL"], data={**said, "LMI_PREREQUEST": "1"})
            if asked.text.strip() != "YES":
                return False
            told = {**said, **made}
            await client.post(fields["LMI_RESULT_URL"], data={**told, "LMI_HASH": lmi_hash(told, shop.purse_secret)})
    except httpx.HTTPError:
        return False
    return True


def lmi_hash(told: dict[str, str], secret: str) -> str:
    """WebMoney's signature of a payment that was made."""
    signed = (
        told["LMI_PAYEE_PURSE"] + told["LMI_PAYMENT_AMOUNT"] + told["LMI_PAYMENT_NO"] + told["LMI_MODE"]
        + told["LMI_SYS_INVS_NO"] + told["LMI_SYS_TRANS_NO"] + told["LMI_SYS_TRANS_DATE"]
        + secret + told["LMI_PAYER_PURSE"] + told["LMI_PAYER_WM"]
    )  # fmt: skip
    return hashlib.sha256(signed.encode()).hexdigest().upper()
