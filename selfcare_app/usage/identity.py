"""The 63-bit key of a usage record: a digest of what identifies the record at its source."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]

_SEED = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_PLACE = 0x1000003


def record_keys(parts: Sequence[Integers | Sequence[Words]], count: int) -> Integers:
    """One key a record out of columns of whole numbers, and of texts as words of eight bytes padded with zeros.

    Equal records have equal keys on every machine. The key tells records of one line and one moment apart, so 63 well
    mixed bits are far more than enough.
    """
    state = np.full(count, _SEED, np.uint64)
    for place, part in enumerate(parts, 1):
        state = state ^ np.uint64(place * _PLACE)
        if isinstance(part, np.ndarray):
            state = _mixed(state ^ part.astype(np.uint64))
            continue
        state = _mixed(state)
        for word in part:
            # Texts are padded to the longest of their batch: padding must not change a key.
            state = np.where(word == 0, state, _mixed(state ^ word))
    return (state >> np.uint64(1)).astype(np.int64)


def _mixed(words: Words) -> Words:
    words = (words ^ (words >> np.uint64(30))) * _FIRST
    words = (words ^ (words >> np.uint64(27))) * _SECOND
    return words ^ (words >> np.uint64(31))
