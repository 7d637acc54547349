"""The operator's looks: colours by meaning for light and dark, the mark, the corner radius."""

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from selfcare_app.operators.contrast import contrast_ratio
from selfcare_app.operators.schema.section import HexColour, Section

READABLE_RATIO = 4.5
VISIBLE_RATIO = 3.0

_SURFACES = ("surface", "surface_raised")
_INKS = ("text", "muted", "accent", "good", "warn", "bad", "focus")
_SOFT = ("accent_soft", "good_soft", "warn_soft", "bad_soft")

READABLE_PAIRS: tuple[tuple[str, str], ...] = (
    *((ink, surface) for ink in _INKS for surface in _SURFACES),
    *(("text", soft) for soft in _SOFT),
    *((soft.removesuffix("_soft"), soft) for soft in _SOFT),
    ("accent_text", "accent"),
)
"""(what is written, what it is written on): pairs that are held at 4.5:1 or better."""

VISIBLE_PAIRS: tuple[tuple[str, str], ...] = tuple(("field_line", surface) for surface in _SURFACES)
"""(edge, background): pairs that are held at 3:1 or better."""


class Palette(Section):
    """Colours by meaning, as `#rrggbb` in small letters."""

    surface: HexColour
    surface_raised: HexColour
    text: HexColour
    muted: HexColour
    line: HexColour
    field_line: HexColour
    accent: HexColour
    accent_text: HexColour
    accent_soft: HexColour
    good: HexColour
    good_soft: HexColour
    warn: HexColour
    warn_soft: HexColour
    bad: HexColour
    bad_soft: HexColour
    focus: HexColour

    def ratio(self, ink: str, background: str) -> float:
        """Contrast of two tokens, 1.0 to 21.0."""
        return contrast_ratio(getattr(self, ink), getattr(self, background))

    @model_validator(mode="after")
    def _readable(self) -> "Palette":
        for least, pairs in ((READABLE_RATIO, READABLE_PAIRS), (VISIBLE_RATIO, VISIBLE_PAIRS)):
            for ink, background in pairs:
                ratio = self.ratio(ink, background)
                if ratio < least:
                    raise ValueError(f"{ink} on {background} has contrast {ratio:.2f}, needs {least}")
        return self


class Brand(Section):
    """What makes the operator recognisable."""

    light: Palette
    dark: Palette
    theme_colour: HexColour
    theme_colour_dark: HexColour
    radius_px: Annotated[int, Field(ge=0, le=32)]
    logo: Annotated[str, StringConstraints(pattern=r"^[a-z]+\.svg$")]
    """Name of the mark's file in `operators/logos`; it is drawn in `currentColor`."""
