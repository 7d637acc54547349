"""Lets the engine for whole columns price a list of uses of one line."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np

from selfcare_app.catalogue.price_list import PriceList
from selfcare_app.db import micros
from selfcare_app.usage.rating import columns
from selfcare_app.usage.rating.columns import Uses
from selfcare_app.usage.rating.compiled import compiled
from selfcare_app.usage.rating.engine import Use
from selfcare_app.usage.rating.given import Given, in_order


def in_columns(uses: list[Use], zone: ZoneInfo, lines: list[int] | None = None) -> Uses:
    def column(values: list[int]) -> np.ndarray:
        return np.array(values, np.int64)

    return Uses(
        line=column(lines or [1] * len(uses)),
        at=column([micros(use.at) for use in uses]),
        kind=column([int(use.kind) for use in uses]),
        direction=column([int(use.direction) for use in uses]),
        zone=column([int(use.zone) for use in uses]),
        seconds=column([use.duration_seconds for use in uses]),
        octets=column([use.octets for use in uses]),
        forwarded=np.array([use.forwarded for use in uses], bool),
        time_zone=zone,
    )


def by_columns(uses: list[Use], prices: PriceList, zone: ZoneInfo, given: Sequence[Given] = ()) -> list[int]:
    """The charges in ten-thousandths of a minor unit."""
    return columns.rate(in_columns(uses, zone), compiled(prices), given={1: in_order(given)}).units.tolist()
