"""What a profile may say: one module a subject, all of it checked when the profile is loaded."""

from selfcare_app.operators.schema.features import Feature
from selfcare_app.operators.schema.profile import Profile

__all__ = ["Feature", "Profile"]
