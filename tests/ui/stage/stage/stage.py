"""Pages with one of each, a few endpoints that answer as real ones do, and the program's own content policy."""

# ruff: noqa: RUF012 - Reflex copies the defaults of a State

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import reflex as rx
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Event

from selfcare_app.endpoints.headers import content_policy
from selfcare_app.i18n.message import Message, Wire, message, text_of, wire
from selfcare_app.kit.money import Money
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.text import TN, T, choice, data_size, date, duration, money, msg, msisdn, number, show
from selfcare_app.ui.text import datetime as moment

WAIT_SECONDS = 2


class Stage(rx.State):
    effects: list[dict[str, Any]] = []
    notice: Message = {}
    told: Message = {}
    errors: dict[str, Message] = {}
    loaded: bool = False
    balance: Wire = {}
    number: Wire = {}
    until: Wire = {}
    days: list[dict[str, Any]] = []
    facts: list[dict[str, Any]] = []
    page: int = 2
    purpose: str = "balance"
    mask: str = ""
    sent: str = ""
    clicks: int = 0

    @rx.event
    def load(self):
        self.balance = wire(Money(-1234567, "BYN"))
        self.number = wire(Msisdn("375291234567"))
        self.until = wire(datetime(2026, 12, 1, 9, 5, tzinfo=UTC))
        self.days = [
            {
                "day": "2026-12-01",
                "total": wire(Money(-150, "BYN")),
                "rows": [{"who": "375291112233", "cost": wire(Money(-150, "BYN"))}],
            },
            {
                "day": "2025-11-30",
                "total": wire(timedelta(seconds=3725)),
                "rows": [{"who": "411", "cost": wire(timedelta(seconds=5))}],
            },
        ]
        self.facts = [{"label": message("menu.account"), "value": self.balance}]
        self.loaded = True

    @rx.event
    def take_off(self, upto: int):
        self.effects = [each for each in self.effects if each["seq"] > upto]

    @rx.event
    def tell(self):
        self.clicks += 1
        self.told = message("kit.error.not_a_number")
        self.effects = [
            {"seq": self.clicks, "kind": "toast", "message": message("shell.step.of", step=1, total=2), "tone": "good"}
        ]

    @rx.event
    def save(self, form: dict):
        self.sent = str(sorted(form.items()))
        self.errors = {} if form["amount"].isdigit() else {"amount": message("shell.not_found.title")}

    @rx.event
    def remember(self, mask: str):
        self.mask = mask

    @rx.event
    def go(self, page: int):
        self.page = page

    @rx.event
    def fall(self):
        self.told = {"key": 5}


@shell.screen("/home", title="menu.home", feature="home", on_load=Stage.load)
def home() -> rx.Component:
    return rx.fragment(
        c.loading(
            Stage.loaded, c.skeleton("card", 2), c.card(c.amount(Stage.balance, size="large"), title=T("menu.account"))
        ),
        c.card(c.ring(30, 100, T("menu.usage"), data_size(1610612736)), c.bar(3, 100, T("menu.usage"), duration(200))),
        c.card(c.key_values((T("menu.account"), money(Stage.balance)), (T("menu.usage"), moment(Stage.until)))),
        c.key_values_each(Stage.facts),
        c.day_list(
            Stage.days,
            row=lambda row: c.record(msisdn(row["who"]), None, show(row["cost"]), to="/form"),
            total=lambda day: show(day["total"]),
        ),
        rx.el.p(TN("shell.pages.total", Stage.page), id="plural"),
        rx.el.p(choice("shell.dial", Stage.purpose), id="choice"),
        rx.el.p(msisdn(Stage.number), id="number"),
        rx.el.p(date(Stage.until, "weekday"), id="weekday"),
        rx.el.p(number(1234567), id="plain"),
        rx.el.p(msg(Stage.told), id="told"),
        c.button(T("shell.update.action"), on_click=Stage.tell, id="tell", kind="secondary"),
        c.button(T("shell.close"), on_click=Stage.fall, id="fall", kind="quiet"),
        c.pagination(Stage.page, 5, on_page=Stage.go, total=93),
        *[c.notice(tone, T("menu.pause"), T("shell.update.lead")) for tone in ("info", "good", "warn", "bad")],
        c.empty("document", T("menu.account"), T("menu.about.home")),
        c.table(
            [(T("menu.usage"), "start"), (T("menu.account"), "end")],
            rows=Stage.facts,
            cells=lambda row: [msg(row["label"]), show(row["value"])],
            caption=T("menu.account"),
        ),
        c.result("good", T("menu.number_change"), T("shell.update.lead")),
    )


