"""Triggers by which the database itself refuses to change or take away what the journal has written."""

from selfcare_app.kit import immutable as triggers

WRITTEN_ONCE = ("journal_entry",)
KEPT = ("journal_head",)


def statements(dialect: str) -> tuple[str, ...]:
    """All statements for a migration, in order; `dialect` is `sqlite` or `postgresql`."""
    return triggers.statements(dialect, written_once=WRITTEN_ONCE, kept=KEPT)
