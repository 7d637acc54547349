"""Which operator this process serves; pages are made for one."""

import os

from selfcare_app.i18n.browser import Languages
from selfcare_app.operators import DEFAULT, Profile, profile


def operator() -> Profile:
    """The operator's profile, as the environment names it."""
    return profile(os.environ.get("SELFCARE_OPERATOR") or DEFAULT)


def languages() -> Languages:
    """The operator's languages, for the browser's words."""
    served = operator()
    return Languages(every=served.languages, default=served.default_language, region=served)
