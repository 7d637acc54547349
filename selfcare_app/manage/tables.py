"""All tables there are, known to the metadata: for migrations and for tests that make a database without them."""

import importlib
import pkgutil

import selfcare_app

_NAME = "tables"


def load() -> None:
    """Imports the `tables` of every room that has them."""
    for room in pkgutil.iter_modules(selfcare_app.__path__):
        if room.ispkg and any(
            each.name == _NAME for each in pkgutil.iter_modules([f"{selfcare_app.__path__[0]}/{room.name}"])
        ):
            importlib.import_module(f"selfcare_app.{room.name}.{_NAME}")
