"""What is kept, and as what: every column of every table has a class, and no credential lies in clear."""

import re

import pytest
from sqlalchemy import LargeBinary, MetaData

from selfcare_app.db import metadata
from selfcare_app.kit.data_classes import CLASSES, held
from tests.conftest import import_tables

import_tables()
CREDENTIAL = re.compile(r"(^|_)(mac|pin\d|puk\d|password(_hash)?|seed|token(_digest)?|secret|setup_digest)$")


def unclassified(known: MetaData) -> list[str]:
    """Columns without a class, with two, or of a table or name that is not there."""
    said = held()
    there = {f"{table.name}.{column.name}" for table in known.tables.values() for column in table.columns}
    classed = [f"{table}.{column}" for table, its in said.items() for column in its.classes]
    return sorted(there ^ set(classed)) + sorted(each for each in set(classed) if classed.count(each) > 1)


@pytest.mark.security("asvs_14_1_1", "asvs_14_1_2")
def test_every_column_of_every_table_has_a_class() -> None:
    assert unclassified(metadata) == []
    assert {name for its in held().values() for name in its.classes.values()} == set(CLASSES)
    assert all(its.kept for its in held().values())


@pytest.mark.security("asvs_14_1_1")
def test_a_new_column_without_a_class_is_found() -> None:
    from sqlalchemy import Column, Integer, Table

    planted = MetaData()
    for table in metadata.tables.values():
        table.to_metadata(planted)
    planted.tables["sim"].append_column(Column("puk3", LargeBinary))
    Table("hoard", planted, Column("id", Integer, primary_key=True))
    assert set(unclassified(planted)) - set(unclassified(metadata)) == {"hoard.id", "sim.puk3"}


@pytest.mark.security("asvs_14_1_2", "asvs_13_3_1")
def test_a_credential_is_sealed_or_digested_wherever_it_is_kept() -> None:
    for name, its in held().items():
        table = metadata.tables[name]
        for column, kind in its.classes.items():
            stored = column in its.sealed or column in its.digests
            assert (kind == "P4") <= stored, f"{name}.{column} holds credentials in clear"
            assert (column in its.sealed) <= isinstance(table.c[column].type, LargeBinary), f"{name}.{column}"
            assert (kind == "P4") >= bool(CREDENTIAL.search(column)), f"{name}.{column} looks like a credential"
