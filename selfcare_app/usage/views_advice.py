"""What tariff advice shows: the months behind it, and what they would have cost on every plan open to the line."""

from dataclasses import dataclass
from datetime import date, datetime

from selfcare_app.kit.money import Money


@dataclass(frozen=True, slots=True)
class MonthCost:
    """What the month that begins on `first` would have cost on a plan: its fee, and the usage beyond its packages."""

    first: date
    fee: Money
    usage: Money

    @property
    def total(self) -> Money:
        """Fee and usage."""
        return self.fee + self.usage


@dataclass(frozen=True, slots=True)
class PlanCost:
    """A plan and what the line's months would have cost on it, at the prices in force now.

    `package` is the code of a service whose package is added, `package_name` its name; both are empty for the plan with
    what the line has anyway. `months` are newest first; `fee`, `usage` and `total` are their sums. `saving` is what the
    present plan would have cost more in the same months (below zero where this plan is the dearer one, zero for the
    present plan), before `switching`, the price of going over to this plan and of connecting the package, once (zero
    for the present plan).
    """

    code: str
    name: str
    is_present: bool
    months: tuple[MonthCost, ...]
    fee: Money
    usage: Money
    total: Money
    saving: Money
    switching: Money
    package: str = ""
    package_name: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """The last complete months of the line (newest first) re-rated on every plan open to it, cheapest first.

    `plans` holds the present plan too, even where nobody may choose it any more, and each package that is open to the
    line, added to the present plan and to the best other one. `best` is the code of the plan that is cheapest together
    with the price of switching, `best_package` that of the package to add to it ("" for none); `stay` where that is the
    present plan as it is, or where no other one saves more than switching costs. `missing` says why `plans` is empty:
    "months" (the line has no complete month yet), "prices" (the present plan's prices are not known); "" where there
    is advice. `prices_at` is when the prices were in force: the moment of asking.
    """

    months: tuple[date, ...]
    plans: tuple[PlanCost, ...]
    present: str
    best: str
    stay: bool
    missing: str
    prices_at: datetime
    best_package: str = ""

    def plan(self, code: str, package: str = "") -> PlanCost | None:
        """The plan of that code with that package, or None."""
        return next((plan for plan in self.plans if (plan.code, plan.package) == (code, package)), None)
