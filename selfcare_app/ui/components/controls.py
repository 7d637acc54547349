"""Buttons and links."""

from typing import Any, Literal

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from selfcare_app.ui.components.icons import icon as draw
from selfcare_app.ui.components.icons import need

Kind = Literal["primary", "secondary", "quiet", "danger"]

_SHAPE = (
    "flex min-h-12 items-center justify-center gap-2 rounded-card px-6 py-2 text-center font-semibold "
    "transition-opacity active:opacity-80"
)
_TILE = "flex min-h-14 flex-1 items-center gap-3 rounded-card border border-line bg-raised p-4 hover:bg-accent-soft"
_KINDS = {
    "primary": "bg-accent text-accent-text",
    "secondary": "border border-field-line bg-raised text-accent",
    "quiet": "text-accent underline-offset-4 hover:underline",
    "danger": "bg-bad text-surface",
}


class _Button(rx.Component):
    library = "$/frame/form"
    tag = "Button"

    kind: rx.Var[Any]
    icon: rx.Var[Any]
    type: rx.Var[Any]
    busy: rx.Var[Any]
    disabled: rx.Var[Any]
    wide: rx.Var[Any]
    name: rx.Var[Any]
    value: rx.Var[Any]
    form: rx.Var[Any]
    form_action: rx.Var[Any]


def button(
    label: Any,
    *,
    kind: Kind = "primary",
    icon: str | None = None,
    type: Literal["button", "submit"] = "button",
    **props: Any,
) -> rx.Component:
    """A button; `type="submit"` shows by itself that its form is on the way. `busy`, `disabled`, `wide` may be Vars."""
    if icon:
        props["icon"] = need(icon)
    return _Button.create(label, kind=kind, type=type, **props)


def link(label: Any, to: Any, **props: Any) -> rx.Component:
    """A link to another page of the cabinet, in running text."""
    # The padding of a line makes it big enough for a finger and moves nothing.
    props.setdefault("class_name", "py-1 font-semibold text-accent underline underline-offset-4")
    return ReactRouterLink.create(label, to=to, **props)


def link_button(
    label: Any, to: Any, *, kind: Kind = "secondary", icon: str | None = None, wide: bool = False, **props: Any
) -> rx.Component:
    """A link to another page of the cabinet that looks like a button."""
    look = f"{_SHAPE} {_KINDS[kind]} {'w-full' if wide else ''}"
    return ReactRouterLink.create(draw(icon, size=20) if icon else None, label, to=to, class_name=look, **props)


def outer_link(label: Any, href: Any, **props: Any) -> rx.Component:
    """A link that leaves the page: another site, a download, a plain endpoint."""
    props.setdefault("class_name", "py-1 font-semibold text-accent underline underline-offset-4")
    # Reflex makes every <a> a link within its own pages unless told otherwise.
    return rx.el.a(label, href=href, reload_document=True, **props)


def download_button(
    label: Any, href: Any, *, kind: Kind = "secondary", wide: bool = False, **props: Any
) -> rx.Component:
    """A link to a file, as a button."""
    look = f"{_SHAPE} {_KINDS[kind]} {'w-full' if wide else ''}"
    return rx.el.a(
        draw("download", size=20), label, href=href, download=True, reload_document=True, class_name=look, **props
    )


def call_link(number: str, label: Any = None) -> rx.Component:
    """A number or code to call by a tap."""
    dialled = "".join(sign for sign in number if sign.isdigit() or sign in "+*#").replace("#", "%23")
    return rx.el.a(
        label or number, href=f"tel:{dialled}", class_name="tabular py-1 font-semibold text-accent underline"
    )


def tile(icon: str, label: Any, to: Any, *, hint: Any = None) -> rx.Component:
    """A shortcut: icon, title, and if need be what it is for."""
    return ReactRouterLink.create(
        draw(icon, class_name="text-accent"),
        rx.el.span(
            rx.el.span(label, class_name="block font-semibold"),
            rx.el.span(hint, class_name="block text-s text-muted") if hint is not None else None,
            class_name="min-w-0",
        ),
        to=to,
        class_name=_TILE,
    )


def actions(*buttons: rx.Component) -> rx.Component:
    """The page's action, reachable by the thumb: it stays above the bar on a phone."""
    return rx.el.div(
        *buttons,
        class_name=(
            "sticky bottom-[calc(4rem+env(safe-area-inset-bottom))] z-10 -mx-4 flex flex-col gap-2 border-t "
            "border-line bg-surface px-4 py-3 *:w-full lg:static lg:mx-0 lg:flex-row lg:border-0 lg:p-0 lg:*:w-auto"
        ),
    )
