"""What stands before the rows of a file: lines to skip, and the header that names the columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from selfcare_app.intake.parts import Part
from selfcare_app.intake.windows import Blocks, Dialect, csv_reader


@dataclass(frozen=True, slots=True)
class Head:
    """The names of the columns, the line they stand in, the bytes before the first row, and the rest of the file."""

    names: Sequence[str]
    line: int
    preamble: Sequence[bytes]
    dialect: Dialect
    blocks: Blocks


def read_head(stream: BinaryIO, part: Part) -> Head | None:
    """The head of a part; None if the file ends before it."""
    mapping = part.mapping
    dialect = mapping.dialect if mapping else Dialect()
    blocks = Blocks(stream)
    preamble: list[bytes] = []
    wanted = (mapping.skip_rows if mapping else 0) + (mapping is None or mapping.header is None)
    for _ in range(wanted):
        if not (line := blocks.line_of_text()):
            return None
        preamble.append(line)
    if mapping is not None and mapping.header is not None:
        return Head(mapping.header, 1, preamble, dialect, blocks)
    text = preamble[-1].decode(dialect.encoding, "replace").rstrip("\r\n")
    lines = iter([text])
    names = next(csv_reader(dialect)(lines), [])
    if not any(name.strip() for name in names):
        return None
    return Head(names, len(preamble), preamble, dialect, blocks)
