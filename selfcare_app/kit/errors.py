"""The four kinds of refusal; everything else that is raised is a bug."""

from typing import Any, ClassVar


class Fault(Exception):
    """A refusal with a stable code `area.name` and the parameters of its sentence.

    The sentence stands in the catalogues under `area.error.name`. Subclasses are defined beside the function that
    raises them and set `code`.
    """

    code: ClassVar[str] = ""

    def __init__(self, **params: Any) -> None:
        super().__init__(self.code)
        self.params = params

    @property
    def key(self) -> str:
        """The catalogue key of the sentence."""
        area, _, name = self.code.partition(".")
        return f"{area}.error.{name}"


class Refused(Fault):
    """Not like this, or not now: a rule says no."""


class Denied(Fault):
    """Not you, or prove it first."""


class NotFound(Fault):
    """There is no such thing among what the actor may see."""


class Unavailable(Fault):
    """Something outside did not answer."""
