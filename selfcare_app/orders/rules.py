"""Pure decisions about orders: which states there are, and what may still happen in each."""

from enum import StrEnum


class OrderState(StrEnum):
    """How an order stands; everything but ACCEPTED is its end."""

    ACCEPTED = "accepted"
    DONE = "done"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


class DraftState(StrEnum):
    """How a draft stands."""

    OPEN = "open"
    DONE = "done"
    ANNULLED = "annulled"


LOWEST_NO = 100_000_000
"""Numbers that people read out have nine digits."""


def can_be_withdrawn(state: str, *, withdrawable: bool) -> bool:
    """Whether the one who gave the order may take it back."""
    return withdrawable and state == OrderState.ACCEPTED
