"""What the people of a filled world have bought in instalments, and their bonus units."""

from datetime import date, timedelta

from selfcare_app.kit.actor import System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger.post import Leg, post
from selfcare_app.payments.bonus_tables import Gift
from selfcare_app.payments.instalment_tables import Instalment
from selfcare_app.subscribers.tables import Line
from tests.served import Served

_GOODS = (("Xiaomi Redmi Note 14", 12, 4_250, 25_400), ("ZTE MF79U", 6, 1_990, 0))
_GIFTS = (("15 минут", 60, "seconds", 900), ("10 SMS", 30, "messages", 10), ("2 ГБ", 280, "bytes", 2**31))
TEXTS = (*(title for title, *_ in _GOODS), *(name for name, *_ in _GIFTS))
"""Names that are data and not sentences of the program."""


def give(served: Served, *lines: Line) -> None:
    """A purchase that is being paid and one that is paid off for each line; units and gifts, where there are such."""
    profile = served.profile
    with served.db.transaction() as session:
        if profile.instalments is not None:
            session.add_all(_purchase(served, line, *goods) for line in lines for goods in _GOODS)
        if profile.bonus is not None:
            since = served.now - timedelta(days=90)
            session.add_all(
                Gift(id=new_id(), code=f"g{units}", name=name, units=units, kind=kind, amount=amount, days=30, valid_from=since)
                for name, units, kind, amount in _GIFTS
            )  # fmt: skip
            for line in lines:
                units = Money(100, "PTS", 0)
                leg = Leg(("bonus_issued", "bonus_usage"), ("bonus", line.account_id), units, "bonus_usage")
                post(session, System("test"), kind="bonus", key=str(line.id), legs=[leg], now=served.now)


def _purchase(served: Served, line: Line, title: str, payments: int, monthly: int, rest: int) -> Instalment:
    return Instalment(
        id=new_id(), external_id=f"{line.id} {title}", line_id=line.id, title=title, bought_on=date(2026, 5, 12),
        matures_on=date(2027, 5, 12), next_on=date(2026, 12, 12) if rest else None, payments=payments,
        monthly_minor=monthly, rest_minor=rest, as_of=served.now - timedelta(days=1),
    )  # fmt: skip
