"""The classes of what is kept: which column holds what kind of data, how it is stored, and how long."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

CLASSES = ("P0", "P1", "P2", "P3", "P4")


@dataclass(frozen=True, slots=True)
class Held:
    """What a table holds: the class of each column, the sealing purpose of those that are sealed, digests, the time."""

    classes: dict[str, str]
    sealed: dict[str, str]
    digests: frozenset[str]
    kept: str


@cache
def held() -> dict[str, Held]:
    """By table, as `data_classes.toml` says."""
    said = tomllib.loads(resources.files("selfcare_app.kit").joinpath("data_classes.toml").read_text("utf-8"))
    return {
        table: Held(
            {column: name for name in CLASSES for column in its.get(name, ())},
            its.get("sealed", {}),
            frozenset(its.get("digest", ())),
            its["kept"],
        )
        for table, its in said.items()
    }
