"""A journey as data: its steps; the next one and the right to visit one come from the answers and are never stored."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from selfcare_app.kit.errors import Refused

Answers = Mapping[str, Mapping[str, Any]]
"""What was answered: step slug -> field name -> value."""


class Missing(Refused):
    """A field of a step has no answer."""

    code = "orders.missing"


class NoSuchChoice(Refused):
    """An answer is not among those that a step offers."""

    code = "orders.no_such_choice"


class TooLong(Refused):
    """An answer is longer than `longest` characters."""

    code = "orders.too_long"


class StepNotYet(Refused):
    """A step before this one has no answer yet."""

    code = "orders.step_not_yet"


@dataclass(frozen=True, slots=True)
class Field:
    """One question: `name` is also the end of its label's key; `choices` are value -> label key where it has some."""

    name: str
    kind: str = "text"
    choices: Callable[[Answers], Sequence[tuple[str, str]]] | None = None
    required: bool = True
    longest: int = 100

    def answer(self, typed: Mapping[str, Any], answers: Answers) -> str:
        """The answer to keep. Raises Missing, TooLong, NoSuchChoice."""
        value = str(typed.get(self.name, "")).strip()
        if not value and self.required:
            raise Missing()
        if len(value) > self.longest:
            raise TooLong(longest=self.longest)
        if value and self.choices is not None and value not in dict(self.choices(answers)):
            raise NoSuchChoice()
        return value


def _always(_answers: Answers) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Step:
    """One screen: a `slug` for its address, the fields of its form, and whether these answers lead to it.

    A step without fields is answered by the act that ends it, such as the check or the code.
    """

    slug: str
    form: tuple[Field, ...] = ()
    applies: Callable[[Answers], bool] = _always

    def is_answered(self, answers: Answers) -> bool:
        """Whether every question of the step has its answer."""
        given = answers.get(self.slug)
        return bool(self.form) and given is not None and all(f.name in given for f in self.form)


@dataclass(frozen=True, slots=True)
class Journey:
    """The steps of one kind of order in their order."""

    kind: str
    steps: tuple[Step, ...]
    by_slug: Mapping[str, Step] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_slug", {step.slug: step for step in self.steps})

    def applying(self, answers: Answers) -> tuple[Step, ...]:
        """The steps that these answers lead through."""
        return tuple(step for step in self.steps if step.applies(answers))

    def next(self, answers: Answers) -> Step:
        """The first step without an answer, or the last one."""
        steps = self.applying(answers)
        return next((step for step in steps if not step.is_answered(answers)), steps[-1])

    def may_visit(self, slug: str, answers: Answers) -> bool:
        """Whether every form before the step has its answers."""
        steps = self.applying(answers)
        slugs = [step.slug for step in steps]
        if slug not in slugs:
            return False
        return all(step.is_answered(answers) for step in steps[: slugs.index(slug)] if step.form)

    def require(self, slug: str, answers: Answers) -> None:
        """Raises StepNotYet unless `may_visit`."""
        if not self.may_visit(slug, answers):
            raise StepNotYet()

    def place(self, slug: str, answers: Answers) -> tuple[int, int]:
        """The number of the step, from 1, and of how many."""
        slugs = [step.slug for step in self.applying(answers)]
        return slugs.index(slug) + 1, len(slugs)

    def kept(self, answers: Answers) -> dict[str, dict[str, Any]]:
        """The answers that still count: those of steps which other answers do not lead to any more are left out."""
        counted: dict[str, dict[str, Any]] = {}
        for step in self.steps:
            if step.slug in answers and step.applies(counted):
                counted[step.slug] = dict(answers[step.slug])
        return counted
