"""What is left of a line's packages."""

from datetime import datetime, timedelta

from sqlmodel import Session, select

from selfcare_app import operators
from selfcare_app.kit.actor import Holder
from selfcare_app.usage.tables import Allowance
from selfcare_app.usage.views import AllowanceLeft

_DAY = timedelta(days=1)


def left(session: Session, actor: Holder, *, now: datetime) -> tuple[AllowanceLeft, ...]:
    """Packages in force today: those of the tariff plan first, then promotions; by kind, then name."""
    today = now.astimezone(operators.of(session).zone).date()
    rows = session.exec(
        select(Allowance)
        .where(Allowance.line_id == actor.line_id, Allowance.period_from <= today, Allowance.period_until > today)
        .order_by(Allowance.promo, Allowance.kind, Allowance.name, Allowance.code)  # type: ignore[arg-type]
    )
    return tuple(
        AllowanceLeft(
            code=row.code,
            name=row.name,
            kind=row.kind,
            total=row.total,
            used=row.used,
            promo=row.promo,
            last_day=row.period_until - _DAY,
            as_of=row.as_of,
        )
        for row in rows
    )
