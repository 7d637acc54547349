"""Counts what records had used of a plan's packages before the line was shown what it is given for the month."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, select

from selfcare_app.kit.bulk import chunks
from selfcare_app.subscribers.tables import Line
from selfcare_app.usage.load import ALLOWANCE
from selfcare_app.usage.rating.rating_tables import PackageUse
from selfcare_app.usage.tables import Allowance


def count(session: Session, ids: Sequence[UUID]) -> None:
    """Brings `used` of these rows of `allowance` to what records of their months have taken already."""
    found: list[dict[str, object]] = []
    for some in chunks(ids):
        query = (
            select(Allowance, PackageUse)
            .join(Line, col(Line.id) == Allowance.line_id)
            .join(PackageUse, (col(PackageUse.line_no) == Line.no) & (col(PackageUse.code) == Allowance.code))
            .where(col(Allowance.id).in_(some))
        )
        found += [
            {"of": row.id, "now_used": min(row.total, of_month.used)}
            for row, of_month in session.exec(query)
            if of_month.month == row.period_from.year * 12 + row.period_from.month - 1
        ]
    if found:
        mine = update(ALLOWANCE).where(ALLOWANCE.c.id == bindparam("of")).values(used=bindparam("now_used"))
        session.connection().execute(mine, found)
