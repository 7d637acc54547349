"""All that differs by operator: the profile schema, the registry and one TOML file an operator."""

from sqlmodel import Session

from selfcare_app.operators.registry import ProfileError, keys, logo_svg, profile
from selfcare_app.operators.schema import Profile

__all__ = ["DEFAULT", "Profile", "ProfileError", "keys", "logo_svg", "of", "profile"]

DEFAULT = "issa"
"""The operator that is served when the environment names none."""


def of(session: Session) -> Profile:
    """The profile that the transaction was opened with."""
    loaded: Profile = session.info["profile"]
    return loaded
