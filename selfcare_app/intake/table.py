"""A table of an operator's export: its columns and what may stand in each."""

from dataclasses import dataclass

from selfcare_app.intake.kinds import Kind, Text, Word

KEY = Text(64)
"""What identifies a row at its source."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column by the name in the header; `required`: there has to be such a column and no cell of it is empty."""

    name: str
    kind: Kind
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table and its columns; of the columns `either`, each row has at least one filled in."""

    name: str
    columns: tuple[Column, ...]
    either: tuple[str, ...] = ()

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)


def word(*meanings: str, otherwise: str | None = None) -> Word:
    """One of a few words that mean themselves."""
    return Word({word: word for word in meanings}, otherwise)
