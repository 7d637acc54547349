"""What a filled operator sells besides: another plan, a closed one, packages of mobile internet."""

from datetime import timedelta
from typing import Any

from selfcare_app.catalogue.tables import Service, TariffPlan
from selfcare_app.kit.ids import new_id
from tests.served import Served

_BY = (
    "Лёгкий",
    "100 минут и 1 ГБ в месяц",
    "День за днём",
    "Небольшая плата каждый день",
    "Интернет 5 ГБ",
    "До конца месяца",
)
_UA = (
    "Легкий",
    "100 хвилин і 1 ГБ на місяць",
    "День за днем",
    "Невелика плата щодня",
    "Інтернет 5 ГБ",
    "До кінця місяця",
)
TEXTS = (*_BY, *_UA)


def give(served: Served) -> None:
    """Writes it; the plan `basic` and three services are there already."""
    since = served.now - timedelta(days=900)
    light, what, daily, how, net, long = _BY if served.profile.country == "BY" else _UA
    rows: list[Any] = [
        TariffPlan(
            id=new_id(), code="light", name=light, description=what, fee_minor=790, switch_fee_minor=200,
            link="https://example.com/light", valid_from=since,
        ),
        TariffPlan(
            id=new_id(), code="daily", name=daily, description=how, fee_minor=45, fee_period="day", valid_from=since
        ),
        Service(
            id=new_id(), code="net5", name=net, description=long, category="mobile_internet", fee_minor=590,
            connect_fee_minor=100, package={"bytes": 5 * 2**30}, valid_from=since,
        ),
        Service(
            id=new_id(), code="digest", name=f"{net} +", description=long, category="information", fee_minor=12,
            fee_period="day", valid_from=since,
        ),
    ]  # fmt: skip
    with served.db.transaction() as session:
        session.add_all(rows)
