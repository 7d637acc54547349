"""Pure decisions about bonus units: what a day of a line brings."""

from collections.abc import Collection

from selfcare_app.kit.money import RATE_SCALE
from selfcare_app.operators.schema.money import Bonus

CURRENCY = "PTS"
"""What the ledger calls bonus units."""

USAGE, SERVICE = "bonus_usage", "bonus_service"
"""Codes of transfers: for ordinary usage, for certain services."""


def accrued(rule: Bonus, *, charge_units: int, services: Collection[str]) -> dict[str, int]:
    """Code -> units above zero for one day of usage that cost `charge_units` (kit.money.Rate) and connected services.

    A unit is for every full `charge_minor_per_unit`: what is less than one brings nothing. IH-039.
    """
    usage = max(0, charge_units) // (rule.charge_minor_per_unit * RATE_SCALE)
    service = sum(each.units for each in rule.services if each.service in services)
    return {code: units for code, units in ((USAGE, usage), (SERVICE, service)) if units}
