"""Finds and loads operator profiles, each once."""

import json
import tomllib
from functools import cache
from pathlib import Path

from pydantic import ValidationError

from selfcare_app.operators.schema.profile import Profile

_ROOM = Path(__file__).parent
_PROFILES = _ROOM / "profiles"


class ProfileError(Exception):
    """A profile does not exist or says something that it may not; the text names the file and the key."""


def keys() -> tuple[str, ...]:
    """Keys of all operators that have a profile, in alphabetical order."""
    return tuple(sorted(path.stem for path in _PROFILES.glob("*.toml")))


@cache
def profile(key: str) -> Profile:
    """The operator's profile. Raises ProfileError if there is none or it is wrong."""
    if key not in keys():
        raise ProfileError(f"there is no operator {key!r}; there are: {', '.join(keys())}")
    loaded = parse((_PROFILES / f"{key}.toml").read_text("utf-8"), f"{key}.toml")
    if loaded.key != key:
        raise ProfileError(f"{key}.toml: key: is {loaded.key!r}, but must be the file's name")
    return loaded


def parse(text: str, source: str) -> Profile:
    """The profile that a TOML text says; `source` names the text in errors. Raises ProfileError."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{source}: {error}") from error
    try:
        # By way of JSON, because a strict model takes a list for a tuple and a text for an enum only from there.
        return Profile.model_validate_json(json.dumps(data, default=str))
    except ValidationError as error:
        raise ProfileError(_complaints(error, source)) from error


def logo_svg(loaded: Profile) -> str:
    """The operator's mark as an SVG text, drawn in `currentColor`."""
    return (_ROOM / "logos" / loaded.brand.logo).read_text("utf-8").strip()


def _complaints(error: ValidationError, source: str) -> str:
    lines = []
    for detail in error.errors(include_url=False):
        place = ".".join(str(part) for part in detail["loc"]) or "profile"
        lines.append(f"{source}: {place}: {detail['msg']}")
    return "\n".join(lines)
