"""Every refusal, menu entry and cited requirement has its words, in every language."""

import importlib
import pkgutil
import re
from pathlib import Path

import selfcare_app
from selfcare_app import operators
from selfcare_app.i18n import catalogue
from selfcare_app.kit.errors import Denied, Fault, NotFound, Refused, Unavailable
from tests import citations

ROOT = Path(__file__).parents[2]
WITHOUT_REFLEX = ("selfcare_app.ui", "selfcare_app.selfcare_app", "selfcare_app.__main__")


def import_everything() -> None:
    for module in pkgutil.walk_packages(selfcare_app.__path__, "selfcare_app."):
        if not module.name.startswith(WITHOUT_REFLEX):
            importlib.import_module(module.name)


def faults() -> set[type[Fault]]:
    import_everything()
    found: set[type[Fault]] = set()
    queue: list[type[Fault]] = [Refused, Denied, NotFound, Unavailable]
    while queue:
        for child in queue.pop().__subclasses__():
            found.add(child)
            queue.append(child)
    return found


def test_every_refusal_has_a_code_of_its_own_and_a_sentence_in_every_language() -> None:
    kinds = [kind for kind in faults() if kind.__module__.startswith("selfcare_app")]
    codes = [kind.code for kind in kinds if kind.code]
    assert all(re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", code) for code in codes)
    missing = [
        (language, kind.code)
        for language in catalogue.LANGUAGES
        for kind in kinds
        if kind.code and kind().key not in catalogue.load(language)
    ]
    assert missing == []


def test_every_menu_entry_of_every_operator_has_a_title() -> None:
    missing = [
        (key, language, title)
        for key in operators.keys()
        for language in operators.profile(key).languages
        for title in menu_titles(key)
        if title not in catalogue.load(language)
    ]
    assert missing == []


def menu_titles(key: str) -> set[str]:
    profile = operators.profile(key)
    sections = [
        s
        for menu in (profile.menu.subscriber, profile.menu.administrator, profile.menu.chosen_line)
        for s in menu or ()
    ]
    items = [item for section in sections for item in section.items] + list(profile.bottom_bar.items)
    return {f"menu.{entry.title}" for entry in (*sections, *items)}


def test_every_cited_requirement_exists() -> None:
    known = set(citations.requirements())
    assert len(known) == 284
    assert {identity for identity in citations.cited() if identity not in known} == set()
