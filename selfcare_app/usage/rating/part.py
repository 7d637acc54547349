"""A part of a batch of records that was priced at once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from selfcare_app.usage.rating.columns import Rated, Uses
from selfcare_app.usage.rating.compiled import Compiled


@dataclass(frozen=True)
class Part:
    """Records of lines that were on one plan then, at the places `rows` of the batch, and how they were priced."""

    plan: str
    rows: npt.NDArray[np.int64]
    uses: Uses
    prices: Compiled
    rated: Rated
