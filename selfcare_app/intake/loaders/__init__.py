"""One loader a table: what becomes of a batch of good rows."""

from collections.abc import Callable

from selfcare_app.intake.loaders import lines, prices, records, usage
from selfcare_app.intake.loaders.loader import Loader, Surroundings

MAKERS: dict[str, Callable[[Surroundings], Loader]] = {
    "clients": lambda around: records.Rows(around, records.clients),
    "accounts": lambda around: records.Rows(around, records.accounts),
    "tariff_plans": lambda around: records.Rows(around, records.tariff_plans),
    "plan_packages": lambda around: records.Rows(around, prices.packages),
    "prices": lambda around: records.Rows(around, prices.prices),
    "services": lambda around: records.Rows(around, records.services),
    "service_packages": lambda around: records.Rows(around, prices.service_packages),
    "lines": lines.Lines,
    "sims": lambda around: records.Rows(around, records.sims),
    "line_services": lambda around: records.Rows(around, records.line_services),
    "allowances": lambda around: records.Rows(around, records.allowances),
    "instalments": lambda around: records.Rows(around, records.instalments),
    "gifts": lambda around: records.Rows(around, records.gifts),
    "numbers": lambda around: records.Rows(around, records.numbers, rows_at_once=20_000),
    "payments": lambda around: records.Rows(around, records.payments),
    "vouchers": lambda around: records.Rows(around, records.vouchers),
    "usage": usage.Usage,
}

__all__ = ["MAKERS", "Loader", "Surroundings"]
