"""A journey: where it leads and which step may be visited come from the answers alone."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfcare_app.orders.journey import Answers, Field, Journey, Missing, NoSuchChoice, Step, StepNotYet, TooLong

PAUSE = Journey(
    "pause",
    (
        Step("reason", (Field("reason", "radios", lambda _a: (("travel", "pause.travel"), ("other", "pause.other"))),)),
        Step("words", (Field("words", longest=20),), applies=lambda a: a.get("reason", {}).get("reason") == "other"),
        Step("until", (Field("day", "date"), Field("remind", required=False))),
        Step("check"),
    ),
)
TRAVEL: Answers = {"reason": {"reason": "travel"}}
OTHER: Answers = {"reason": {"reason": "other"}}
WORDS: Answers = {"words": {"words": "a baby"}}
UNTIL: Answers = {"until": {"day": "2026-12-01", "remind": ""}}


@pytest.mark.parametrize(
    ("answers", "slug", "place"),
    [
        ({}, "reason", (1, 3)),
        (TRAVEL, "until", (2, 3)),
        (OTHER, "words", (2, 4)),
        ({**OTHER, **WORDS}, "until", (3, 4)),
        ({**OTHER, **WORDS, **UNTIL}, "check", (4, 4)),
        ({**TRAVEL, **UNTIL}, "check", (3, 3)),
    ],
)
def test_the_next_step_follows_from_the_answers(answers: Answers, slug: str, place: tuple[int, int]) -> None:
    assert PAUSE.next(answers).slug == slug
    assert PAUSE.place(slug, answers) == place
    PAUSE.require(slug, answers)


@pytest.mark.security("S-18")
@pytest.mark.parametrize(
    ("answers", "slug"),
    [
        ({}, "until"),
        ({}, "check"),
        (TRAVEL, "check"),
        (TRAVEL, "words"),
        (OTHER, "until"),
        ({**OTHER, **UNTIL}, "check"),
        (UNTIL, "check"),
        (TRAVEL, "nowhere"),
    ],
)
def test_no_step_is_open_before_those_that_lead_to_it(answers: Answers, slug: str) -> None:
    assert not PAUSE.may_visit(slug, answers)
    with pytest.raises(StepNotYet):
        PAUSE.require(slug, answers)


answers_of_any_kind = st.fixed_dictionaries(
    {},
    optional={
        "reason": st.fixed_dictionaries({}, optional={"reason": st.sampled_from(["travel", "other", ""])}),
        "words": st.just({"words": "x"}),
        "until": st.fixed_dictionaries({}, optional={"day": st.just("2026-12-01"), "remind": st.just("")}),
        "strange": st.just({"x": "y"}),
    },
)


@given(answers_of_any_kind)
def test_the_next_step_may_always_be_visited_and_nothing_behind_it(answers: dict[str, Any]) -> None:
    follows = PAUSE.next(answers).slug
    slugs = [step.slug for step in PAUSE.applying(answers)]
    allowed = [slug for slug in slugs if PAUSE.may_visit(slug, answers)]
    assert allowed == slugs[: slugs.index(follows) + 1]


@given(answers_of_any_kind)
def test_answers_that_lead_nowhere_are_not_kept(answers: dict[str, Any]) -> None:
    kept = PAUSE.kept(answers)
    assert set(kept) <= {step.slug for step in PAUSE.applying(kept)}
    assert PAUSE.kept(kept) == kept
    assert PAUSE.next(kept) == PAUSE.next({**kept, "strange": {"x": "y"}})


def test_changing_an_answer_drops_what_followed_from_it() -> None:
    assert PAUSE.kept({**OTHER, **WORDS, **UNTIL, **TRAVEL}) == {**TRAVEL, **UNTIL}


@pytest.mark.parametrize(
    ("field", "typed", "refusal"),
    [
        (PAUSE.steps[0].form[0], {}, Missing),
        (PAUSE.steps[0].form[0], {"reason": "  "}, Missing),
        (PAUSE.steps[0].form[0], {"reason": "theft"}, NoSuchChoice),
        (PAUSE.steps[1].form[0], {"words": "x" * 21}, TooLong),
    ],
)
def test_a_wrong_answer_is_refused(field: Field, typed: dict[str, str], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        field.answer(typed, {})


def test_an_answer_is_kept_as_it_was_meant() -> None:
    assert PAUSE.steps[0].form[0].answer({"reason": " travel "}, {}) == "travel"
    assert PAUSE.steps[2].form[1].answer({}, {}) == ""
