"""Mappings: small TOML files that say how a foreign export is read without editing it."""

import codecs
import json
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from selfcare_app.intake.form import CLOCK, MAJOR, MILLISECONDS, MINOR, UNITS, Form
from selfcare_app.intake.kinds import Amount, Charge, Count
from selfcare_app.intake.layout import BY_NAME, Column
from selfcare_app.intake.windows import Dialect
from selfcare_app.kit.errors import Refused
from selfcare_app.operators import Profile

SKIP = "skip"
ANY = "*"
_Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
_Sign = Annotated[str, StringConstraints(pattern=r"^[\x09\x20-\x7e]$")]


class BadMapping(Refused):
    """A mapping can't be read: `file`, and `what` is wrong where."""

    code = "intake.bad_mapping"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Time(_Section):
    """How moments and days are written.

    `format` is `iso`, `epoch`, `epoch_ms` or a pattern such as `%d.%m.%Y %H:%M:%S`; `zone` the time zone of moments
    that don't name one; `day` is `iso` or a pattern.
    """

    format: _Name = "iso"
    zone: str | None = None
    day: _Name = "iso"

    @model_validator(mode="after")
    def _exists(self) -> "Time":
        if self.zone is not None and self.zone not in available_timezones():
            raise ValueError(f"zone {self.zone!r} does not exist")
        for pattern in (self.format, self.day):
            if "%" not in pattern and pattern not in ("iso", "epoch", "epoch_ms"):
                raise ValueError(f"{pattern!r} is neither iso, epoch, epoch_ms nor a pattern")
        return self


class Numbers(_Section):
    """How phone numbers are written; `incoming_swaps`: the file has a calling and a called number.

    Then `msisdn` names the column of the calling and `peer` that of the called number, and they change places in
    records whose direction is incoming.
    """

    format: Literal["international", "national", "trunk", "typed"] = "international"
    incoming_swaps: bool = False


class Mapping(_Section):
    """How the files of one table are read."""

    table: str
    files: Annotated[tuple[_Name, ...], Field(min_length=1)]
    delimiter: _Sign = ","
    quote: Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]?$")] = '"'
    encoding: str = "utf-8"
    skip_rows: Annotated[int, Field(ge=0, le=1000)] = 0
    header: tuple[_Name, ...] | None = None
    """Names of the columns of a file that has no header line."""
    decimal: Literal[".", ","] = "."
    time: Time = Time()
    numbers: Numbers = Numbers()
    columns: dict[_Name, _Name | tuple[_Name, ...]] = {}
    """Our column -> theirs, or several of theirs that are joined by a space."""
    codes: dict[_Name, dict[str, Literal["skip"] | dict[_Name, str]]] = {}
    """Their column -> their code -> the columns of ours that it fills, or `skip`. `*` is any other code."""
    constants: dict[_Name, str] = {}
    units: dict[
        _Name,
        Literal[
            "seconds", "minutes", "milliseconds", "h:mm:ss", "bytes", "KB", "MB", "kB", "megabytes", "major", "minor"
        ],
    ] = {}

    @model_validator(mode="after")
    def _fits_the_layout(self) -> "Mapping":
        if self.table not in BY_NAME:
            raise ValueError(f"there is no table {self.table!r}; there are: {', '.join(BY_NAME)}")
        filled = [*self.columns, *self.constants, *sorted(self._by_codes())]
        for name in (*filled, *self.units):
            if BY_NAME[self.table].column(name) is None:
                raise ValueError(f"table {self.table} has no column {name!r}")
        if twice := {name for name in filled if filled.count(name) > 1}:
            raise ValueError(f"filled from two places: {', '.join(sorted(twice))}")
        self._check_signs()
        self._check_units()
        return self

    def _by_codes(self) -> set[str]:
        found = [meaning for code in self.codes.values() for meaning in code.values()]
        return {name for meaning in found if not isinstance(meaning, str) for name in meaning}

    def _check_signs(self) -> None:
        try:
            plain = "\n,;A9".encode(codecs.lookup(self.encoding).name)
        except LookupError:
            raise ValueError(f"there is no encoding {self.encoding!r}") from None
        if plain != b"\n,;A9":
            raise ValueError(f"encoding {self.encoding!r} does not contain ASCII; convert the file to UTF-8")
        if self.delimiter == self.quote:
            raise ValueError("delimiter and quote are the same sign")
        if self.numbers.incoming_swaps and not {"msisdn", "peer"} <= self.columns.keys():
            raise ValueError("incoming_swaps needs the columns msisdn and peer")

    def _check_units(self) -> None:
        for name, unit in self.units.items():
            column = BY_NAME[self.table].column(name)
            if column is not None and unit not in units_of(column):
                raise ValueError(f"column {name!r} is not counted in {unit}")

    def takes(self, file_name: str) -> bool:
        """Whether the mapping is for a file of that name."""
        return any(fnmatch(file_name, pattern) for pattern in self.files)

    @property
    def dialect(self) -> Dialect:
        """How cells are separated."""
        return Dialect(self.delimiter, self.quote, self.encoding)

    def form(self, profile: Profile) -> Form:
        """How values are written."""
        return Form(
            profile=profile,
            moment=self.time.format,
            zone=ZoneInfo(self.time.zone) if self.time.zone else None,
            day=self.time.day,
            decimal=self.decimal,
            numbers=self.numbers.format,
            units=dict(self.units),
        )


def units_of(column: Column) -> frozenset[str]:
    """Units that a column may be counted in."""
    if isinstance(column.kind, Amount | Charge):
        return frozenset({MAJOR, MINOR})
    if isinstance(column.kind, Count) and column.kind.of:
        others = {MILLISECONDS, CLOCK} if column.kind.of == "time" else set()
        return frozenset(UNITS[column.kind.of]) | others
    return frozenset()


def read(path: Path) -> Mapping:
    """The mapping that a file holds. Raises BadMapping."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise BadMapping(file=path.name, what=str(wrong)) from wrong
    try:
        # By way of JSON, because a strict model takes a list for a tuple only from there.
        return Mapping.model_validate_json(json.dumps(data, default=str))
    except ValidationError as wrong:
        raise BadMapping(file=path.name, what=_complaints(wrong)) from wrong


def _complaints(wrong: ValidationError) -> str:
    details = wrong.errors(include_url=False)
    return "; ".join(f"{'.'.join(map(str, detail['loc'])) or 'mapping'}: {detail['msg']}" for detail in details)
