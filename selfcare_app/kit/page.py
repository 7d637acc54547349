"""One page of a longer list, with where the next one starts."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """`items` in order; `next` is the opaque cursor of the following page or None; `total` when it is known."""

    items: tuple[Item, ...]
    next: str | None = None
    total: int | None = None
