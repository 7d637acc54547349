"""Sign-in over plain HTTP: number and password, the code for an unknown device, sign-out."""

from uuid import UUID

from starlette.responses import Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import admission, challenge, one_time_code, password, picture_check, renew, rules, sign_in
from selfcare_app.access import session as web_session
from selfcare_app.access.views import Entered, Step
from selfcare_app.endpoints import cookies
from selfcare_app.endpoints.posted import HOME, SIGN_IN, Posted, form, own_path, to
from selfcare_app.operators.schema import Feature

CODE_PAGE = "/sign-in/code"
PASSWORD_DUE = f"{Feature.PASSWORD.path}?due=1"


@form("number", "password", "next", "audience", "check", back=SIGN_IN, keep=("number", "next", "audience"))
async def enter(post: Posted) -> Response:
    """POST /session/sign-in (ISSA-002, ISSA-004, IH-007)."""
    await check_of(post)
    audience = audience_of(post)
    claim = await wiring.do(sign_in.claim, post.visitor, number=post["number"], audience=audience, now=post.now)
    right = claim.fault is None and await wiring.hashed(
        password.matches, wiring.wired().keys, post["password"], claim.kept
    )
    if right and claim.line_id:
        await _keep_anew(post, claim.line_id, claim.kept)
    step = await wiring.do(sign_in.settle, post.visitor, claim=claim, right=right, browser=post.browser, now=post.now)
    if step.entered:
        return await inside(post, step.entered)
    if step.admitted:
        return at_code(post, step, CODE_PAGE)
    kept = {"number": post["number"], "next": post.browser.next_path, "audience": post["audience"] and audience}
    return to(SIGN_IN, step.fault, keep=kept)


async def _keep_anew(post: Posted, line_id: UUID, kept: str) -> None:
    """A password that was kept under an older key, or too cheaply, is kept as new ones are."""
    keys = wiring.wired().keys
    if password.is_outdated(keys, kept):
        anew = await wiring.hashed(password.hashed, keys, post["password"])
        await wiring.do(renew.keep, post.visitor, line_id=line_id, kept=kept, anew=anew)


@form("code", "remember", "number", back=CODE_PAGE, keep=("number",))
async def second_factor(post: Posted) -> Response:
    """POST /session/second-factor (ISSA-017)."""
    try:
        code = one_time_code.digits(post["code"], wiring.wired().profile)
        attempt = await wiring.do(
            admission.count_try,
            post.visitor,
            purpose=admission.SIGN_IN,
            admission_token=post.browser.admission_token,
            now=post.now,
        )
        step = await wiring.do(
            sign_in.second_factor,
            post.visitor,
            attempt=attempt,
            code=code,
            browser=post.browser,
            remember=bool(post["remember"]),
            now=post.now,
        )
    except admission.Over as over:
        return to(SIGN_IN, over)
    if step.entered:
        return await inside(post, step.entered)
    return at_code(post, step, CODE_PAGE)


@form("number", back=CODE_PAGE, keep=("number",))
async def resend(post: Posted) -> Response:
    """POST /session/second-factor/resend (ISSA-009)."""
    token = post.browser.admission_token
    try:
        step = await wiring.do(
            admission.send_again, post.visitor, purpose=admission.SIGN_IN, admission_token=token, now=post.now
        )
    except admission.Over as over:
        return to(SIGN_IN, over)
    return at_code(post, step, CODE_PAGE)


@form("back", back=SIGN_IN)
async def sign_out(post: Posted) -> Response:
    """POST /session/sign-out: ends the session on the server, then in the browser (ISSA-036, ISSA-024)."""
    if post.signed:
        await wiring.do(web_session.end, post.actor, session_id=post.signed.session_id, reason="sign_out", now=post.now)
    return cookies.take_session(to(SIGN_IN, keep={"ended": "1"}))


def audience_of(post: Posted) -> str:
    """Whose cabinet the form was sent for: one of the operator's audiences, the first where it names none."""
    audiences = wiring.wired().profile.registration.audiences
    return post["audience"] if post["audience"] in audiences else audiences[0]


async def check_of(post: Posted) -> None:
    """Takes the answer to the form's check, where the operator asks for one. Raises picture_check.Wrong."""
    if not wiring.wired().profile.sign_in.captcha:
        await challenged(post)
        return
    await _answered(post)


async def challenged(post: Posted) -> None:
    """Takes that answer in challenge mode from whoever is not known to the number's line.

    Raises challenge.CheckNeeded where there is none yet, picture_check.Wrong, NotANumber.
    """
    if not challenge.may_be_on(wiring.wired().db.engine, post.now):
        return
    asked = {"number": post["number"], "audience": audience_of(post)}
    if not await wiring.ask(challenge.is_asked, post.visitor, **asked, now=post.now):
        return
    if not post["check"]:
        raise challenge.CheckNeeded()
    await _answered(post)


async def _answered(post: Posted) -> None:
    value, typed = post.browser.check_token, post["check"]
    if not await wiring.do(picture_check.take, post.visitor, value=value, typed=typed, now=post.now):
        raise picture_check.Wrong()


async def inside(post: Posted, entered: Entered) -> Response:
    """To where the visitor wanted to go, in the new session; the browser's former one is over.

    With a password that is due to be changed, to where that is done (ISSA-018, ISSA-020).
    """
    if post.signed:
        await wiring.do(web_session.end, post.actor, session_id=post.signed.session_id, reason="replaced", now=post.now)
    signed = await wiring.ask(web_session.resume, post.visitor, token=entered.token, now=post.now)
    is_due = signed is not None and signed.actor.must_change_password
    return cookies.put_session(to(PASSWORD_DUE if is_due else own_path(entered.next_path) or HOME), entered)


def at_code(post: Posted, step: Step, page: str) -> Response:
    """To the page that asks for the code, with the wait for the next one."""
    wait = str(rules.whole_seconds(step.resend_at, post.now)) if step.resend_at else ""
    return cookies.put_admission(to(page, step.fault, keep={"number": step.msisdn, "wait": wait}), step)


ROUTES = [
    Route("/session/sign-in", enter, methods=["POST"]),
    Route("/session/second-factor", second_factor, methods=["POST"]),
    Route("/session/second-factor/resend", resend, methods=["POST"]),
    Route("/session/sign-out", sign_out, methods=["POST"]),
]
