"""Every sentence in every language, with the same arguments; and the checks that say so can fail."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from selfcare_app.i18n import catalogue

COMPILED = Path(__file__).parents[2] / "selfcare_app" / "ui" / "compiled"


def test_every_language_says_everything_with_the_same_placeholders() -> None:
    assert catalogue.problems() == []


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Catalogues of one area; a test breaks one of them."""
    for language in catalogue.LANGUAGES:
        folder = tmp_path / language
        folder.mkdir()
        forms = "\n".join(f'{form} = "{{n}} {form}"' for form in sorted(catalogue.CATEGORIES[language]))
        (folder / "area.toml").write_text(f'hello = "Hi {{name}}"\n[count]\n{forms}\n', "utf-8")
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    catalogue.load.cache_clear()
    yield tmp_path
    catalogue.load.cache_clear()


def test_planted_catalogues_are_sound(planted: Path) -> None:
    assert catalogue.problems() == []
    assert catalogue.load("en")["area.hello"] == "Hi {name}"
    assert catalogue.load("en")["area.count"] == {"one": "{n} one", "other": "{n} other"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('hello = "Hi"\n[count]\none = "{n}"\nother = "{n}"', "area.hello has placeholders"),
        ('hello = "Hi {nam}"\n[count]\none = "{n}"\nother = "{n}"', "area.hello has placeholders"),
        ('hello = "Hi {name"\n[count]\none = "{n}"\nother = "{n}"', "area.hello has a broken placeholder"),
        ('hello = " "\n[count]\none = "{n}"\nother = "{n}"', "area.hello is empty"),
        ('[count]\none = "{n}"\nother = "{n}"', "area.hello is missing"),
        ('hello = "Hi {name}"\n[count]\nother = "{n}"', "area.count needs the plural forms"),
        ('hello = "Hi {name}"\ncount = "{n}"', "area.count is a plural in one language"),
        ('more = "x"\nhello = "Hi {name}"\n[count]\none = "{n}"\nother = "{n}"', "area.more is missing"),
    ],
)
def test_a_broken_catalogue_is_seen(planted: Path, text: str, complaint: str) -> None:
    (planted / "en" / "area.toml").write_text(text, "utf-8")
    catalogue.load.cache_clear()
    assert any(complaint in problem for problem in catalogue.problems())


def test_server_texts_are_known_by_their_place() -> None:
    assert catalogue.is_server_only("numbers.sms.code")
    assert catalogue.is_server_only("sms.code")
    assert not catalogue.is_server_only("numbers.smses.code")


def test_what_the_compiled_frame_says_stands_in_the_catalogues() -> None:
    said = {
        key
        for path in COMPILED.glob("*.jsx")
        for key in re.findall(r"""["`]((?:shell|menu|format|session)\.[a-z_.]+)["`]""", path.read_text("utf-8"))
    }
    assert len(said) > 20
    assert sorted(key for key in said if key not in catalogue.load("ru")) == []


def test_the_compiled_frame_gives_each_sentence_its_arguments() -> None:
    source = catalogue.load("ru")
    checked = 0
    for path in COMPILED.glob("*.jsx"):
        text = path.read_text("utf-8")
        for key, given in re.findall(r'\bt\("([a-z_.]+)"(?:, \{ ([^}]*) \})?\)', text):
            names = {part.split(":")[0].strip() for part in given.split(",")} if given else set()
            assert isinstance(source[key], str), (path.name, key)
            assert catalogue.placeholders(source[key]) == names, (path.name, key)
            checked += 1
        for key in re.findall(r'\bt\.plural\("([a-z_.]+)"', text):
            assert not isinstance(source[key], str), (path.name, key)
    assert checked > 20


def test_the_compiled_frame_has_no_words_of_its_own() -> None:
    spoken = re.compile(r"[а-яёіўїєґА-ЯЁІЎЇЄҐ]{3,}")
    own_names = {"Русский", "Українська", "Беларуская"}
    found = {word for path in COMPILED.glob("*.js*") for word in spoken.findall(path.read_text("utf-8"))}
    assert found <= own_names
