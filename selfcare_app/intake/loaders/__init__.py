"""One loader a table: what becomes of a batch of good rows."""

from collections.abc import Callable

from selfcare_app.intake.loaders import lines, records, usage
from selfcare_app.intake.loaders.loader import Loader, Surroundings

MAKERS: dict[str, Callable[[Surroundings], Loader]] = {
    "clients": lambda around: records.Rows(around, records.clients),
    "accounts": lambda around: records.Rows(around, records.accounts),
    "tariff_plans": lambda around: records.Rows(around, records.tariff_plans),
    "services": lambda around: records.Rows(around, records.services),
    "lines": lines.Lines,
    "sims": lambda around: records.Rows(around, records.sims),
    "line_services": lambda around: records.Rows(around, records.line_services),
    "allowances": lambda around: records.Rows(around, records.allowances),
    "numbers": lambda around: records.Rows(around, records.numbers, rows_at_once=20_000),
    "payments": lambda around: records.Rows(around, records.payments),
    "usage": usage.Usage,
}

__all__ = ["MAKERS", "Loader", "Surroundings"]
