"""A native form as it arrives: who posted it, its fields within limits, and the way back when something is refused."""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from urllib.parse import parse_qsl, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from selfcare_app import wiring
from selfcare_app.access import device
from selfcare_app.access import session as web_session
from selfcare_app.access.token import digest
from selfcare_app.access.views import Browser, Signed
from selfcare_app.endpoints import cookies
from selfcare_app.endpoints.peer import address_of, cookie_of
from selfcare_app.endpoints.turnstile import TURNSTILE
from selfcare_app.i18n.message import to_query
from selfcare_app.kit import clock, cookie
from selfcare_app.kit.actor import SignInNeeded, Subscriber, Visitor
from selfcare_app.kit.errors import Fault, Refused
from selfcare_app.kit.log import logger

BODY_BYTES = 8_192
FIELDS = 12
VALUE_CHARACTERS = 1_024
FORM = "application/x-www-form-urlencoded"
SIGN_IN = "/sign-in"
HOME = "/home"

_ON_ITS_WAY_SECONDS = 0.3

_OWN_PATH = re.compile(r"/(?!/)[A-Za-z0-9_\-/]*(\?[A-Za-z0-9_\-=&%.,~:+]*)?")
_NOT_PAGES = ("/desk", "/session/", "/download/", "/inbound/", "/_", "/health", "/metrics")

log = logger("session")


class Malformed(Refused):
    """The body is not a form of ours."""

    code = "kit.malformed"


class Bug(Refused):
    """Something broke on our side; `reference` finds it in the log."""

    code = "kit.bug"


@dataclass(frozen=True, slots=True)
class Posted:
    """One post. `visitor` and `browser` are there always, `signed` for a live session; `now` is the moment it came."""

    visitor: Visitor
    browser: Browser
    signed: Signed | None
    session_token: str = field(repr=False)
    now: datetime
    _fields: Mapping[str, str] = field(repr=False)

    def __getitem__(self, name: str) -> str:
        return self._fields.get(name, "")

    @property
    def actor(self) -> Subscriber:
        """The signed-in subscriber. Raises kit.actor.SignInNeeded."""
        if self.signed is None:
            raise SignInNeeded()
        return self.signed.actor


Handler = Callable[[Posted], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]
Back = str | Callable[[Posted], str]


def form(*names: str, back: Back, keep: tuple[str, ...] = ()) -> Callable[[Handler], Endpoint]:
    """Makes an endpoint of a handler: reads the form, and answers a refusal by a 303 to `back` with its code.

    `names` are the fields there are; `keep` are those that go back in the address, never a secret among them.
    """

    def endpoint(handler: Handler) -> Endpoint:
        @wraps(handler)
        async def answer(request: Request) -> Response:
            if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
                return PlainTextResponse("415", status_code=415)
            post = None
            try:
                post = await read(request, names)
                await admit(post)
                return await handler(post)
            except ClientDisconnect:
                return Response(status_code=400)
            except HTTPException:
                raise
            except Exception as wrong:
                return refused(wrong, _way_back(back, post), keep=_kept(post, keep))

        answer.back = back  # type: ignore[attr-defined]
        return answer

    return endpoint


def refused(wrong: Exception, back: str, keep: Mapping[str, str] | None = None) -> Response:
    """A 303 to `back` with why not; to the sign-in page where that is why."""
    if isinstance(wrong, SignInNeeded):
        return to_sign_in(back)
    return to(back, wrong if isinstance(wrong, Fault) else _noted(wrong), keep=keep)


def to(path: str, fault: Fault | None = None, *, at: str = "", keep: Mapping[str, str] | None = None) -> Response:
    """A 303 to a page; with a refusal its code, the field it belongs to, and what was typed."""
    query = [to_query(fault, field=at or field_of(fault))] if fault else []
    kept = {name: value for name, value in (keep or {}).items() if value}
    if kept:
        query.append(urlencode(kept))
    joint = "&" if "?" in path else "?"
    return RedirectResponse(f"{path}{joint}{'&'.join(query)}" if query else path, status_code=303)


def to_sign_in(back: str) -> Response:
    """A 303 to the sign-in page, which leads back."""
    return to(SIGN_IN, keep={"expired": "1", "next": back.partition("?")[0]})


def own_path(text: str) -> str:
    """`text` if it is the path of a page of ours, else "": no other host, no other scheme, no endpoint (ASVS 3.7.2)."""
    if len(text) > VALUE_CHARACTERS or not _OWN_PATH.fullmatch(text) or "//" in text:
        return ""
    return "" if text.startswith(_NOT_PAGES) else text


def field_of(fault: Fault | None) -> str:
    """The field of a form that a refusal speaks of; "" where it speaks of the whole."""
    return _FIELD_OF.get(fault.code, "") if fault else ""


