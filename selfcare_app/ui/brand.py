"""The operator's name, mark and short codes, for the frame."""

import json

from selfcare_app.operators import Profile, logo_svg
from selfcare_app.operators.schema.vocabulary import DialPurpose

_OFFLINE = (DialPurpose.BALANCE, DialPurpose.ACCESS, DialPurpose.PASSWORD)


def dial_codes(profile: Profile) -> list[dict[str, str]]:
    """Codes that work without the internet, by what they are for."""
    found = []
    for purpose in _OFFLINE:
        code = profile.channels.ussd_code(purpose) or profile.channels.voice_number(purpose)
        if code and "{" not in code:
            found.append({"purpose": purpose.value, "code": code})
    return found


def module(profile: Profile) -> str:
    """The JavaScript constant."""
    value = {
        "name": profile.name,
        "short": profile.short_name,
        "logo": logo_svg(profile),
        "colour": profile.brand.theme_colour,
        "colourDark": profile.brand.theme_colour_dark,
        "dial": dial_codes(profile),
    }
    return f"export const BRAND = {json.dumps(value, ensure_ascii=False)};\n"
