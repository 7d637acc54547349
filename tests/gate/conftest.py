"""States that only these tests have, and tabs that talk to them through the gate."""

import os
from collections.abc import AsyncIterator
from typing import Annotated, Literal, NotRequired, TypedDict

import pytest
import reflex as rx
from pydantic import StringConstraints

from selfcare_app.kit.actor import ProofNeeded
from selfcare_app.kit.errors import Refused
from selfcare_app.wiring import Wiring
from tests.harness import Tabs, running

os.environ.setdefault("REFLEX_ENV_MODE", "prod")

from selfcare_app.ui.session import OpenState, SignedState, internal, public, quiet


class Taken(Refused):
    """For tests."""

    code = "kit.busy"


class Asked(TypedDict):
    """A form of these tests."""

    mask: str
    agreed: NotRequired[str]


class Purse(SignedState):
    """Has something to lose."""

    amount: int = 0
    said: str = ""
    _secret: str = ""

    @rx.event
    async def load(self):
        self.said = f"line {(await self._actor()).line_id}"

    @rx.event
    async def spend(self, amount: int, to: str):
        actor = await self._actor()
        self.amount, self.said, self._secret = amount, f"{to} by {actor.line_id}", f"secret {actor.line_id}"

    @rx.event
    def choose(
        self, kind: Literal["gold", "plain"], names: list[str], note: Annotated[str, StringConstraints(max_length=5)]
    ):
        self.said = kind

    @rx.event
    def ask(self, form: Asked):
        self.said = form["mask"]

    @rx.event
    def maybe(self, amount: int | None = None, agreed: bool = False, share: float = 0.5):
        self.said = "maybe"

    @rx.event
    def refuse(self):
        raise Taken()

    @rx.event
    def prove(self):
        raise ProofNeeded(purpose="call_detail")

    @rx.event
    def break_down(self):
        raise RuntimeError("canary-in-an-exception 375291234567")

    @rx.event
    @quiet
    def poll(self):
        self.said = "polled"

    @rx.event
    @internal
    def pushed(self):
        self.said = "pushed"

    @rx.event
    def chain(self):
        return Purse.pushed

    def undecorated(self, amount: int):
        self.amount = amount


class Window(OpenState):
    """Anyone may look in."""

    seen: str = ""

    @rx.event
    @public
    async def look(self):
        actor = await self._maybe_actor()
        self.seen = f"line {actor.line_id}" if actor else "nobody"

    @rx.event
    def forgotten(self):
        self.seen = "this handler says no @public"


@pytest.fixture
async def tab(wires: Wiring) -> AsyncIterator[Tabs]:
    """Makes tabs."""
    from selfcare_app.selfcare_app import app

    async with running(app) as tabs:
        yield tabs
