"""A tariff plan together with packages that services bring every month, as one list beside others."""

from dataclasses import replace
from functools import lru_cache

import numpy as np

from selfcare_app.catalogue.price_list import MONEY, ServicePackageVersion
from selfcare_app.usage.rating.compiled import Compiled
from selfcare_app.usage.rating.given import exact
from selfcare_app.usage.rating.given_columns import covered


@lru_cache(maxsize=1024)
def widened(prices: Compiled, packages: tuple[ServicePackageVersion, ...]) -> Compiled:
    """The list, cut to one moment by Compiled.only, with these packages drawn before its own in every month.

    A package is for some uses that a rule prices and not for others: the rule becomes one for each sort of them.
    """
    if not packages:
        return prices
    ordered = sorted(packages, key=lambda package: (package.position, package.allowance))
    sorts, sort_of = np.unique([covered(package) for package in ordered], axis=1, return_inverse=True)
    count = sorts.shape[1]
    mixed = np.where(prices.rules > 0, prices.rules * count + sort_of.reshape(-1), 0)
    found, rules = np.unique(np.append(0, mixed), return_inverse=True)
    rule, sort = np.divmod(found, count)
    sort[0] = 0
    covers = sorts[:, sort] & (prices.rate[rule] > 0)
    bought = [n for n, package in enumerate(ordered) if package.unit != MONEY]
    money = [n for n, package in enumerate(ordered) if package.unit == MONEY]
    amounts = np.array([exact(package.unit, package.amount) for package in ordered], np.int64)
    return replace(
        prices,
        prices=tuple(prices.prices[n] for n in rule.tolist()),
        rules=rules.reshape(-1)[1:].reshape(prices.rules.shape).astype(np.int64),
        step=prices.step[rule],
        rate=prices.rate[rule],
        codes=(*(ordered[n].allowance for n in bought), *prices.codes),
        units=(*(ordered[n].unit for n in bought), *prices.units),
        amounts=np.concatenate([amounts[None, bought], prices.amounts[:1]], axis=1),
        draws=np.concatenate([covers[bought].T, prices.draws[rule]], axis=1),
        sums=amounts[money],
        pays=covers[money].T,
    )
