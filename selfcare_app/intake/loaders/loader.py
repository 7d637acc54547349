"""What every loader is given, and what it answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from selfcare_app.intake.door import Door
from selfcare_app.intake.shape import Batch
from selfcare_app.kit.bulk import Refusal, Written
from selfcare_app.kit.sealing import Keyring
from selfcare_app.operators import Profile


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What loaders need besides rows; `passwords`: whether the export may bring passwords (demo mode only)."""

    door: Door
    profile: Profile
    keys: Keyring
    passwords: bool
    now: datetime


class Loader(Protocol):
    """Takes batches of one file; `written` is what has become of them so far, without refusals."""

    written: Written

    def take(self, batch: Batch) -> tuple[Refusal, ...]:
        """Loads a batch now or later; rows that can't be taken are named by their place in the batch."""
        ...

    def finish(self) -> None:
        """Loads what is left over."""
        ...
