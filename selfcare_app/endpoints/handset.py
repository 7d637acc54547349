"""The simulated handset: a page that exists only in demo mode, on loopback, where no gateway is configured."""

import html
from string import Template

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.adapters.handset import HandsetGateway
from selfcare_app.endpoints.gateway import token
from selfcare_app.endpoints.peer import LOOPBACK, cookie_of
from selfcare_app.i18n.speak import Speaker

_PAGE = Template("""<!doctype html>
<html lang="$lang" data-lang="$lang" data-token="$token" data-failed="$failed">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title><link rel="stylesheet" href="/handset.css"><link rel="icon" href="data:,"></head>
<body><main>
<h1>$title</h1><p>$lead</p>
<section><form id="choose" class="row"><div><label for="number">$number</label>
<input id="number" name="number" inputmode="tel" autocomplete="off" required></div>
<button>$take</button></form></section>
<div id="phone" hidden>
<section aria-labelledby="messages-title"><h2 id="messages-title">$messages</h2><p id="empty">$empty</p>
<ul id="messages" aria-live="polite" tabindex="0" aria-labelledby="messages-title"></ul>
<form id="sms"><label for="to">$to</label><input id="to" name="to" required maxlength="20">
<label for="text">$text</label>
<div class="row"><input id="text" name="text" required maxlength="160"><button>$send</button></div></form></section>
<section aria-labelledby="ussd-title"><h2 id="ussd-title">$ussd</h2><div id="screen" role="status"></div>
<form id="dial" class="row"><div><label for="code">$code</label>
<input id="code" name="code" required maxlength="40"></div><button>$call</button></form>
<form id="reply" hidden><label for="answer">$answer</label>
<div class="row"><input id="answer" name="answer" maxlength="160" autocomplete="off">
<button>$reply</button><button type="button" id="hang" class="plain">$hang</button></div></form>
</section></div></main><script src="/handset.js"></script></body></html>
""")
_WORDS = (
    *("title", "lead", "number", "take", "messages", "empty", "to", "text", "send"),
    *("ussd", "call", "answer", "reply", "hang", "failed"),
)


async def page(request: Request) -> Response:
    """GET /handset: the page, in the language of the visitor's cookie."""
    if not _open_to(request):
        return Response(status_code=404)
    parts = wiring.wired()
    profile = parts.profile
    asked = cookie_of(request.scope, "lang")
    language = asked if asked in profile.languages else profile.default_language
    speaker = Speaker(language, profile)
    words = {name: html.escape(speaker.text(f"handset.document.{name}")) for name in _WORDS}
    code = next((c.code for c in profile.channels.ussd), "*100#")
    words["code"] = html.escape(speaker.text("handset.document.code", code=code))
    return HTMLResponse(
        _PAGE.substitute(words, lang=language, token=html.escape(token(parts))), headers={"cache-control": "no-store"}
    )


async def messages(request: Request) -> Response:
    """GET /handset/messages?number=…&after=…: what the number received, oldest first."""
    gateway = wiring.wired().sms
    number, after = request.query_params.get("number", ""), request.query_params.get("after", "0")
    if not _open_to(request) or not isinstance(gateway, HandsetGateway) or not after.isdigit():
        return Response(status_code=404)
    received = gateway.received(number, after=int(after[:18]))
    rows = [{"seq": m.seq, "sender": m.sender, "text": m.text, "at": m.at} for m in received]
    return JSONResponse(rows, headers={"cache-control": "no-store"})


def _open_to(request: Request) -> bool:
    settings = wiring.wired().settings
    peer = request.client.host if request.client else ""
    return settings.demo and not settings.sms_gateway_url and peer in LOOPBACK


ROUTES = [Route("/handset", page, methods=["GET"]), Route("/handset/messages", messages, methods=["GET"])]
