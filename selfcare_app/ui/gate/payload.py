"""What a browser may send to a handler: exactly the types of its annotations, bounded in size, nothing more."""

import inspect
import types
import typing
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal, NotRequired, Required, get_args, get_origin

from pydantic import StringConstraints
from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY
from typing_extensions import is_typeddict

LONGEST_TEXT = 4_000
LONGEST_NAME = 64
MOST_FIELDS = 40
MOST_ITEMS = 200
BIGGEST_NUMBER = 2**53

Check = Callable[[Any], bool]


class CannotCheck(TypeError):
    """A handler's argument has an annotation that the gate can't hold a payload to."""


@cache
def checks_of(name: str) -> Mapping[str, tuple[Check, bool]]:
    """Of each argument of a registered handler: its check, and whether it must be there. Raises CannotCheck."""
    fn = RegistrationContext.get().event_handlers[name].handler.fn
    hints = typing.get_type_hints(fn, include_extras=True)
    checks = {}
    for parameter in list(inspect.signature(fn).parameters.values())[1:]:
        if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
            raise CannotCheck(f"{name}: {parameter.name} takes whatever comes")
        if parameter.name not in hints:
            raise CannotCheck(f"{name}: {parameter.name} has no annotation")
        try:
            check = check_of(hints[parameter.name])
        except CannotCheck as wrong:
            raise CannotCheck(f"{name}: {parameter.name}: {wrong}") from wrong
        checks[parameter.name] = (check, parameter.default is parameter.empty)
    return checks


def fits(name: str, payload: object) -> bool:
    """Whether a payload is one that the handler was written for."""
    checks = checks_of(name)
    if not isinstance(payload, dict) or not payload.keys() <= checks.keys():
        return False
    return all(
        check(payload[argument]) if argument in payload else not needed for argument, (check, needed) in checks.items()
    )


def check_of(annotation: Any) -> Check:
    """The check of one annotation: the type itself, never what could be turned into it. Raises CannotCheck."""
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    if is_typeddict(annotation):
        return _typed_dict(annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in _GENERIC:
        return _GENERIC[origin](*arguments)
    raise CannotCheck(str(annotation))


def _text(value: Any) -> bool:
    return type(value) is str and len(value) <= LONGEST_TEXT and "\0" not in value


def _whole(value: Any) -> bool:
    return type(value) is int and abs(value) <= BIGGEST_NUMBER


def _number(value: Any) -> bool:
    return _whole(value) or (type(value) is float and abs(value) <= BIGGEST_NUMBER)


def _form(value: Any) -> bool:
    fields = _fields(value)
    return fields is not None and all(_text(v) for v in fields.values())


def _fields(value: Any) -> dict[str, Any] | None:
    """What a form or a plain mapping of names holds, or None if it is neither."""
    if type(value) is not dict:
        return None
    if FORM_DATA_ENTRIES_KEY in value:
        entries = value[FORM_DATA_ENTRIES_KEY]
        if len(value) != 1 or type(entries) is not list or len(entries) > MOST_FIELDS:
            return None
        if not all(type(pair) is list and len(pair) == 2 and type(pair[0]) is str for pair in entries):
            return None
        if len({pair[0] for pair in entries}) != len(entries):
            return None
        value = dict(entries)
    if len(value) > MOST_FIELDS or not all(type(n) is str and 0 < len(n) <= LONGEST_NAME for n in value):
        return None
    return value


def _typed_dict(annotation: Any) -> Check:
    hints = typing.get_type_hints(annotation, include_extras=True)
    checks = {name: check_of(_bare(hint)) for name, hint in hints.items()}
    needed = frozenset(annotation.__required_keys__)

    def check(value: Any) -> bool:
        fields = _fields(value)
        if fields is None or not (needed <= fields.keys() <= checks.keys()):
            return False
        return all(checks[name](item) for name, item in fields.items())

    return check


def _bare(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) in (Required, NotRequired) else hint


def _one_of(*allowed: Any) -> Check:
    return lambda value: any(type(value) is type(one) and value == one for one in allowed)


def _either(*kinds: Any) -> Check:
    checks = [check_of(kind) for kind in kinds]
    return lambda value: any(check(value) for check in checks)


def _items(kind: Any) -> Check:
    check = check_of(kind)
    return lambda value: type(value) is list and len(value) <= MOST_ITEMS and all(check(item) for item in value)


def _mapping(names: Any, kind: Any) -> Check:
    if names is not str:
        raise CannotCheck("names of a mapping are text")
    check = _text if kind is Any else check_of(kind)

    def fields(value: Any) -> bool:
        held = _fields(value)
        return held is not None and all(check(item) for item in held.values())

    return fields


def _annotated(kind: Any, *notes: Any) -> Check:
    check = check_of(kind)
    bounds = [n for n in notes if isinstance(n, StringConstraints)]
    if len(bounds) != len(notes):
        raise CannotCheck("only StringConstraints may annotate an argument")
    longest = min((n.max_length for n in bounds if n.max_length is not None), default=LONGEST_TEXT)
    return lambda value: check(value) and len(value) <= longest


_PLAIN: dict[Any, Check] = {
    str: _text,
    int: _whole,
    float: _number,
    bool: lambda value: type(value) is bool,
    None: lambda value: value is None,
    type(None): lambda value: value is None,
    dict: _form,
}
_GENERIC: dict[Any, Callable[..., Check]] = {
    Literal: _one_of,
    typing.Union: _either,
    types.UnionType: _either,
    list: _items,
    dict: _mapping,
    typing.Annotated: _annotated,
}
