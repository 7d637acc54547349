"""Makes the JavaScript modules that give a browser its words: one an area and language: a page loads its own."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from selfcare_app.i18n import catalogue, cldr
from selfcare_app.i18n.catalogue import Sentence
from selfcare_app.i18n.speak import Region

FOLDER = "words"
"""Where the modules stand in the front end's sources; imported as `$/words/…`."""

BASE_AREAS = ("format", "shell", "menu")
"""Said on every page, and so loaded together with the language."""

NBSP = "\u00a0"

_RUNTIME = Path(__file__).with_name("runtime")


@dataclass(frozen=True)
class Languages:
    """The operator's languages, the default one (prerendered) and the region whose formats they use."""

    every: Sequence[str]
    default: str
    region: Region


def modules(languages: Languages, said: Mapping[str, Collection[str]]) -> list[tuple[str, str]]:
    """All modules as (path below `words/`, JavaScript).

    Of the areas in `said` only the keys named there are taken: a menu has titles for every operator.
    """
    made = [(name, (_RUNTIME / name).read_text("utf-8")) for name in ("say.js", "words.js")]
    made.append(("region.js", _region(languages)))
    made.append(("loaders.js", _loaders(languages)))
    areas = areas_of(languages.default)
    for language in languages.every:
        base = {name: _chosen(areas_texts(language, name), said.get(name)) for name in BASE_AREAS}
        made.append((f"{language}/base.js", _exports(table=cldr.table(language), texts=base)))
        made.extend(
            (f"{language}/{area}.js", f"export default {_json(areas_texts(language, area))};\n")
            for area in areas
            if area not in BASE_AREAS
        )
    made.extend((f"area/{area}.js", _registers(area, languages.default)) for area in areas if area not in BASE_AREAS)
    return made


def head_script(languages: Languages) -> str:
    """What stands in the page's head and picks the language before anything is drawn."""
    script = (_RUNTIME / "language.js").read_text("utf-8")
    packed = " ".join(line.strip() for line in script.splitlines())
    return packed.replace("__LANGUAGES__", _json(list(languages.every))).replace("__SOURCE__", _json(languages.default))


def areas_of(language: str) -> list[str]:
    """The areas that a browser may need."""
    keys = catalogue.load(language)
    return sorted({catalogue.area_of(key) for key in keys if not catalogue.is_server_only(key)})


def areas_texts(language: str, area: str) -> Mapping[str, Sentence]:
    """The browser's sentences of an area, by key without the area."""
    prefix = f"{area}."
    return {
        key.removeprefix(prefix): text
        for key, text in catalogue.load(language).items()
        if key.startswith(prefix) and not catalogue.is_server_only(key)
    }


def _chosen(texts: Mapping[str, Sentence], keys: Collection[str] | None) -> Mapping[str, Sentence]:
    return texts if keys is None else {key: texts[key] for key in sorted(keys)}


def _region(languages: Languages) -> str:
    region = languages.region
    plan = region.numbering
    return _exports(
        LANGUAGES=list(languages.every),
        SOURCE=languages.default,
        REGION={
            "zone": region.time_zone,
            "code": plan.country_code,
            "length": plan.national_length,
            # On a page no line ends within a number; files and messages have plain spaces.
            "display": plan.display.replace(" ", NBSP),
        },
    )


def _loaders(languages: Languages) -> str:
    areas = [area for area in areas_of(languages.default) if area not in BASE_AREAS]
    lines = [f'import {{ table, texts }} from "./{languages.default}/base";', "export const source = { table, texts };"]
    lines.append("export const BASES = {")
    lines += [f'  {language}: () => import("./{language}/base"),' for language in languages.every]
    lines.append("};\nexport const AREAS = {")
    for area in areas:
        by_language = ", ".join(f'{language}: () => import("./{language}/{area}")' for language in languages.every)
        lines.append(f"  {area}: {{ {by_language} }},")
    return "\n".join([*lines, "};\n"])


def _registers(area: str, default: str) -> str:
    return (
        f'import {{ register }} from "../words";\nimport texts from "../{default}/{area}";\n'
        f"await register({_json(area)}, texts);\n"
    )


def _exports(**values: object) -> str:
    return "".join(f"export const {name} = {_json(value)};\n" for name, value in values.items())


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
