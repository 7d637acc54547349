"""One State and one screen that play any journey: its steps, its questions, its answers with links to change them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import reflex as rx

from selfcare_app.i18n.message import Message, from_fault, message
from selfcare_app.kit import clock
from selfcare_app.orders import draft
from selfcare_app.orders.draft import NoDraft, NotAnswered
from selfcare_app.orders.journey import Field, Journey, StepNotYet
from selfcare_app.orders.views import DraftView
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, msg
from selfcare_app.wiring import ask, do

DRAFT = "[draft]"


@dataclass(frozen=True)
class Player:
    """How a journey is played: `base` is where its steps stand, `words` begins the keys of its texts.

    `own` are paths of steps that have screens of their own. A step's title is `<words>.step.<slug>`, a question's
    label `<words>.field.<name>`.
    """

    journey: Journey
    base: str
    words: str
    own: Mapping[str, str] = field(default_factory=dict)

    def route(self, slug: str) -> str:
        """The route of a step's screen."""
        return self.own.get(slug, f"{self.base}/{slug}/{DRAFT}")

    def path(self, slug: str, draft_id: UUID | str) -> str:
        """The address of a step for one draft."""
        return self.route(slug).replace(DRAFT, str(draft_id))

    def title(self, slug: str) -> str:
        """The key of a step's title."""
        return f"{self.words}.step.{slug}"


PLAYERS: dict[str, Player] = {}
"""Kind of order → its player."""


def id_in(path: str) -> UUID:
    """The id that an address ends with. Raises NoDraft for anything else."""
    try:
        return UUID(last_of(path))
    except ValueError as wrong:
        raise NoDraft() from wrong


def last_of(path: str) -> str:
    """The last part of an address, as the browser has it in `arrival.last`."""
    return path.rstrip("/").rpartition("/")[2]


class JourneyState(SignedState):
    """What every step's screen needs: where in the journey it stands, and whether it may be there."""

    at: int = 0
    of: int = 0
    over: Message = {}

    async def _enter(self, kind: str, slug: str) -> DraftView | None:
        """The draft in the address, if this step may be shown now; None sets `over`. Raises StepNotYet."""
        player = PLAYERS.get(kind)
        self.over = {}
        try:
            found = await ask(draft.read, await self._actor(), draft_id=id_in(self.router.url.path))
            if player is None or found.kind != kind:
                raise NoDraft()
        except NoDraft as gone:
            self.over = from_fault(gone)
            return None
        if found.is_open:
            player.journey.require(slug, found.answers)
            self.at, self.of = player.journey.place(slug, found.answers)
        return found


class Play(JourneyState):
    """The questions of one step, and all answers so far."""

    questions: list[dict[str, Any]] = []
    answers: list[dict[str, Any]] = []
    errors: dict[str, Message] = {}
    kind: str = ""
    slug: str = ""

    @rx.event
    async def load(self, kind: str, slug: str):
        """Shows the step, or leads to the one that comes first."""
        self.errors, self.questions, self.answers = {}, [], []
        try:
            found = await self._enter(kind, slug)
        except StepNotYet:
            player = PLAYERS[kind]
            read = await ask(draft.read, await self._actor(), draft_id=id_in(self.router.url.path))
            return rx.redirect(player.path(player.journey.next(read.answers).slug, read.id), replace=True)
        if found is None:
            return None
        if not found.is_open:
            return rx.redirect(f"/orders/{found.id}", replace=True)
        self.kind, self.slug = kind, slug
        self._show(PLAYERS[kind], found)
        return None

    @rx.event
    async def answer(self, form: dict):
        """Keeps the answers of the step and goes on to the next one."""
        player = PLAYERS.get(self.kind)
        if player is None:
            raise NoDraft()
        try:
            found = await do(
                draft.answer,
                await self._actor(),
                journey=player.journey,
                draft_id=id_in(self.router.url.path),
                slug=self.slug,
                typed=form,
                now=clock.now(),
            )
        except NotAnswered as refused:
            self.errors = {name: from_fault(fault) for name, fault in refused.faults.items()}
            return None
        self.errors = {}
        # Whoever changes one answer comes back to the check, not through everything again.
        return rx.redirect(player.path(player.journey.next(found.answers).slug, found.id))

    def _show(self, player: Player, found: DraftView) -> None:
        step = player.journey.by_slug[self.slug]
        kept = found.answers.get(self.slug, {})
        self.questions = [_question(player, question, kept, found) for question in step.form]
        self.answers = [
            _answer(player, slug, question, found)
            for slug in (each.slug for each in player.journey.applying(found.answers))
            for question in player.journey.by_slug[slug].form
            if slug in found.answers
        ]