@shell.screen(
    "/form",
    title="menu.number_change",
    feature="number_change",
    back="/home",
    aside=lambda: c.card(T("menu.about.number_change"), title=T("menu.number_change")),
)
def form() -> rx.Component:
    return rx.fragment(
        c.steps(2, 4),
        c.form(
            c.field("amount", T("menu.account"), kind="amount", hint=T("menu.about.home")),
            c.field("note", T("menu.usage"), required=False),
            c.radios(
                "way",
                T("menu.more"),
                options=[("a", T("menu.home")), ("b", T("menu.usage"), T("menu.about.home"))],
                value="a",
            ),
            c.select("kind", T("menu.usage"), options=[("1", T("menu.home")), ("2", T("menu.usage"))]),
            c.checkbox("agree", T("menu.account")),
            c.number_mask(
                label=T("menu.number_change"), length=9, pattern="## ###-##-##", prefix="+375", on_change=Stage.remember
            ),
            c.actions(c.button(T("shell.step.change"), type="submit", id="save")),
            on_submit=Stage.save,
            errors=Stage.errors,
        ),
        rx.el.p(Stage.sent, id="sent"),
        rx.el.p(Stage.mask, id="seen-mask"),
        c.check_list([(T("menu.account"), money(Stage.balance), "/home")]),
    )


@shell.screen("/sign-in", title="menu.home", audience="visitor")
def sign_in() -> rx.Component:
    return c.native_form(
        c.phone_field("number", T("menu.number_change")),
        c.field("password", T("menu.account"), kind="password"),
        c.button(T("shell.update.action"), type="submit", id="enter"),
        action="/session/sign-in",
        fields={"next": "/home"},
    )


@shell.screen("/code", title="menu.account", audience="visitor", on_load=Stage.load)
def code() -> rx.Component:
    return rx.fragment(
        c.native_form(
            c.code_field(label=T("menu.account"), hint=T("menu.about.home")),
            c.button(T("shell.update.action"), type="submit"),
            action="/session/code",
        ),
        c.resend(seconds=WAIT_SECONDS, action="/session/resend", fields={"purpose": "register"}),
    )


class Desk:
    """What the endpoints saw."""

    posts: list[dict[str, str]] = []


async def enter(request: Request) -> Response:
    filled = dict(await request.form())
    Desk.posts.append({name: str(value) for name, value in filled.items()})
    if filled["password"] == "broken":
        return PlainTextResponse("", 500)
    if filled["password"] == "often":
        return PlainTextResponse("", 429)
    if filled["password"] != "right":
        back = {"error": "shell.unexpected", "field": "password", "reference": "A17", "number": filled["number"]}
        return RedirectResponse(f"/sign-in?{urlencode(back)}", 303)
    return RedirectResponse("/home", 303)


async def prove(request: Request) -> Response:
    filled = await request.form()
    Desk.posts.append({"code": str(filled["code"])})
    return RedirectResponse("/home" if filled["code"] == "123456" else "/code?error=shell.failed&field=code", 303)


async def resend(request: Request) -> Response:
    Desk.posts.append({"resend": str((await request.form())["purpose"])})
    return RedirectResponse("/code", 303)


async def seen(_request: Request) -> Response:
    return PlainTextResponse(repr(Desk.posts))


def strict(inner: ASGIApp) -> ASGIApp:
    """The program's content policy, and pages without a slash at the end."""
    home = Path(os.environ["REFLEX_WEB_WORKDIR"]) / "build" / "client"
    policy = content_policy(home, os.environ["SELFCARE_PUBLIC_URL"])

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (home / scope["path"].strip("/") / "index.html").is_file():
            scope = {**scope, "path": scope["path"].rstrip("/") + "/"}

        async def say(event: Event) -> None:
            if event["type"] == "http.response.start":
                headers = MutableHeaders(scope=event)
                if headers.get("content-type", "").startswith("text/html"):
                    headers["content-security-policy"] = policy
            await send(event)

        await inner(scope, receive, say)

    return serve


endpoints = Starlette(
    routes=[
        Route("/session/sign-in", enter, methods=["POST"]),
        Route("/session/code", prove, methods=["POST"]),
        Route("/session/resend", resend, methods=["POST"]),
        Route("/seen", seen),
    ]
)
app = rx.App(**shell.app_arguments(), api_transformer=[endpoints, strict] if "REFLEX_WEB_WORKDIR" in os.environ else [])
shell.configure(app, notices=[Stage.notice], effects=(Stage.effects, Stage.take_off))
assert text_of("menu.home")
