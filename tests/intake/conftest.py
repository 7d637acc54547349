"""What tests of the import share: an importer, and a small export on disk or already loaded."""

from datetime import datetime
from pathlib import Path

import pytest

from selfcare_app.wiring import Wiring
from tests.intake.exports import SMALL, Importing, write


@pytest.fixture
def importing(wires: Wiring, now: datetime, tmp_path: Path) -> Importing:
    return Importing(wires, now, tmp_path)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write(tmp_path / "small", **SMALL)


@pytest.fixture
def loaded(importing: Importing, small: Path) -> Importing:
    """The importer, with the small export in the database."""
    assert importing(small).findings == []
    return importing
