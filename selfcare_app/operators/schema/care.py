"""Help: questions, call-backs, and what the cabinet cannot do."""

from typing import Annotated

from pydantic import Field

from selfcare_app.operators.schema.section import Count, Key, Section
from selfcare_app.operators.schema.vocabulary import QuestionReason


class Feedback(Section):
    """Questions and wishes, and their answers."""

    answer_within_seconds: Count | None = None
    call_back: bool
    max_length: Count


class ChargeQuestion(Section):
    """Questions about one line of the charges: what may be asked, how often, and until when the answer comes."""

    reasons: Annotated[tuple[QuestionReason, ...], Field(min_length=1)]
    max_length: Annotated[int, Field(gt=0, le=1_000)]
    per_day: Count
    answer_working_days: Count
    answer_by_sms: bool
    words_kept_days: Count


class NotPossible(Section):
    """Something people look for that only the operator's staff can do."""

    key: Key
    turn_to: Annotated[tuple[Key, ...], Field(min_length=1)]


class Personal(Section):
    """What is told about the subscriber, in the order it is shown; keys name the values."""

    fields: Annotated[tuple[Key, ...], Field(min_length=1)]
    more_fields: tuple[Key, ...]
