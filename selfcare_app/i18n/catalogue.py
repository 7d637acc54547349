"""Loads the catalogues: every sentence a person reads, by key, in four languages."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("ru", "uk", "be", "en")
SOURCE = "ru"
"""Sentences are written in this language first."""

FOLDER = Path(__file__).with_name("catalogues")

CATEGORIES: Mapping[str, frozenset[str]] = {
    "ru": frozenset({"one", "few", "many", "other"}),
    "uk": frozenset({"one", "few", "many", "other"}),
    "be": frozenset({"one", "few", "many", "other"}),
    "en": frozenset({"one", "other"}),
}
"""The CLDR plural categories that whole and broken numbers have in a language."""

SERVER_ONLY = frozenset({"sms", "ussd", "voice", "mail", "document", "intake"})
"""`area.<one of these>.*`, or an area of such a name, is never shown in a browser and stays out of its bundle."""

Sentence = str | Mapping[str, str]
"""A text, or its plural forms by CLDR category."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_ALL_CATEGORIES = frozenset({"zero", "one", "two", "few", "many", "other"})


@cache
def load(language: str) -> Mapping[str, Sentence]:
    """All sentences of a language by full key `area.page.thing`.

    Raises KeyError for a language that has no catalogue.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    found: dict[str, Sentence] = {}
    for path in sorted((FOLDER / language).glob("*.toml")):
        with path.open("rb") as file:
            found.update(_flatten(path.stem, tomllib.load(file)))
    return found


def sentence(language: str, key: str) -> Sentence:
    """The sentence of a key; raises KeyError that names both."""
    try:
        return load(language)[key]
    except KeyError:
        raise KeyError(f"no sentence {key!r} in the {language!r} catalogue") from None


def area_of(key: str) -> str:
    """The first part of a key: the file it stands in."""
    return key.partition(".")[0]


def is_server_only(key: str) -> bool:
    """Whether the browser never needs this key."""
    return not SERVER_ONLY.isdisjoint(key.split(".")[:2])


def placeholders(text: Sentence) -> frozenset[str]:
    """The names in braces, over all plural forms."""
    forms = [text] if isinstance(text, str) else list(text.values())
    return frozenset(name for form in forms for name in _PLACEHOLDER.findall(form))


def problems() -> list[str]:
    """What is wrong with the catalogues, one line each; empty when every language is complete."""
    return [*_missing(), *_mismatched()]


def _flatten(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, Sentence]]:
    for name, value in table.items():
        key = f"{prefix}.{name}"
        if isinstance(value, str) or _is_plural(value):
            yield key, value
        elif isinstance(value, Mapping):
            yield from _flatten(key, value)
        else:
            raise TypeError(f"{key} is neither a text nor a table")


def _is_plural(value: object) -> bool:
    return isinstance(value, Mapping) and "other" in value and value.keys() <= _ALL_CATEGORIES


def _missing() -> Iterator[str]:
    every = {key for language in LANGUAGES for key in load(language)}
    for language in LANGUAGES:
        for key in sorted(every - load(language).keys()):
            yield f"{language}: {key} is missing"


def _mismatched() -> Iterator[str]:
    source = load(SOURCE)
    for language in LANGUAGES:
        for key, text in load(language).items():
            yield from _faults_of(language, key, text, source.get(key))


def _faults_of(language: str, key: str, text: Sentence, source: Sentence | None) -> Iterator[str]:
    forms = [text] if isinstance(text, str) else list(text.values())
    if any(not form.strip() for form in forms):
        yield f"{language}: {key} is empty"
    if any(("{" in (rest := _PLACEHOLDER.sub("", form))) or "}" in rest for form in forms):
        yield f"{language}: {key} has a broken placeholder"
    if not isinstance(text, str) and frozenset(text) != CATEGORIES[language]:
        yield f"{language}: {key} needs the plural forms {sorted(CATEGORIES[language])}"
    if source is None:
        return
    if isinstance(text, str) != isinstance(source, str):
        yield f"{language}: {key} is a plural in one language and a text in another"
    elif placeholders(text) | {"n"} != placeholders(source) | {"n"} or (
        isinstance(text, str) and placeholders(text) != placeholders(source)
    ):
        yield f"{language}: {key} has placeholders {sorted(placeholders(text))}, not {sorted(placeholders(source))}"
