"""Triggers by which the database itself refuses to change or take away what the ledger has written."""

from sqlalchemy import MetaData

from selfcare_app.kit import immutable as triggers

WRITTEN_ONCE = ("transfer", "operation")
KEPT = ("ledger_account", "money_hold")


def statements(dialect: str) -> tuple[str, ...]:
    """All statements for a migration, in order; `dialect` is `sqlite` or `postgresql`."""
    return triggers.statements(dialect, written_once=WRITTEN_ONCE, kept=KEPT)


def immutable(metadata: MetaData) -> None:
    """Makes every creation of the ledger's tables out of `metadata` create the triggers with them."""
    triggers.immutable(metadata, written_once=WRITTEN_ONCE, kept=KEPT)
