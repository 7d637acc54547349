"""Loads lines, and in demo mode the passwords that come with a few of them."""

from dataclasses import replace

import numpy as np

from selfcare_app.access import load as access
from selfcare_app.access import password
from selfcare_app.intake.loaders import records
from selfcare_app.intake.loaders.loader import Surroundings
from selfcare_app.intake.shape import Batch
from selfcare_app.kit.bulk import Refusal, Row
from selfcare_app.kit.errors import Fault

REFUSED_PASSWORD = "password_refused"  # noqa: S105 - a reason
OUTSIDE_DEMO = "password_outside_demo"


def _dated(batch: Batch) -> Batch:
    """The batch with a moment that each line's plan is of: the file's own where the row does not say it."""
    said = batch.columns["plan_as_of"].tolist() if "plan_as_of" in batch.columns else [None] * len(batch)
    moments = np.empty(len(batch), dtype=object)
    moments[:] = [each or batch.file_as_of for each in said]
    return replace(batch, columns={**batch.columns, "plan_as_of": moments})


class Lines(records.Rows):
    """As other rows; a password is hashed outside every transaction, since that takes a third of a second."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around, records.lines)

    def take(self, batch: Batch) -> tuple[Refusal, ...]:
        """Loads the batch."""
        batch = _dated(batch)
        if "password" not in batch.columns:
            return super().take(batch)
        rows = batch.records()
        asked = {place: row for place, row in enumerate(rows) if row["password"]}
        if not self._around.passwords:
            refused = {place: Refusal(place, "password", OUTSIDE_DEMO) for place in asked}
        else:
            refused = {place: found for place, row in asked.items() if (found := self._weak(place, row)) is not None}
        kept = [place for place in range(len(rows)) if place not in refused]
        plain = {name: column[kept] for name, column in batch.columns.items() if name != "password"}
        late = {
            kept[refusal.index]: replace(refusal, index=kept[refusal.index])
            for refusal in super().take(Batch(plain, batch.rows[kept]))
        }
        self._register({row["line_id"]: row["password"] for place, row in asked.items() if place not in refused | late})
        return tuple(refusal for _, refusal in sorted((refused | late).items()))

    def _weak(self, place: int, row: Row) -> Refusal | None:
        try:
            password.check(row["password"], self._around.profile, password.Owner(row.get("msisdn") or ""))
        except Fault:
            return Refusal(place, "password", REFUSED_PASSWORD)
        return None

    def _register(self, passwords: dict[str, str]) -> None:
        if not passwords:
            return
        lines = self._around.door.ask(access.unregistered, external_ids=list(passwords))
        hashes = {line.line_id: password.hashed(self._around.keys, passwords[line.external_id]) for line in lines}
        if hashes:
            self._around.door.do(access.register, hashes=hashes, now=self._around.now)
