"""A wrong profile is refused with the file and the key that is wrong, and a right one keeps its promises."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from pydantic import ValidationError

from selfcare_app import operators
from selfcare_app.operators.contrast import contrast_ratio
from selfcare_app.operators.registry import parse
from selfcare_app.operators.schema import Feature, Profile

KEYS = operators.keys()
PROFILES = Path(operators.__file__).parent / "profiles"


def text_of(key: str) -> str:
    return (PROFILES / f"{key}.toml").read_text("utf-8")


def data_of(key: str) -> dict[str, Any]:
    return tomllib.loads(text_of(key))


def refusal(data: dict[str, Any]) -> str:
    """What the schema says about the data; fails if it says nothing."""
    with pytest.raises(ValidationError) as refused:
        Profile.model_validate_json(json.dumps(data))
    return "\n".join(".".join(map(str, e["loc"])) + ": " + e["msg"] for e in refused.value.errors())


def test_there_are_three_operators() -> None:
    assert KEYS == ("assa", "ihelper", "issa")


@pytest.mark.parametrize("key", KEYS)
def test_a_profile_is_loaded_once(key: str) -> None:
    assert operators.profile(key) is operators.profile(key)
    assert operators.profile(key).key == key


@pytest.mark.parametrize("key", ["", "nobody", "../issa", "issa.toml"])
def test_an_unknown_operator_is_refused_with_the_known_ones(key: str) -> None:
    with pytest.raises(operators.ProfileError, match="assa, ihelper, issa"):
        operators.profile(key)


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("idle_seconds = 900", "idle_seconds = 900\nidle_minutes = 15", r"session\.idle_minutes: Extra inputs"),
        ("idle_seconds = 900", 'idle_seconds = "900"', r"session\.idle_seconds: Input should be a valid integer"),
        ("idle_seconds = 900", "idle_seconds = 900.5", r"session\.idle_seconds: Input should be a valid integer"),
        ("idle_seconds = 900", "idle_seconds = true", r"session\.idle_seconds: Input should be a valid integer"),
        ("idle_seconds = 900", "idle_seconds = 0", r"session\.idle_seconds: Input should be greater than 0"),
        ("idle_seconds = 900", "idle_seconds = 30", r"session: .*warn_before_seconds < idle_seconds"),
        ("captcha = false", "captcha = 0", r"sign_in\.captcha: Input should be a valid boolean"),
        ("captcha = false", "", r"sign_in\.captcha: Field required"),
        ('second_factor = "unknown_device"', 'second_factor = "no"', r"sign_in\.second_factor: Input should be"),
        ("min_length = 5", "min_length = 11", r"password: .*min_length <= generated_length"),
        ('time_zone = "Europe/Minsk"', 'time_zone = "Europe/Nowhere"', "time_zone 'Europe/Nowhere' does not exist"),
        ('default_language = "ru"', 'default_language = "pl"', "default_language: Input should be"),
        ('languages = ["ru", "be", "en", "uk"]', 'languages = ["en"]', "default_language must be one of languages"),
        ('accent = "#6a2c91"', 'accent = "violet"', r"brand\.light\.accent: String should match"),
        ('display = "+375 ##', 'display = "+375 #', "display must have 9 places"),
        ('display = "+375 ##', 'display = "+376 ##', "display must begin with the country code"),
        ('example = "291234567"', 'example = "251234567"', "example must be a national number of the operator"),
        ("first_day = 1", "first_day = 4", "first_day <= last_day"),
        ('"days_of_month"', '"some_days"', r"closed_windows\.bills: Input tag 'some_days'"),
        ('{ title = "usage", feature = "usage" },', "", r"bottom_bar\.items: Tuple should have at least 5"),
        (
            'title = "usage", feature = "usage"',
            'title = "usage", feature = "home"',
            "items must name each feature once",
        ),
        ('feature = "usage"', 'feature = "magic"', r"bottom_bar\.items\.1\.feature: Input should be"),
        ('"feedback_history", "sign_out"', '"sign_out"', "menu names features that are not in features: feedback_hi"),
        ('"forwarding", "voice_mail", "block"', '"voice_mail", "block"', "'forwarding' and section 'forwarding' go to"),
        (
            '"pause", "handset_settings",',
            '"pause", "transfer", "handset_settings",',
            "'transfer' and section 'transfer'",
        ),
        ('key = "diamond"', 'key = "gold"', "categories must name each category once"),
        (
            'prefixes = ["291", "293", "296", "299", "44"]\nhold',
            'prefixes = ["33"]\nhold',
            "33 is not the operator's own",
        ),
        ('{ kind = "within", at_most_seconds = 86400 }', '{ kind = "within" }', "at_most_seconds is needed"),
        ('key = "issa"', "key = ", r"Invalid value \(at line"),
    ],
)
def test_a_mistake_is_refused_by_its_key(before: str, after: str, complaint: str) -> None:
    text = text_of("issa")
    assert before in text
    with pytest.raises(operators.ProfileError) as refused:
        parse(text.replace(before, after, 1), "issa.toml")
    assert all(line.startswith("issa.toml: ") for line in str(refused.value).splitlines())
    assert re.search(complaint, str(refused.value))


SECTIONS = sorted(name for name, field in Profile.model_fields.items() if field.is_required())


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("section", SECTIONS)
def test_a_missing_section_is_refused_by_its_name(key: str, section: str) -> None:
    data = data_of(key)
    del data[section]
    assert f"{section}: Field required" in refusal(data)


def leaves(value: Any, place: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(value, dict):
        return [leaf for name, inner in value.items() for leaf in leaves(inner, (*place, name))]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [leaf for index, inner in enumerate(value) for leaf in leaves(inner, (*place, index))]
    return [place]


TAGS = {"days_of_month", "last_days_of_month"}
"""What stands in the middle of a place that is named inside a union."""


def planted(data: Any, place: tuple[str | int, ...], value: Any) -> Any:
    """The data with another value at a place."""
    copy = json.loads(json.dumps(data))
    inner = copy
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return copy


@pytest.mark.parametrize("key", KEYS)
def test_every_value_is_held_to_its_type(key: str) -> None:
    data = data_of(key)
    wrong = 0.5
    accepted = []
    for place in leaves(data):
        try:
            Profile.model_validate_json(json.dumps(planted(data, place, wrong)))
            accepted.append(place)
        except ValidationError as refused:
            named = [tuple(step for step in e["loc"] if step not in TAGS) for e in refused.errors()]
            assert place in named or place[-1] == "kind", place
    assert accepted == []


def test_a_profile_cannot_be_changed() -> None:
    profile = operators.profile("issa")
    with pytest.raises(ValidationError):
        profile.session.idle_seconds = 1  # type: ignore[misc]
    assert isinstance(profile.languages, tuple)
    assert isinstance(profile.features, frozenset)


def test_contrast_of_known_colours() -> None:
    assert contrast_ratio("#000000", "#ffffff") == pytest.approx(21)
    assert contrast_ratio("#ffffff", "#ffffff") == pytest.approx(1)
    assert contrast_ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast_ratio("#ff0000", "#ffffff") == contrast_ratio("#ffffff", "#ff0000") == pytest.approx(4.0, abs=0.005)


INKS = ("text", "muted", "accent", "good", "warn", "bad", "focus")
PAIRS = [(ink, surface) for ink in INKS for surface in ("surface", "surface_raised")]
PAIRS += [("text", f"{ink}_soft") for ink in ("accent", "good", "warn", "bad")]
PAIRS += [(ink, f"{ink}_soft") for ink in ("accent", "good", "warn", "bad")]
PAIRS += [("accent_text", "accent")]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_pair_of_colours_is_readable(key: str, mode: str) -> None:
    palette = getattr(operators.profile(key).brand, mode).model_dump()
    dim = {pair: contrast_ratio(palette[pair[0]], palette[pair[1]]) for pair in PAIRS}
    assert {pair: ratio for pair, ratio in dim.items() if ratio < 4.5} == {}
    assert contrast_ratio(palette["field_line"], palette["surface"]) >= 3
    assert contrast_ratio(palette["field_line"], palette["surface_raised"]) >= 3


def test_a_colour_that_cannot_be_read_is_refused() -> None:
    text = text_of("issa").replace('muted = "#625b6e"', 'muted = "#a59fb0"')
    with pytest.raises(
        operators.ProfileError, match=r"brand\.light: .*muted on surface has contrast 2\.\d\d, needs 4\.5"
    ):
        parse(text, "issa.toml")


def test_operators_look_different() -> None:
    brands = [operators.profile(key).brand for key in KEYS]
    assert len({brand.light.accent for brand in brands}) == len(KEYS)
    assert len({brand.dark.accent for brand in brands}) == len(KEYS)
    assert len({operators.logo_svg(operators.profile(key)) for key in KEYS}) == len(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_the_mark_is_a_plain_drawing_in_the_colour_of_the_text(key: str) -> None:
    svg = operators.logo_svg(operators.profile(key))
    root = ET.fromstring(svg)  # noqa: S314 - our own file
    assert root.attrib["viewBox"] == "0 0 24 24"
    assert root.attrib["stroke"] == "currentColor"
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {"svg", "path", "circle", "rect"}


@pytest.mark.parametrize("key", KEYS)
def test_every_feature_can_be_reached(key: str) -> None:
    profile = operators.profile(key)
    linked = profile.menu.features() | {item.feature for item in profile.bottom_bar.items}
    assert linked == profile.features
    assert [item.feature for item in profile.bottom_bar.items] == ["home", "usage", "top_up", "services", "more"]


def test_each_feature_has_its_own_page() -> None:
    paths = [feature.path for feature in Feature]
    assert len(paths) == len(set(paths))
    assert all(re.fullmatch(r"(/[a-z-]+)+", path) for path in paths)
    assert all(feature.icon for feature in Feature)


@pytest.mark.parametrize("key", KEYS)
def test_an_act_that_is_offered_has_its_proof(key: str) -> None:
    profile = operators.profile(key)
    for section, purpose in (
        ("number_change", "number_change"),
        ("sim_display", "sim_secrets"),
        ("transfer", "transfer"),
        ("automatic_top_up", "automatic_top_up"),
    ):
        assert (getattr(profile, section) is None) == (profile.proofs.rule(purpose) is None), purpose
    assert profile.proofs.call_detail is not None


@pytest.mark.requirement("ISSA-063", "AS-062")
@pytest.mark.parametrize("key", KEYS)
def test_a_card_that_tops_up_can_do_it_by_itself_and_no_other_way_can(key: str) -> None:
    profile, data = operators.profile(key), data_of(key)
    has_cards = "bank_card" in profile.top_up.ways
    assert (profile.automatic_top_up is not None) == has_cards
    data["top_up"]["ways"] = ["voucher"] if has_cards else ["voucher", "bank_card"]
    assert "bank_card, automatic_top_up and its proof go together" in refusal(data)
    if has_cards:
        other = data_of(key)
        other["automatic_top_up"]["threshold_min_minor"] = other["automatic_top_up"]["threshold_max_minor"] + 1
        assert "threshold_min_minor <= threshold_max_minor" in refusal(other)
