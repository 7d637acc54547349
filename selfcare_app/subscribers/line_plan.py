"""On which tariff plan lines were at any time: usage that comes late finds the prices of its own time by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app.kit.bulk import chunks
from selfcare_app.subscribers.tables import LinePlan


@dataclass(frozen=True, slots=True)
class Held:
    """A line was on `plan` until `until`; None: it still is."""

    plan: str
    until: datetime | None = None


def of_lines(session: Session, present: Mapping[UUID, str]) -> dict[UUID, tuple[Held, ...]]:
    """Every plan that these lines were on, oldest first; `present` names the one that each is on now."""
    held: dict[UUID, list[Held]] = {line: [] for line in present}
    for some in chunks(present):
        query = select(LinePlan).where(col(LinePlan.line_id).in_(some)).order_by(col(LinePlan.valid_until))
        for row in session.exec(query).all():
            held[row.line_id].append(Held(row.tariff_plan, row.valid_until))
    return {line: (*former, Held(present[line])) for line, former in held.items()}


def at(held: Sequence[Held], moment: datetime) -> str:
    """The plan at that moment."""
    return next((each.plan for each in held if each.until is None or moment < each.until), held[-1].plan)
