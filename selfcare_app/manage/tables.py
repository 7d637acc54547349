"""All tables there are, known to the metadata: for migrations and for tests that make a database without them."""

import importlib
from pathlib import Path

import selfcare_app

_ROOT = Path(selfcare_app.__path__[0])
_THIS = Path(__file__)


def load() -> None:
    """Imports every module of tables: `tables` of a room or of a folder in it, and `…_tables` beside."""
    for file in sorted(_ROOT.rglob("*tables.py")):
        if file != _THIS and (file.stem == "tables" or file.stem.endswith("_tables")):
            importlib.import_module(".".join((selfcare_app.__name__, *file.relative_to(_ROOT).with_suffix("").parts)))
