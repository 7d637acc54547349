"""The lines whose records are priced: which plans they were on, and which account pays for them."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from selfcare_app.kit.bulk import chunks
from selfcare_app.subscribers import line_plan
from selfcare_app.subscribers.line_plan import Held
from selfcare_app.subscribers.tables import Account, Line


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line by its compact number: the account that pays, its currency, and the plans held, oldest first."""

    no: int
    id: UUID
    account_id: UUID
    currency: str
    held: tuple[Held, ...]


def priced_lines(session: Session, numbers: Collection[int]) -> dict[int, PricedLine]:
    """These lines by their compact numbers."""
    rows: list[tuple[Line, str]] = []
    for some in chunks(numbers):
        query = select(Line, col(Account.currency)).join(Account, col(Account.id) == Line.account_id)
        rows += list(session.exec(query.where(col(Line.no).in_(some))).all())
    held = line_plan.of_lines(session, {line.id: line.tariff_plan for line, _ in rows})
    return {line.no: PricedLine(line.no, line.id, line.account_id, currency, held[line.id]) for line, currency in rows}
