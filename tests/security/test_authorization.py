"""Who may what is one table, and the reviewed one: whatever is added to the program stands in it or fails here."""

import difflib

import pytest

from selfcare_app.access import rights
from tests.citations import ROOT
from tests.security import authorization


@pytest.mark.security("asvs_8_2_1", "asvs_8_1_1", "asvs_8_1_2", "asvs_6_3_4", "asvs_8_4_2")
def test_who_may_what_is_as_it_was_reviewed() -> None:
    reviewed, now = authorization.REVIEWED.read_text("utf-8"), authorization.table()
    changed = "\n".join(
        difflib.unified_diff(reviewed.splitlines(), now.splitlines(), "reviewed", "now", lineterm="", n=0)
    )
    why = "read what changed, then: python -m tests.security.authorization > tests/security/authorization.txt"
    assert not changed, f"{why}\n{changed}"


@pytest.mark.security("asvs_8_1_1")
def test_the_table_that_people_read_names_every_role() -> None:
    text = (ROOT / "docs" / "roles.md").read_text("utf-8").lower()
    for role in (rights.CURATOR, rights.ADMINISTRATOR, rights.SUPERVISOR, rights.OWN):
        assert role in text


@pytest.mark.security("asvs_8_2_1", "S-02")
def test_no_handler_and_no_door_stands_outside_the_table() -> None:
    table = authorization.REVIEWED.read_text("utf-8")
    assert len(authorization.handlers()) > 50
    assert all(line in table for line in (*authorization.handlers(), *authorization.doors()))
    open_ = [line for line in authorization.handlers() if line.endswith(" anyone")]
    assert [line.split()[0] for line in open_] == ["session.app_state.effects_done"]
