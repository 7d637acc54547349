"""The base of every section of a profile, and the constrained values that sections are made of."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class Section(BaseModel):
    """A part of a profile: immutable, refuses unknown keys and values of another type."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)


Count = Annotated[int, Field(gt=0)]
"""A whole number of things, seconds, days or minor units, at least one."""

CountOrZero = Annotated[int, Field(ge=0)]

Percent = Annotated[int, Field(ge=0, le=100)]

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""A name that code or a catalogue key is found by."""

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]

Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]+$")]

Dialled = Annotated[str, StringConstraints(pattern=r"^[0-9*#+]+(\{[a-z0-9]+\})?#?$")]
"""What is typed on a phone's keys; `{code}` and the like stand for what the person adds."""

HexColour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]

Language = Literal["ru", "uk", "be", "en"]