_FIELD_OF = {
    "kit.not_a_number": "number",
    **dict.fromkeys(
        ("access.number_foreign", "access.number_unknown", "access.number_inactive", "access.not_registered"), "number"
    ),
    **dict.fromkeys(("access.wrong_password", "access.attempts_left", "access.too_soon"), "password"),
    **dict.fromkeys(
        (
            "access.code_wrong",
            "access.code_malformed",
            "access.code_expired",
            "access.code_spent",
            "access.code_needed",
            "access.puk1_wrong",
            "runa.malformed",
            "runa.needed",
            "runa.needed_here",
            "runa.not_right",
            "runa.spent",
            "runa.wrong",
            "voucher.blocked",
            "voucher.expired",
            "voucher.malformed",
            "voucher.unknown",
        ),
        "code",
    ),
    **dict.fromkeys(
        (
            "access.password_length",
            "access.password_letters",
            "access.password_printable",
            "access.password_latin",
            "access.password_mixed",
            "access.password_own_number",
            "access.password_common",
            "access.password_personal",
        ),
        "password",
    ),
    **dict.fromkeys(("runa.email_needed", "runa.not_an_email"), "email"),
    **dict.fromkeys(("access.check_wrong", "access.check_needed"), "check"),
    **dict.fromkeys(("voucher.no_such_number", "voucher.own_line_only"), "number"),
    "access.other_audience": "audience",
    "access.puk1_not_for_line": "method",
    "access.temporary_over": "password",
    "access.password_different": "again",
    "access.wrong_current": "current",
}


async def read(request: Request, names: tuple[str, ...]) -> Posted:
    """Who posted and what. Raises Malformed."""
    settings, profile, now = wiring.wired().settings, wiring.wired().profile, clock.now()
    jar = cookie.names(secure=settings.secure)
    scope = request.scope
    address = scope.get("selfcare.address") or address_of(scope, settings.trusted_proxy_hops)
    chosen = cookie_of(scope, jar.language)
    device_token, session_token = cookie_of(scope, jar.device), cookie_of(scope, jar.session)
    visitor = Visitor(address, digest(device_token), chosen if chosen in profile.languages else "")
    fields = _parsed(await _body(request), names)
    agent, next_path = request.headers.get("user-agent", ""), own_path(fields.get("next", ""))
    browser = Browser(cookie_of(scope, jar.admission), device_token, agent, next_path, cookie_of(scope, jar.check))
    signed = await wiring.ask(web_session.resume, visitor, token=session_token, now=now) if session_token else None
    if session_token and signed is None:
        await _come_again(request, visitor, session_token, now)
    return Posted(visitor, browser, signed, session_token, now, fields)


async def admit(post: Posted) -> None:
    """Counts the post for its session or its address. Raises TooOften.

    A flood that has spent the strangers' share stops neither the signed-in nor browsers that have signed in before.
    """
    key = str(post.signed.session_id) if post.signed else post.visitor.address
    is_known = post.signed is not None
    if not is_known and post.browser.device_token and TURNSTILE.wait(post.now):
        is_known = await wiring.ask(device.is_known, post.visitor, now=post.now)
    TURNSTILE.admit(key, post.now, is_known=is_known)


async def renewed(answer: Response, post: Posted) -> Response:
    """The answer to a proof that was just given: the session has a new value with it (ASVS 7.2.4)."""
    entered = await wiring.do(web_session.renew, post.visitor, token=post.session_token, now=post.now)
    return cookies.put_renewed(answer, entered, post.now) if entered else answer


async def _come_again(request: Request, visitor: Visitor, token: str, now: datetime) -> None:
    """Has a browser post again with the value that another tab's proof brings it this very moment."""
    if await wiring.ask(web_session.was_renewed, visitor, token=token, now=now):
        await asyncio.sleep(_ON_ITS_WAY_SECONDS)
        raise HTTPException(307, headers={"location": request.url.path})


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            raise Malformed()
    return bytes(body)


def _parsed(body: bytes, names: tuple[str, ...]) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=FIELDS, errors="strict")
    except ValueError as wrong:
        raise Malformed() from wrong
    fields = dict(pairs)
    if len(fields) != len(pairs) or not fields.keys() <= set(names):
        raise Malformed()
    if any(len(value) > VALUE_CHARACTERS or "\0" in value for value in fields.values()):
        raise Malformed()
    return fields


def _way_back(back: Back, post: Posted | None) -> str:
    if isinstance(back, str):
        return back
    return back(post) if post else HOME


def _kept(post: Posted | None, keep: tuple[str, ...]) -> dict[str, str]:
    return {name: post[name] for name in keep} if post else {}


def _noted(broken: Exception) -> Bug:
    reference = secrets.token_hex(4)
    log.error("bug", exc_info=broken, extra={"reference": reference})
    return Bug(reference=reference)
