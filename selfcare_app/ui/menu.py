"""The menu out of the operator's profile: only features whose page is built lead anywhere."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from selfcare_app.operators import Profile
from selfcare_app.operators.schema import Feature
from selfcare_app.operators.schema.menu import MenuItem, MenuSection
from selfcare_app.ui.components.icons import need

_PLACES = 5
_SPARE = (
    MenuItem(title="short_call_detail", feature=Feature.CALL_DETAIL),
    MenuItem(title="short_number_change", feature=Feature.NUMBER_CHANGE),
    MenuItem(title="short_personal", feature=Feature.PERSONAL),
)
"""Who takes a place in the bar while the page that the profile names for it is not built, the most wanted first."""
_OWN_PLACE = frozenset({Feature.SIGN_OUT})
"""Features with a place of their own in the frame."""


def module(profile: Profile, built: Mapping[str, str]) -> str:
    """The JavaScript table that the frame draws the menu from; `built` is feature -> path."""
    home = built.get(Feature.HOME, "/")
    values = {
        "HOME": home,
        "MENU": sections(profile.menu.subscriber, built),
        "CHOSEN": sections(profile.menu.chosen_line or (), built),
        "CLIENT": sections(profile.menu.administrator or (), built),
        "BAR": bar(profile, built),
        "TITLES": {"home": Feature.HOME},
    }
    return "".join(
        f"export const {name} = {json.dumps(value, ensure_ascii=False)};\n" for name, value in values.items()
    )


def sections(menu: Iterable[MenuSection], built: Mapping[str, str]) -> list[dict[str, Any]]:
    """One of the profile's menus: sections that have at least one page."""
    found = []
    for section in menu:
        items = [
            _entry(item, built) for item in section.items if item.feature in built and item.feature not in _OWN_PLACE
        ]
        if items:
            found.append(_titled(section) | {"items": items})
    return found


def bar(profile: Profile, built: Mapping[str, str]) -> list[dict[str, Any]]:
    """The phone's five places: the profile's, and where one isn't built yet a spare one; "more" stays last."""
    wanted = [item for item in profile.bottom_bar.items if item.feature in built]
    spare = [item for item in _SPARE if item.feature in built and profile.has(item.feature)]
    last = [item for item in wanted if item.feature == Feature.MORE]
    first = [item for item in wanted if item.feature != Feature.MORE]
    room = _PLACES - len(last)
    return [_entry(item, built) for item in [*_distinct([*first, *spare])[:room], *last]]


def said(profile: Profile, built: Mapping[str, str]) -> set[str]:
    """Keys of the menu's catalogue that the frame says, and those that pages may say of the entries."""
    menus = (profile.menu.subscriber, profile.menu.chosen_line or (), profile.menu.administrator or ())
    groups = [group for menu in menus for group in sections(menu, built)]
    entries = [*(item for group in groups for item in group["items"]), *bar(profile, built)]
    titles = {entry["title"] for entry in [*groups, *entries]} | {Feature.HOME.value, Feature.SIGN_OUT.value}
    return titles | {f"about.{entry['feature']}" for entry in entries}


def _distinct(items: Iterable[MenuItem]) -> list[MenuItem]:
    return list({item.feature: item for item in items}.values())


def _entry(item: MenuItem, built: Mapping[str, str]) -> dict[str, Any]:
    return {"title": item.title, "feature": item.feature, "path": built[item.feature], "icon": need(item.icon)}


def _titled(section: MenuSection) -> dict[str, Any]:
    name = {"name": section.proper_name} if section.proper_name else {}
    return {"title": section.title, **name}
