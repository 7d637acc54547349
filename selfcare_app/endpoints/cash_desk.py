"""The door of banks and terminals: `check` and `pay` with an answer in XML, as terminals have spoken for long."""

import base64
import binascii
import hmac
import re
from ipaddress import ip_address
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.endpoints.peer import address_of
from selfcare_app.kit import amount as typed
from selfcare_app.kit import clock
from selfcare_app.kit.actor import System
from selfcare_app.kit.log import logger
from selfcare_app.kit.money import Money
from selfcare_app.payments import cash_desk
from selfcare_app.payments.cash_desk import Answer, Result
from selfcare_app.settings import CashDesk

DOOR = "/inbound/cash-desk"
_ACTOR = System(job="interface")
_PAYMENT_ID = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)
_LONGEST = 64
log = logger("payments")


async def cash_desk_door(request: Request) -> Response:
    """GET or POST /inbound/cash-desk: command, txn_id, account, sum, ccy. 403 for whoever is not a desk of ours."""
    desk = desk_of(request)
    if desk is None:
        log.warning("a cash desk was turned away", extra={"address": _address(request)})
        return Response(status_code=403)
    fields = dict(request.query_params) if request.method == "GET" else await _posted(request)
    payment_id = fields.get("txn_id", "")
    if not _PAYMENT_ID.fullmatch(payment_id) or max(map(len, fields.values()), default=0) > _LONGEST:
        return _xml(Answer(Result.OTHER), "")
    return _xml(await _answered(desk, fields, payment_id), payment_id)


async def _answered(desk: CashDesk, fields: dict[str, str], payment_id: str) -> Answer:
    account, command = fields.get("account") or fields.get("number", ""), fields.get("command")
    amount = _amount(fields)
    if command == "check":
        return await wiring.ask(cash_desk.check, _ACTOR, account=account, amount=amount)
    if command != "pay" or amount is None:
        return Answer(Result.OTHER)
    return await wiring.do(
        cash_desk.pay,
        _ACTOR,
        desk=desk.name,
        payment_id=payment_id,
        account=account,
        amount=amount,
        now=clock.now(),
    )


def _amount(fields: dict[str, str]) -> Money | None:
    profile = wiring.wired().profile
    if fields.get("ccy", profile.currency) != profile.currency:
        return None
    try:
        return typed.read(fields.get("sum", ""), profile.currency, profile.currency_scale)
    except typed.NotAnAmount:
        return None


def desk_of(request: Request) -> CashDesk | None:
    """The desk whose secret the request carries, if it comes from where that desk is."""
    try:
        given = base64.b64decode(request.headers.get("authorization", "").removeprefix("Basic "), validate=True)
    except binascii.Error:
        return None
    try:
        peer = ip_address(_address(request))
    except ValueError:
        return None
    for desk in wiring.wired().settings.cash_desks:
        is_right = hmac.compare_digest(given, f"{desk.name}:{desk.secret}".encode())
        if is_right and any(peer in network for network in desk.networks):
            return desk
    return None


def _address(request: Request) -> str:
    settings = wiring.wired().settings
    return str(request.scope.get("selfcare.address") or address_of(request.scope, settings.trusted_proxy_hops))


async def _posted(request: Request) -> dict[str, str]:
    form = await request.form(max_files=0, max_fields=16)
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _xml(answer: Answer, payment_id: str) -> Response:
    parts = [("osmp_txn_id", payment_id)]
    if answer.payment_no and answer.amount is not None:
        parts += [("prv_txn", str(answer.payment_no)), ("sum", answer.amount.text), ("ccy", answer.amount.currency)]
    parts.append(("result", str(int(answer.result))))
    body = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in parts)
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<response>{body}</response>\n'
    return Response(text, media_type="application/xml", headers={"cache-control": "no-store"})


ROUTES = [Route(DOOR, cash_desk_door, methods=["GET", "POST"])]
