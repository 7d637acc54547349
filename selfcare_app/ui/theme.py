"""The operator's colours as CSS variables: the only colours there are."""

from selfcare_app.operators import Profile

_TOKENS = (
    "surface",
    "surface_raised",
    "text",
    "muted",
    "line",
    "field_line",
    "accent",
    "accent_text",
    "accent_soft",
    "good",
    "good_soft",
    "warn",
    "warn_soft",
    "bad",
    "bad_soft",
    "focus",
)


def stylesheet(profile: Profile) -> str:
    """The variables of the light and the dark palette; Reflex puts `dark` on the root element."""
    brand = profile.brand
    return (
        f":root{{color-scheme:light;--radius:{brand.radius_px}px;{_variables(brand.light)}}}\n"
        f":root.dark{{color-scheme:dark;{_variables(brand.dark)}}}\n"
    )


def _variables(palette: object) -> str:
    return "".join(f"--{token.replace('_', '-')}:{getattr(palette, token)};" for token in _TOKENS)
