"""A forgotten password by e-mail over plain HTTP: the letter is asked for, its link sets a new password (AS-020)."""

from starlette.responses import Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import email_recovery, password
from selfcare_app.endpoints import guarded
from selfcare_app.endpoints.entry import challenged
from selfcare_app.endpoints.posted import Posted, form, to

RECOVER, SENT, LINK = "/recover", "/recover/sent", "/recover/link"


@form("number", "check", back=RECOVER, keep=("number",))
async def send(post: Posted) -> Response:
    """POST /session/recover/email: the answer is the same whether or not anybody is written to."""
    await challenged(post)
    page = f"{wiring.wired().settings.origin}{LINK}"
    await wiring.do(email_recovery.begin, post.visitor, number=post["number"], page=page, now=post.now)
    return to(SENT)


@form("token", "password", "again", back=LINK)
async def choose(post: Posted) -> Response:
    """POST /session/recover/link: the link is used up by the new password, not by being opened."""
    parts, value = wiring.wired(), post["token"]
    step = await wiring.do(email_recovery.guard, post.visitor, value=value, now=post.now)
    if step is not None:
        return await guarded.at_passkey(post, step)
    owner = await wiring.ask(email_recovery.owner, post.visitor, value=value, now=post.now)
    password.check(post["password"], parts.profile, owner)
    password.check_same(post["password"], post["again"])
    kept = await wiring.hashed(password.hashed, parts.keys, post["password"])
    await wiring.do(email_recovery.finish, post.visitor, value=value, password_hash=kept, now=post.now)
    return to(LINK, keep={"done": "1"})


ROUTES = [
    Route("/session/recover/email", send, methods=["POST"]),
    Route("/session/recover/link", choose, methods=["POST"]),
]
