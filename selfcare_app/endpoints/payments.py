"""The doors that acquirers post to, and the page of ours that leads to a purse."""

from html import escape
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import session as web_session
from selfcare_app.adapters.cards.choice import CARD_DOOR, WEBMONEY_DOOR
from selfcare_app.adapters.cards.port import PAGE, Forged
from selfcare_app.adapters.cards.webmoney import WAY, WebMoney
from selfcare_app.endpoints.posted import Posted, form, to
from selfcare_app.i18n.speak import Speaker
from selfcare_app.kit import clock
from selfcare_app.kit.actor import System
from selfcare_app.kit.log import logger
from selfcare_app.payments import hosted, hosted_work
from selfcare_app.payments.automatic import charge
from selfcare_app.payments.hosted_views import Facts, HostedView

TOP_UP = "/top-up"
LEAD = "/session/top-up/webmoney"
_ACTOR = System(job="interface")
_FIELDS = 40
log = logger("payments")


async def card(request: Request) -> Response:
    """POST /inbound/card: what the acquirer of cards says; only what it has signed is heard."""
    taker = wiring.wired().cards
    if taker is None:
        return Response(status_code=404)
    body = await request.body()
    try:
        facts = taker.verify(dict(request.headers), body)
    except Forged:
        log.warning("a callback was not the acquirer's", extra={"event": taker.name, "address": _peer(request)})
        return Response(status_code=403)
    return await _taken(taker.name, facts)


async def webmoney(request: Request) -> Response:
    """POST /inbound/webmoney: the question before a payment, answered YES or NO, and the word that it was made."""
    purse = wiring.wired().webmoney
    if purse is None:
        return Response(status_code=404)
    form_data = await request.form(max_files=0, max_fields=_FIELDS)
    fields = {name: value for name, value in form_data.items() if isinstance(value, str)}
    try:
        if fields.get("LMI_PREREQUEST") != "1":
            purse.check(fields)
        no, amount = purse.asked(fields)
    except Forged:
        log.warning("a callback was not the acquirer's", extra={"event": purse.name, "address": _peer(request)})
        return PlainTextResponse("NO", status_code=403)
    found = await wiring.ask(hosted_work.of_no, _ACTOR, acquirer=purse.name, no=no)
    if found is None:
        return PlainTextResponse("NO")
    if fields.get("LMI_PREREQUEST") == "1":
        waits = found.state in ("new", "pending") and found.amount == amount
        return PlainTextResponse("YES" if waits else "NO")
    return await _taken(purse.name, purse.told(fields, found.id))


async def _taken(acquirer: str, facts: Facts) -> Response:
    now = clock.now()
    state = await wiring.do(hosted_work.take, _ACTOR, acquirer=acquirer, facts=facts, now=now)
    if not state:
        state = await wiring.do(charge.take, _ACTOR, acquirer=acquirer, facts=facts, now=now)
    if not state:
        log.error("a payment is none of ours", extra={"event": acquirer, "reference": facts.transaction_id})
        return Response(status_code=404)
    if state == "disputed":
        log.error("a payment is not what was asked for", extra={"event": acquirer, "reference": facts.transaction_id})
    return PlainTextResponse("OK")


def _payment(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise hosted.NoPayment() from wrong


@form("payment", back=TOP_UP)
async def lead(post: Posted) -> Response:
    """POST /session/top-up/webmoney: the form that leads to the purse; nothing but a post from the browser opens it."""
    actor, parts = post.actor, wiring.wired()
    await wiring.do(web_session.touch, actor, session_id=actor.session_id, now=post.now)
    found = await wiring.ask(hosted.own, actor, payment_id=_payment(post["payment"]))
    if parts.webmoney is None or found.way != WAY:
        raise hosted.WayClosed()
    if found.state not in ("new", "pending"):
        return to(f"{PAGE}/{found.id}")
    chosen = actor.language or post.visitor.language
    language = chosen if chosen in parts.profile.languages else parts.profile.default_language
    policy = (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action {parts.webmoney.origin}"
    )
    return HTMLResponse(
        _page(parts.webmoney, found, Speaker(language, parts.profile), language),
        headers={"content-security-policy": policy, "cache-control": "no-store"},
    )


def _page(purse: WebMoney, found: HostedView, speaker: Speaker, language: str) -> str:
    profile = wiring.wired().profile
    said = speaker.text("topup.document.description", name=profile.short_name, no=str(found.no))
    back = f"{wiring.wired().settings.origin}{PAGE}/{found.id}"
    fields = purse.fields(found.no, found.amount, description=said, back=back)
    hidden = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in fields.items())
    title = escape(speaker.text("topup.document.purse_title"))
    lead_text = escape(speaker.text("topup.document.purse_lead", amount=found.amount, number=found.number))
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="/desk/style.css"><link rel="icon" href="data:,"></head>'
        f"<body><main><h1>{title}</h1><p>{lead_text}</p>"
        f'<form method="post" action="{escape(purse.address)}" accept-charset="utf-8">{hidden}'
        f"<button>{escape(speaker.text('topup.document.purse_go'))}</button></form>"
        f'<p><a href="{PAGE}/{found.id}">{escape(speaker.text("topup.document.purse_back"))}</a></p>'
        "</main></body></html>"
    )


def _peer(request: Request) -> str:
    return str(request.scope.get("selfcare.address", ""))


ROUTES = [
    Route(CARD_DOOR, card, methods=["POST"]),
    Route(WEBMONEY_DOOR, webmoney, methods=["POST"]),
    Route(LEAD, lead, methods=["POST"]),
]
