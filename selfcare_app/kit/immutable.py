"""Triggers by which the database itself refuses to change or take away rows."""

from collections.abc import Sequence

from sqlalchemy import DDL, MetaData, event

_SQLITE = """
CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} rows are immutable'); END
"""

_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% rows are immutable', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
"""

_POSTGRES = """
CREATE OR REPLACE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
"""


def statements(dialect: str, *, written_once: Sequence[str] = (), kept: Sequence[str] = ()) -> tuple[str, ...]:
    """All statements for a migration, in order; `dialect` is `sqlite` or `postgresql`.

    Rows of `written_once` are neither changed nor deleted, rows of `kept` are not deleted.
    """
    verbs = {**dict.fromkeys(written_once, ("DELETE", "UPDATE")), **dict.fromkeys(kept, ("DELETE",))}
    triggers = tuple(text for table in verbs for text in _triggers(dialect, table, verbs[table]))
    return (_POSTGRES_FUNCTION.strip(), *triggers) if dialect == "postgresql" else triggers


def immutable(metadata: MetaData, *, written_once: Sequence[str] = (), kept: Sequence[str] = ()) -> None:
    """Makes every creation of these tables out of `metadata` create the triggers with them."""
    for table in (*written_once, *kept):
        for dialect in ("sqlite", "postgresql"):
            only = {"written_once": (table,)} if table in written_once else {"kept": (table,)}
            for text in statements(dialect, **only):
                made = DDL(text.replace("%", "%%")).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
                event.listen(metadata.tables[table], "after_create", made)


def _triggers(dialect: str, table: str, verbs: Sequence[str]) -> tuple[str, ...]:
    refused = (*verbs, "TRUNCATE") if dialect == "postgresql" else verbs
    template = _POSTGRES if dialect == "postgresql" else _SQLITE
    return tuple(template.format(table=table, verb=verb).strip() for verb in refused)
