"""The subscriber's e-mail address over plain HTTP: a code is sent there, typed here; or the address is removed."""

from starlette.responses import Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import email_address, one_time_code
from selfcare_app.endpoints.passkeys import active
from selfcare_app.endpoints.posted import Posted, form, to
from selfcare_app.operators.schema import Feature

PAGE = Feature.NOTIFICATIONS.path


@form("email", back=PAGE)
async def begin(post: Posted) -> Response:
    """POST /session/email: sends a code to the new address."""
    await wiring.do(email_address.begin, await active(post), typed=post["email"], now=post.now)
    return to(PAGE)


@form("code", back=PAGE)
async def confirm(post: Posted) -> Response:
    """POST /session/email/confirm: the address is taken by the code that came there."""
    actor = await active(post)
    typed = one_time_code.digits(post["code"], wiring.wired().profile)
    attempt = await wiring.do(email_address.count, actor, now=post.now)
    fault = await wiring.do(email_address.settle, actor, attempt=attempt, typed=typed, now=post.now)
    return to(PAGE, fault, at="code") if fault else to(PAGE, keep={"saved": "1"})


@form(back=PAGE)
async def forget(post: Posted) -> Response:
    """POST /session/email/forget: another address, or none after all."""
    await wiring.do(email_address.forget, await active(post), now=post.now)
    return to(PAGE)


@form(back=PAGE)
async def remove(post: Posted) -> Response:
    """POST /session/email/remove: no own address any more."""
    await wiring.do(email_address.remove, await active(post), now=post.now)
    return to(PAGE, keep={"done": "1"})


ROUTES = [
    Route("/session/email", begin, methods=["POST"]),
    Route("/session/email/confirm", confirm, methods=["POST"]),
    Route("/session/email/forget", forget, methods=["POST"]),
    Route("/session/email/remove", remove, methods=["POST"]),
]