def _question(player: Player, question: Field, kept: Mapping[str, Any], found: DraftView) -> dict[str, Any]:
    choices = question.choices(found.answers) if question.choices else ()
    return {
        "name": question.name,
        "kind": question.kind,
        "label": message(f"{player.words}.field.{question.name}"),
        "options": [{"value": value, "label": message(key)} for value, key in choices],
        "value": str(kept.get(question.name, "")),
        "required": question.required,
        "longest": question.longest,
    }


def _answer(player: Player, slug: str, question: Field, found: DraftView) -> dict[str, Any]:
    value = str(found.answers[slug].get(question.name, ""))
    choices = dict(question.choices(found.answers)) if question.choices else {}
    return {
        "label": message(f"{player.words}.field.{question.name}"),
        "said": message(choices[value]) if value in choices else {},
        "value": value,
        "change": player.path(slug, found.id),
    }


def register(player: Player) -> None:
    """Makes the journey known, and screens for the steps that have none of their own."""
    PLAYERS[player.journey.kind] = player
    for step in player.journey.steps:
        if step.slug not in player.own:
            shown = shell.screen(
                player.route(step.slug),
                title=player.title(step.slug),
                on_load=Play.load(player.journey.kind, step.slug),
            )
            shown(step_screen)


def step_screen() -> rx.Component:
    """Any step: how far one is, its questions, the way on; or that the draft is no more."""
    return rx.cond(
        Play.over,
        gone(JourneyState.over),
        rx.fragment(
            progress(),
            c.form(
                rx.foreach(Play.questions, _drawn),
                c.actions(c.button(T("orders.journey.next"), type="submit")),
                on_submit=Play.answer,
                errors=Play.errors,
            ),
        ),
    )


def progress() -> rx.Component:
    """ "Step 2 of 4"; nothing until it is known."""
    return rx.cond(JourneyState.of > 0, c.steps(JourneyState.at, JourneyState.of))


def checked() -> rx.Component:
    """ "Check your answers" with a link to change each."""

    def line(row: Any) -> rx.Component:
        return c.answer(msg(row["label"]), rx.cond(row["said"], msg(row["said"]), row["value"]), row["change"])

    return rx.el.dl(
        rx.foreach(Play.answers, line), class_name="divide-y divide-line rounded-card bg-raised px-4 shadow-card"
    )


def gone(told: Any, action: rx.Component | None = None) -> rx.Component:
    """The draft is no more: why, what was not lost, and where to begin again."""
    return c.empty("clock", msg(told), T("orders.gone.lead"), action=action)


def _drawn(question: Any) -> rx.Component:
    label = msg(question["label"])
    common = {"value": question["value"], "required": question["required"]}
    return rx.match(
        question["kind"],
        ("radios", _choices(question, label)),
        ("date", c.date_field(question["name"], label, **common)),
        c.field(question["name"], label, max_length=question["longest"], **common),
    )


def _choices(question: Any, legend: Any) -> rx.Component:
    def one(choice: Any) -> rx.Component:
        return rx.el.label(
            rx.el.input(
                type="radio",
                name=question["name"],
                value=choice["value"],
                default_checked=choice["value"] == question["value"],
                class_name="size-5 shrink-0 accent-accent",
            ),
            msg(choice["label"]),
            class_name=(
                "flex min-h-12 items-center gap-3 rounded-card border border-field-line bg-raised px-4 py-2 "
                "has-[:checked]:border-accent has-[:checked]:bg-accent-soft"
            ),
        )

    name = question["name"].to(str)
    wrong = rx.el.p(msg(Play.errors[name]), class_name="text-s font-semibold text-bad")
    return rx.el.fieldset(
        rx.el.legend(legend, class_name="mb-2 font-semibold"),
        rx.cond(Play.errors.contains(name), wrong),
        rx.el.div(rx.foreach(question["options"].to(list[dict[str, Any]]), one), class_name="flex flex-col gap-2"),
        id=question["name"],
        custom_attrs={"tabIndex": -1},
    )
