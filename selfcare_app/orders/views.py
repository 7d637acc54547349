"""What leaves the area of orders."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from selfcare_app.kit.money import Money
from selfcare_app.orders.rules import OrderState


@dataclass(frozen=True, slots=True)
class DraftView:
    """Answers of an unfinished journey by step."""

    id: UUID
    kind: str
    answers: Mapping[str, Mapping[str, Any]]
    is_open: bool


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order as its subscriber sees it; `params` are what the kind of order is about, `failure` the reason's name."""

    id: UUID
    no: int
    kind: str
    state: OrderState
    params: Mapping[str, Any]
    price: Money
    accepted_at: datetime
    due_at: datetime
    finished_at: datetime | None
    failure: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """An order whose time has come."""

    id: UUID
    kind: str
