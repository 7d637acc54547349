"""Identifiers: version 7, of their moment, never the same twice."""

import time

from selfcare_app.kit.ids import new_id, new_ids


def test_ids_made_together_are_as_those_made_one_by_one() -> None:
    before = time.time_ns() // 1_000_000
    one, many = new_id(), new_ids(2_000)
    after = time.time_ns() // 1_000_000
    assert {each.version for each in (one, *many)} == {7}
    assert {each.variant for each in (one, *many)} == {one.variant}
    assert all(before <= each.int >> 80 <= after for each in (one, *many))
    assert many == sorted(many)
    assert len(set(many)) == 2_000
    # Every bit but those of the version and the moment is chance: each is sometimes set and sometimes not.
    chance = [bit for bit in range(76) if bit not in (62, 63)]
    assert all({each.int >> bit & 1 for each in many} == {0, 1} for bit in chance)
    assert new_ids(0) == []
