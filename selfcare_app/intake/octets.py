"""Columns of cells as places in a block of bytes, so that most of them become values without becoming text first."""

from functools import cached_property

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Octets = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

PADDING = 64
"""Bytes of zero before and after a block, so that eight bytes can be read at any cell's end."""
WORD_BYTES = 8
_BUCKETS = 1 << 16
_BUCKET_SHIFT = np.uint64(48)
_FULL = np.uint64(0xFFFFFFFFFFFFFFFF)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_ZEROS = np.uint64(0x3030303030303030)
_HIGH = np.uint64(0xF0F0F0F0F0F0F0F0)
_SIX = np.uint64(0x0606060606060606)
_PAIRS = ((0x0F0F0F0F0F0F0F0F, 2561, 8), (0x00FF00FF00FF00FF, 6553601, 16), (0x0000FFFF0000FFFF, 42949672960001, 32))
LONGEST_WHOLE = 16


class Block:
    """Whole lines of a file as bytes; `text` is what they say."""

    def __init__(self, octets: bytes, encoding: str) -> None:
        self.padded = b"".join((bytes(PADDING), octets, bytes(PADDING)))
        self.text = octets.decode(encoding)
        self.one_byte_signs = len(self.text) == len(octets)
        self.encoding = encoding
        self.octets: Octets = np.frombuffer(self.padded, np.uint8)
        self.words: Words = np.ndarray((len(self.padded) - WORD_BYTES + 1,), "<u8", self.padded, strides=(1,))

    def texts(self, starts: Places, ends: Places) -> list[str]:
        """The texts at these places."""
        if self.one_byte_signs:
            text = self.text
            return [text[a:b] for a, b in zip((starts - PADDING).tolist(), (ends - PADDING).tolist(), strict=True)]
        padded, encoding = self.padded, self.encoding
        return [str(padded[a:b], encoding) for a, b in zip(starts.tolist(), ends.tolist(), strict=True)]


class Cells:
    """A column of cells at places of a block."""

    def __init__(self, block: Block, starts: Places, ends: Places) -> None:
        self._block, self._starts, self._ends = block, starts, ends

    @classmethod
    def of(cls, texts: list[str]) -> "Cells":
        """Cells out of texts."""
        encoded = [text.encode() for text in texts]
        ends = np.cumsum([PADDING, *map(len, encoded)])
        cells = cls(Block(b"".join(encoded), "utf-8"), ends[:-1], ends[1:])
        cells.__dict__["texts"] = texts
        return cells

    def __len__(self) -> int:
        return len(self._starts)

    @cached_property
    def texts(self) -> list[str]:
        """What each cell says."""
        return self._block.texts(self._starts, self._ends)

    @cached_property
    def lengths(self) -> Places:
        """How many bytes each cell has."""
        return self._ends - self._starts

    @cached_property
    def longest(self) -> int:
        """Bytes of the longest cell."""
        return int(self.lengths.max(initial=0))

    def word(self, place: int) -> Words:
        """Bytes [8 * place, 8 * place + 8) of each cell as a little-endian number; what is beyond its end is zero."""
        kept = np.clip(self.lengths - WORD_BYTES * place, 0, WORD_BYTES).astype(np.uint64)
        # A cell that ends before may point behind the padding: any place will do, as all its bytes are masked.
        at = np.minimum(self._starts + WORD_BYTES * place, len(self._block.words) - 1)
        return self._block.words[at] & ~_shifted(_FULL, kept * np.uint64(8))

    def words(self) -> list[Words]:
        """All bytes of the cells, eight at a time."""
        return [self.word(place) for place in range(-(-self.longest // WORD_BYTES))]

    def matrix(self, width: int) -> Octets:
        """Bytes of cells that all have `width` of them."""
        found: Octets = self._block.octets[np.add.outer(self._starts, np.arange(width))]
        return found

    def whole(self) -> tuple[Places, Flags]:
        """Each cell as a whole number, an empty one being 0; and which are nothing but 16 digits or fewer."""
        low, good = self._eight_digits(0)
        if self.longest <= WORD_BYTES:
            return low.astype(np.int64), good
        high, good_too = self._eight_digits(1)
        good = good & good_too & (self.lengths <= LONGEST_WHOLE)
        return (low + high * np.uint64(10**8)).astype(np.int64), good

    def _eight_digits(self, place: int) -> tuple[Words, Flags]:
        """The last eight digits but 8 * place, all rows at once: three multiplications add up digits by pairs."""
        kept = np.clip(self.lengths - WORD_BYTES * place, 0, WORD_BYTES).astype(np.uint64)
        at = np.maximum(self._ends - WORD_BYTES * (place + 1), 0)
        gone = np.uint64(64) - kept * np.uint64(8)
        mask = _shifted(_FULL, gone)
        word = (self._block.words[at] & mask) | (_ZEROS & ~mask)
        good: Flags = ((word & _HIGH) == _ZEROS) & (((word + _SIX) & _HIGH) == _ZEROS)
        for digits, factor, shift in _PAIRS:
            word = ((word & np.uint64(digits)) * np.uint64(factor)) >> np.uint64(shift)
        return word, good

    def distinct(self) -> tuple[list[str], Places]:
        """Different texts and which of them each cell is; a text may be there twice, but most are there once."""
        if not self.longest:
            return [""], np.zeros(len(self), np.int64)
        first, lengths = self.word(0), self.lengths
        second = self.word(1) if self.longest > WORD_BYTES else np.zeros(len(self), np.uint64)
        bucket = ((first ^ (second * _MIX) ^ lengths.astype(np.uint64)) * _MIX) >> _BUCKET_SHIFT
        rows = np.arange(len(self))
        last = np.empty(_BUCKETS, np.int64)
        last[bucket] = rows
        found = last[bucket]
        alike = (first[found] == first) & (second[found] == second) & (lengths[found] == lengths)
        found = np.where(alike & (lengths <= 2 * WORD_BYTES), found, rows)
        samples = np.flatnonzero(np.bincount(found, minlength=len(self)))
        number = np.empty(len(self), np.int64)
        number[samples] = np.arange(len(samples))
        return self.rows(samples).texts, number[found]

    def rows(self, kept: Places) -> "Cells":
        """Some of the cells, in any order and as often as named."""
        return Cells(self._block, self._starts[kept], self._ends[kept])

    def where(self, chosen: Flags, other: "Cells") -> "Cells":
        """The other column's cell in rows that are chosen, this one's in the rest."""
        if self._block is not other._block:
            pairs = zip(chosen.tolist(), other.texts, self.texts, strict=True)
            return Cells.of([theirs if take else own for take, theirs, own in pairs])
        starts = np.where(chosen, other._starts, self._starts)
        return Cells(self._block, starts, np.where(chosen, other._ends, self._ends))


def _shifted(word: np.uint64, bits: Words) -> Words:
    # NumPy, unlike C, gives zero for a shift by the whole width.
    shifted: Words = np.left_shift(word, bits)
    return shifted
