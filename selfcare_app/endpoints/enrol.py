"""Registration and recovery over plain HTTP: number and method, code or PUK1, password (ISSA-005, 007, 014, 021)."""

from datetime import datetime
from functools import partial
from typing import Protocol

from sqlmodel import Session
from starlette.responses import Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import admission, password, recover, register
from selfcare_app.access.password import Owner
from selfcare_app.access.views import Browser, Step
from selfcare_app.endpoints import cookies, guarded
from selfcare_app.endpoints.entry import at_code, audience_of, challenged, inside
from selfcare_app.endpoints.posted import Endpoint, Posted, form, to
from selfcare_app.kit.actor import Visitor
from selfcare_app.operators.schema.vocabulary import Method


class Way(Protocol):
    """What registration and recovery have in common."""

    PURPOSE: str

    def begin(
        self,
        session: Session,
        actor: Visitor,
        *,
        number: str,
        method: Method,
        audience: str,
        browser: Browser,
        now: datetime,
    ) -> Step: ...
    def owner(self, session: Session, actor: Visitor, *, admission_token: str, now: datetime) -> Owner: ...
    def finish(
        self, session: Session, actor: Visitor, *, password_hash: str, browser: Browser, now: datetime
    ) -> Step: ...


_KEPT = ("number", "method", "audience")


def _code_page(page: str, post: Posted) -> str:
    """Where the code is typed, or PUK1."""
    return f"{page}/puk1" if post["method"] == Method.PUK1 else f"{page}/code"


def _begin(way: Way, page: str) -> Endpoint:
    @form("number", "method", "audience", "check", back=page, keep=_KEPT)
    async def begin(post: Posted) -> Response:
        if post["method"] in (Method.USSD, Method.VOICE):
            # Nothing is asked of the number there: the handset that dials is the answer (ISSA-010, IH-004).
            return to(f"{page}/dial")
        await challenged(post)
        method = Method.PUK1 if post["method"] == Method.PUK1 else Method.SMS
        step = await wiring.do(
            way.begin,
            post.visitor,
            number=post["number"],
            method=method,
            audience=audience_of(post),
            browser=post.browser,
            now=post.now,
        )
        if step.admitted:
            return at_code(post, step, _code_page(page, post))
        return to(page, step.fault, keep={name: post[name] for name in _KEPT})

    return begin


def _check(way: Way, page: str) -> Endpoint:
    @form("code", "number", "method", back=partial(_code_page, page), keep=("number",))
    async def check(post: Posted) -> Response:
        place = {"purpose": way.PURPOSE, "admission_token": post.browser.admission_token}
        try:
            code = await wiring.do(admission.typed, post.visitor, **place, code=post["code"], now=post.now)
            attempt = await wiring.do(admission.count_try, post.visitor, **place, now=post.now)
            step = await wiring.do(
                admission.check_code, post.visitor, **place, attempt=attempt, code=code, now=post.now
            )
        except admission.Over as over:
            return to(page, over)
        if step.fault:
            return at_code(post, step, _code_page(page, post))
        if step.guarded:
            return await guarded.at_passkey(post, step)
        return cookies.put_admission(to(f"{page}/password", keep={"number": step.msisdn}), step)

    return check


def _resend(way: Way, page: str) -> Endpoint:
    @form("number", back=f"{page}/code", keep=("number",))
    async def resend(post: Posted) -> Response:
        place = {"purpose": way.PURPOSE, "admission_token": post.browser.admission_token}
        try:
            step = await wiring.do(admission.send_again, post.visitor, **place, now=post.now)
        except admission.Over as over:
            return to(page, over)
        return at_code(post, step, f"{page}/code")

    return resend


def _choose(way: Way, page: str) -> Endpoint:
    @form("number", "password", "again", back=f"{page}/password", keep=("number",))
    async def choose(post: Posted) -> Response:
        parts, token = wiring.wired(), post.browser.admission_token
        try:
            owner = await wiring.ask(way.owner, post.visitor, admission_token=token, now=post.now)
            password.check(post["password"], parts.profile, owner)
            password.check_same(post["password"], post["again"])
            kept = await wiring.hashed(password.hashed, parts.keys, post["password"])
            step = await wiring.do(way.finish, post.visitor, password_hash=kept, browser=post.browser, now=post.now)
        except admission.Over as over:
            return to(page, over)
        return await inside(post, step.entered) if step.entered else to(page, step.fault)

    return choose


def _routes(name: str, way: Way, page: str) -> list[Route]:
    steps = {"number": _begin, "code": _check, "resend": _resend, "password": _choose}
    return [Route(f"/session/{name}/{step}", make(way, page), methods=["POST"]) for step, make in steps.items()]


ROUTES = [*_routes("register", register, "/register"), *_routes("recover", recover, "/recover")]
