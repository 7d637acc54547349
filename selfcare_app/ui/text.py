"""Words and values as Vars: said in the browser, in the reader's language, and again when the language changes."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

import reflex as rx
from reflex.vars.base import LiteralVar, Var, VarData
from reflex.vars.function import FunctionStringVar
from reflex_base.utils.imports import ImportVar

from selfcare_app.i18n import browser, catalogue
from selfcare_app.i18n.message import Message, Wire, wire

__all__ = [
    "TN",
    "Message",
    "T",
    "Wire",
    "choice",
    "data_size",
    "date",
    "datetime",
    "duration",
    "money",
    "msg",
    "msisdn",
    "number",
    "set_language",
    "show",
    "time",
]

RUNTIME = f"$/{browser.FOLDER}/words"
_HOOK = VarData(imports={RUNTIME: [ImportVar(tag="useWords")]}, hooks={"const t = useWords();": None})

_keys: set[str] = set()
"""Every key and prefix that a page has said so far, in this process."""

TextVar = Any
"""A Var of text; Reflex's own types say no more than Any here."""


def T(key: str, **args: Any) -> TextVar:  # noqa: N802 - short, because every page is full of it
    """The sentence of a key. Raises KeyError or TypeError at once for an unknown key or other arguments than it has."""
    _expect(key, args, plural=False)
    return _say("t", key, args, key=key) if args else _say("t", key, key=key)


def TN(key: str, n: Any, **args: Any) -> TextVar:  # noqa: N802 - the plural of T
    """The plural form of a key for `n`, which is also its `{n}`."""
    _expect(key, args, plural=True)
    return _say("t.plural", key, n, args, key=key) if args else _say("t.plural", key, n, key=key)


def choice(prefix: str, which: Any, **args: Any) -> TextVar:
    """The sentence `prefix.<value of which>`: one of the keys that begin with the prefix, chosen in the browser."""
    if not any(key.startswith(f"{prefix}.") for key in catalogue.load(catalogue.SOURCE)):
        raise KeyError(f"no sentence begins with {prefix!r}")
    _keys.update(key for key in catalogue.load(catalogue.SOURCE) if key.startswith(f"{prefix}."))
    key = Var.create(f"{prefix}.").to(str) + Var.create(which).to(str)
    return _say("t", key, args, key=prefix) if args else _say("t", key, key=prefix)


def msg(told: Any, *, area: str = "") -> TextVar:
    """A message that the server put into state; nothing for an empty one.

    With `area` the sentences of that area are there with the page; else they come when one of them is first told.
    """
    return _say("t.message", told, key=f"{area}." if area else "")


def show(value: Any) -> TextVar:
    """A value by its type."""
    return _say("t.show", value)


def money(value: Any, *, sign: bool = False) -> TextVar:
    """An amount with its currency; `sign` puts a plus before what is gained."""
    return _say("t.money", value, True) if sign else _say("t.money", value)


def date(value: Any, style: str = "human") -> TextVar:
    """A day in the operator's time zone: human, day, long, month, weekday, short."""
    return _say("t.date", value, style)


def datetime(value: Any, style: str = "human") -> TextVar:
    """Day and time."""
    return _say("t.datetime", value, style)


def time(value: Any) -> TextVar:
    """Hours and minutes."""
    return _say("t.time", value)


def number(value: Any) -> TextVar:
    """A number with its digits grouped."""
    return _say("t.number", value)


def msisdn(value: Any) -> TextVar:
    """A phone number as people write it."""
    return _say("t.msisdn", value)


def duration(value: Any) -> TextVar:
    """Seconds as the two largest units."""
    return _say("t.duration", value)


def data_size(value: Any) -> TextVar:
    """Bytes in the unit that suits them."""
    return _say("t.dataSize", value)


def set_language(language: str) -> rx.event.EventSpec:
    """The event that switches the page to a language, in the browser alone."""
    function: Any = FunctionStringVar.create(
        "setLanguage", _var_data=VarData(imports={RUNTIME: [ImportVar(tag="setLanguage")]})
    )
    return rx.call_function(function.partial(language))


def said(areas: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    """The keys of each given area that are needed: those given and those that pages say."""
    return {
        area: {*keys, *(key.removeprefix(f"{area}.") for key in _keys if key.startswith(f"{area}."))}
        for area, keys in areas.items()
    }


def current_language() -> TextVar:
    """The language that the page speaks."""
    return Var(_js_expr="t.language", _var_type=str, _var_data=_HOOK).guess_type()


def _say(function: str, *args: Any, key: str = "") -> TextVar:
    given = [LiteralVar.create(_plain(arg)) for arg in args]
    data = VarData.merge(_HOOK, _area(key), *[arg._get_all_var_data() for arg in given])
    call = f"{function}({', '.join(str(arg) for arg in given)})"
    return Var(_js_expr=call, _var_type=str, _var_data=data).guess_type()


def _plain(value: Any) -> Any:
    """A value of the program as its wire form; Vars as they are."""
    if isinstance(value, Var):
        return value
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, dt.date) or type(value).__module__.startswith("selfcare_app."):
        return wire(value)
    return value


def _area(key: str) -> VarData | None:
    """The import that brings the texts of the key's area."""
    area = catalogue.area_of(key)
    if not area or area in browser.BASE_AREAS:
        return None
    return VarData(imports={f"$/{browser.FOLDER}/area/{area}": [ImportVar(tag=None)]})


def _expect(key: str, args: Mapping[str, Any], *, plural: bool) -> None:
    text = catalogue.sentence(catalogue.SOURCE, key)
    _keys.add(key)
    if catalogue.is_server_only(key):
        raise KeyError(f"{key} is for the server only")
    if isinstance(text, str) == plural:
        raise TypeError(f"{key} is {'no' if plural else 'a'} plural")
    wanted = catalogue.placeholders(text) - ({"n"} if plural else set())
    if wanted != args.keys():
        raise TypeError(f"{key} takes {sorted(wanted)}, not {sorted(args)}")
