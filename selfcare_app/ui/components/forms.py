"""Forms and what is filled in; inputs keep their own text, the server hears of it when the form is sent."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import reflex as rx

from selfcare_app.ui.components.icons import need
from selfcare_app.ui.served import operator
from selfcare_app.ui.text import T, TextVar

FieldKind = Literal["text", "tel", "email", "amount", "digits", "search", "date", "password", "new-password"]


class _ErrorScope(rx.Component):
    library = "$/frame/form"
    tag = "ErrorScope"

    errors: rx.Var[Any]


class _ErrorSummary(rx.Component):
    library = "$/frame/form"
    tag = "ErrorSummary"

    errors: rx.Var[Any]


class _QueryFault(rx.Component):
    library = "$/frame/form"
    tag = "QueryFault"


class _NativeForm(rx.Component):
    library = "$/frame/form"
    tag = "NativeForm"

    action: rx.Var[Any]
    fields: rx.Var[Any]
    enhance: rx.Var[Any]


class _Filled(rx.Component):
    """What every field has."""

    name: rx.Var[Any]
    label: rx.Var[Any]
    hint: rx.Var[Any]
    error: rx.Var[Any]
    value: rx.Var[Any]
    required: rx.Var[Any]

    on_change: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class _Field(_Filled):
    library = "$/frame/field"
    tag = "Field"

    kind: rx.Var[Any]
    prefix: rx.Var[Any]
    suffix: rx.Var[Any]
    placeholder: rx.Var[Any]
    auto_complete: rx.Var[Any]
    auto_focus: rx.Var[Any]
    input_mode: rx.Var[Any]
    max_length: rx.Var[Any]
    help: rx.Var[Any]
    pattern: rx.Var[Any]
    min: rx.Var[Any]
    max: rx.Var[Any]

    on_change: rx.EventHandler[rx.event.input_event]
    on_blur: rx.EventHandler[rx.event.input_event]


class _TextArea(_Filled):
    library = "$/frame/field"
    tag = "TextArea"

    max_length: rx.Var[Any]
    rows: rx.Var[Any]


class _Select(_Filled):
    library = "$/frame/field"
    tag = "Select"

    options: rx.Var[Any]

    on_change: rx.EventHandler[rx.event.input_event]


class _Radios(_Filled):
    library = "$/frame/field"
    tag = "Radios"

    options: rx.Var[Any]


class _Checkbox(_Filled):
    library = "$/frame/field"
    tag = "Checkbox"

    checked: rx.Var[Any]

    on_change: rx.EventHandler[rx.event.passthrough_event_spec(bool)]


class _CodeField(_Filled):
    library = "$/frame/code"
    tag = "CodeField"

    length: rx.Var[Any]
    submit: rx.Var[Any]

    on_full: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class _Resend(rx.Component):
    library = "$/frame/code"
    tag = "Resend"

    seconds: rx.Var[Any]
    action: rx.Var[Any]
    fields: rx.Var[Any]

    on_resend: rx.EventHandler[rx.event.no_args_event_spec]


class _Mask(_Filled):
    library = "$/frame/mask"
    tag = "MaskField"

    length: rx.Var[Any]
    pattern: rx.Var[Any]
    prefix: rx.Var[Any]
    any_run: rx.Var[Any]
    any_digit: rx.Var[Any]


def form(*children: Any, on_submit: Any, errors: Any = None, **props: Any) -> rx.Component:
    """A form that an event handler receives as a dict by field name; `errors` is a Var of {field: message}."""
    props.setdefault("class_name", "flex flex-col gap-6")
    return _ErrorScope.create(
        rx.el.form(*children, on_submit=on_submit, no_validate=True, **props),
        errors={} if errors is None else errors,
    )


def native_form(
    *children: Any, action: Any, fields: Mapping[str, Any] | Any = None, enhance: bool = True, **props: Any
) -> rx.Component:
    """A form posted to a plain endpoint that answers 303; `fields` are hidden values (a mapping or a Var of one).

    With scripts it stays on the page when the endpoint leads back with `?error=…`. `enhance=False` leaves all to the
    browser, as a download needs.
    """
    return _NativeForm.create(*children, action=action, fields=fields or {}, enhance=enhance, **props)


def field(name: str, label: TextVar, *, kind: FieldKind = "text", **props: Any) -> rx.Component:
    """One field: `hint`, `value`, `required`, `suffix`, `prefix`, `max_length`, `auto_complete`, `on_change` …

    `help` is a hint behind a question mark. An amount of money has the currency behind it.
    """
    props.setdefault("id", name)
    if kind == "amount":
        props.setdefault("suffix", T(f"format.currency.{operator().currency}"))
    if "help" in props:
        need("help")
    return _Field.create(name=name, label=label, kind=kind, **props)


def phone_field(name: str, label: TextVar, *, own: bool = True, **props: Any) -> rx.Component:
    """A phone number; `own` tells the browser that it is the person's own (a saved user name)."""
    props.setdefault("auto_complete", "username" if own else "tel")
    return field(name, label, kind="tel", max_length=24, **props)


