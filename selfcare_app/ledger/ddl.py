"""Triggers by which the database itself refuses to change or take away what the ledger has written."""

from sqlalchemy import DDL, MetaData, event

WRITTEN_ONCE = ("transfer", "operation")
KEPT = ("ledger_account",)

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


def statements(dialect: str) -> tuple[str, ...]:
    """All statements for a migration, in order; `dialect` is `sqlite` or `postgresql`."""
    triggers = tuple(text for table in (*WRITTEN_ONCE, *KEPT) for text in _triggers(dialect, table))
    return (_POSTGRES_FUNCTION.strip(), *triggers) if dialect == "postgresql" else triggers


def immutable(metadata: MetaData) -> None:
    """Makes every creation of the ledger's tables out of `metadata` create the triggers with them."""
    for table in (*WRITTEN_ONCE, *KEPT):
        for dialect in ("sqlite", "postgresql"):
            function = (_POSTGRES_FUNCTION.strip(),) if dialect == "postgresql" else ()
            for text in (*function, *_triggers(dialect, table)):
                made = DDL(text.replace("%", "%%")).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
                event.listen(metadata.tables[table], "after_create", made)


def _triggers(dialect: str, table: str) -> tuple[str, ...]:
    verbs = ["DELETE"] if table in KEPT else ["DELETE", "UPDATE"]
    if dialect == "postgresql":
        verbs.append("TRUNCATE")
    template = _POSTGRES if dialect == "postgresql" else _SQLITE
    return tuple(template.format(table=table, verb=verb).strip() for verb in verbs)
