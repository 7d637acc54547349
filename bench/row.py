"""One line of the table of benchmarks: a floor and the product measured in one run, and what was to be reached."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """`ratio` is the cost in floors, or how many times the product is better, as `goal` reads; `holds` says if so."""

    area: str
    what: str
    floor: float
    product: float
    unit: str
    ratio: float
    goal: str
    holds: bool