def date_field(name: str, label: TextVar, **props: Any) -> rx.Component:
    """A day; `min` and `max` are ISO dates."""
    return field(name, label, kind="date", **props)


def text_area(name: str, label: TextVar, **props: Any) -> rx.Component:
    """Several lines of text, `max_length` of them counted in characters."""
    props.setdefault("id", name)
    return _TextArea.create(name=name, label=label, **props)


def select(name: str, label: TextVar, *, options: Sequence[Sequence[Any]] | Any, **props: Any) -> rx.Component:
    """One of several: options are (value, label)."""
    props.setdefault("id", name)
    return _Select.create(name=name, label=label, options=_pairs(options), **props)


def radios(name: str, label: TextVar, *, options: Sequence[Sequence[Any]] | Any, **props: Any) -> rx.Component:
    """One of few, all in sight: options are (value, label) or (value, label, hint)."""
    props.setdefault("id", name)
    return _Radios.create(name=name, label=label, options=_pairs(options), **props)


def checkbox(name: str, label: TextVar, **props: Any) -> rx.Component:
    """Yes or no."""
    props.setdefault("id", name)
    return _Checkbox.create(name=name, label=label, **props)


def code_field(name: str = "code", *, label: TextVar, length: Any = 6, **props: Any) -> rx.Component:
    """The one-time code from an SMS: pasted, filled in by the phone or typed; sends its form when whole.

    `hint` says what the code is for. `submit=False` and `on_full` where no form is to be sent.
    """
    props.setdefault("id", name)
    return _CodeField.create(name=name, label=label, length=length, **props)


def resend(*, seconds: Any, action: str | None = None, fields: Any = None, on_resend: Any = None) -> rx.Component:
    """ "Send again" after `seconds`, with a countdown; posts to an endpoint or calls a handler. After the form."""
    props: dict[str, Any] = {"seconds": seconds}
    if action:
        props |= {"action": action, "fields": fields or {}}
    if on_resend is not None:
        props["on_resend"] = on_resend
    return _Resend.create(**props)


def number_mask(
    name: str = "mask",
    *,
    label: TextVar,
    length: Any,
    pattern: str | None = None,
    prefix: str | None = None,
    **props: Any,
) -> rx.Component:
    """A mask of a number as digit cells and as typed text, both in step; posts digits, `_` and `%` in one string.

    `pattern` such as `## ###-##-##` sets the cells apart; `value` is the mask to begin with; `on_change` hears it.
    """
    props.setdefault("id", name)
    return _Mask.create(name=name, label=label, length=length, pattern=pattern or "", prefix=prefix or "", **props)


def error_summary(errors: Any) -> rx.Component:
    """The list of errors, where there is no form around it."""
    return _ErrorSummary.create(errors=errors)


def query_fault() -> rx.Component:
    """The refusal that a redirect brought in the address, on pages without a native form."""
    return _QueryFault.create()


def _pairs(options: Any) -> Any:
    if isinstance(options, rx.Var):
        return options
    return [[str(item) if not isinstance(item, rx.Var) else item for item in option] for option in options]
