"""A forgotten password of a line with a passkey, and "this was not me", over plain HTTP."""

from datetime import datetime

from starlette.responses import Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import (
    account_lock,
    admission,
    halt,
    passkey_recovery,
    password,
    present_password,
    rules,
    stop_link,
)
from selfcare_app.access.views import Step
from selfcare_app.endpoints import cookies
from selfcare_app.endpoints.passkeys import SIGNED, active, json_form, said, signed_of, site_here, ticket_of
from selfcare_app.endpoints.posted import Posted, form, to
from selfcare_app.endpoints.proof import THEN
from selfcare_app.kit.actor import Subscriber

PROTECTION = "/settings/security/protection"
RECOVER, GUARDED, CHOOSE = "/recover", "/recover/passkey", "/recover/password"


async def at_passkey(post: Posted, step: Step) -> Response:
    """To the page that asks for the passkey; where a wait was begun before, with what is left of it."""
    begun = await wiring.ask(passkey_recovery.begun, post.visitor, admission_token=step.token, now=post.now)
    left = {"done": "1", "wait": str(rules.whole_seconds(begun, post.now))} if begun else {}
    return cookies.put_admission(to(GUARDED, keep={"number": step.msisdn, **left}), step)


@json_form()
async def ask(post: Posted) -> Response:
    """POST /session/passkey/recover/ask: what the device is to sign."""
    token = post.browser.admission_token
    asked = await wiring.do(passkey_recovery.ask, post.visitor, site=site_here(), admission_token=token, now=post.now)
    return said({"ticket": str(asked.ticket), "options": asked.options})


@json_form(*SIGNED)
async def prove(post: Posted) -> Response:
    """POST /session/passkey/recover: on to the new password (ASVS 6.4.3)."""
    token = post.browser.admission_token
    challenge = await wiring.do(
        passkey_recovery.use_up, post.visitor, ticket=ticket_of(post), admission_token=token, now=post.now
    )
    step = await wiring.do(
        passkey_recovery.prove,
        post.visitor,
        site=site_here(),
        challenge=challenge,
        signed=signed_of(post),
        admission_token=token,
        now=post.now,
    )
    return cookies.put_admission(said({"to": f"{CHOOSE}?number={step.msisdn}"}), step)


@form("number", back=GUARDED, keep=("number",))
async def wait(post: Posted) -> Response:
    """POST /session/recover/wait: a day of waiting instead of the passkey."""
    token = post.browser.admission_token
    try:
        until = await wiring.do(passkey_recovery.wait, post.visitor, admission_token=token, now=post.now)
    except admission.Over as over:
        return to(RECOVER, over)
    return to(GUARDED, keep={"done": "1", "wait": str(rules.whole_seconds(until, post.now))})


@form("token", back=stop_link.PAGE)
async def not_me(post: Posted) -> Response:
    """POST /session/not-me: stops what moves anything for the line that was told."""
    await wiring.do(halt.stop_by_link, post.visitor, value=post["token"], now=post.now)
    return to(stop_link.PAGE, keep={"done": "1"})


@form("password", back=PROTECTION)
async def release(post: Posted) -> Response:
    """POST /session/release: lets things move again, by the present password after a code (ASVS 7.5.1)."""
    actor, parts = await active(post), wiring.wired()
    claim = await wiring.do(present_password.claim, actor, now=post.now)
    right = claim.fault is None and await wiring.hashed(password.matches, parts.keys, post["password"], claim.kept)
    fault = await wiring.do(present_password.settle, actor, claim=claim, right=right, now=post.now)
    if fault is not None:
        return to(PROTECTION, fault, at="password")
    await wiring.do(halt.release, actor, now=post.now)
    return to(PROTECTION, keep={"saved": "1"})


async def unlock(actor: Subscriber, subject: str, digest: str, now: datetime) -> str:
    """Turns the account lock off, once the proof is there."""
    await wiring.do(account_lock.unlock, actor, now=now)
    return PROTECTION


THEN["account_unlock"] = unlock

ROUTES = [
    Route("/session/passkey/recover/ask", ask, methods=["POST"]),
    Route("/session/passkey/recover", prove, methods=["POST"]),
    Route("/session/recover/wait", wait, methods=["POST"]),
    Route("/session/release", release, methods=["POST"]),
    Route("/session/not-me", not_me, methods=["POST"]),
]
