"""Saying something: headings, notices, empty and waiting states."""

from typing import Any, Literal

import reflex as rx

from selfcare_app.ui.components.icons import icon as draw
from selfcare_app.ui.text import T, msg

Tone = Literal["info", "good", "warn", "bad"]
Shape = Literal["line", "number", "card", "rows"]

_EMPTY = "flex flex-col items-center gap-3 rounded-card border border-dashed border-line px-6 py-12 text-center"
_TONES = {
    "info": ("border-accent bg-accent-soft", "text-accent", "info"),
    "good": ("border-good bg-good-soft", "text-good", "check"),
    "warn": ("border-warn bg-warn-soft", "text-warn", "warning"),
    "bad": ("border-bad bg-bad-soft", "text-bad", "warning"),
}


class _Countdown(rx.Component):
    library = "$/frame/countdown"
    tag = "Countdown"

    seconds: rx.Var[Any]
    until: rx.Var[Any]

    on_end: rx.EventHandler[rx.event.no_args_event_spec]


def heading(text: Any, **props: Any) -> rx.Component:
    """The page's own heading, where the frame doesn't draw it."""
    return rx.el.h1(text, class_name="text-xl font-semibold first-letter:uppercase lg:text-2xl", **props)


def subheading(text: Any, **props: Any) -> rx.Component:
    """A heading below the page's."""
    return rx.el.h2(text, class_name="text-l font-semibold first-letter:uppercase", **props)


def lead(*text: Any) -> rx.Component:
    """What the page is for, in a sentence."""
    return rx.el.p(*text, class_name="max-w-prose text-muted")


def hint(*text: Any) -> rx.Component:
    """A remark in small letters."""
    return rx.el.p(*text, class_name="text-s text-muted")


def notice(tone: Tone, title: Any, *body: Any, action: rx.Component | None = None) -> rx.Component:
    """Something to know: what it is, why, what can be done. Tones that need action are announced."""
    look, ink, name = _TONES[tone]
    return rx.el.div(
        draw(name, class_name=ink),
        rx.el.div(
            rx.el.p(title, class_name="font-semibold"),
            *[rx.el.p(item) if not isinstance(item, rx.Component) else item for item in body],
            action,
            class_name="flex min-w-0 flex-1 flex-col gap-2",
        ),
        role="alert" if tone == "bad" else "status",
        class_name=f"flex items-start gap-3 rounded-card border-l-4 p-4 {look}",
    )


def fault_notice(told: Any, tone: Tone = "bad") -> rx.Component:
    """The notice of a message in state; nothing while there is none."""
    return rx.cond(told, notice(tone, msg(told)))


def countdown(*, seconds: Any = None, until: Any = None, on_end: Any = None) -> rx.Component:
    """Time left as m:ss: of `seconds` from now (right even if the browser's clock is wrong), or until an instant."""
    props = {"seconds": seconds, "until": until, "on_end": on_end}
    return _Countdown.create(**{name: value for name, value in props.items() if value is not None})


def empty(icon: str, title: Any, *body: Any, action: rx.Component | None = None) -> rx.Component:
    """What would be here, and how to get it."""
    return rx.el.div(
        draw(icon, size=40, class_name="text-muted"),
        rx.el.p(title, class_name="font-semibold"),
        *[rx.el.p(item, class_name="text-muted") for item in body],
        action,
        class_name=_EMPTY,
    )


_GREY = "animate-[breathe_1.6s_ease-in-out_infinite] rounded-card bg-line"
_SHAPES = {"line": "h-5 w-2/3", "number": "h-10 w-40", "card": "h-28 w-full", "rows": "h-14 w-full"}


def skeleton(shape: Shape = "line", count: int = 1) -> rx.Component:
    """Grey shapes of what is coming."""
    return rx.el.div(
        *[rx.el.div(class_name=f"{_GREY} {_SHAPES[shape]}") for _ in range(count)],
        rx.el.span(T("shell.loading"), class_name="sr-only"),
        role="status",
        custom_attrs={"data-skeleton": ""},
        class_name="flex flex-col gap-3",
    )


def loading(loaded: Any, waiting: rx.Component, content: rx.Component) -> rx.Component:
    """The content once it is there, until then shapes of it."""
    return rx.cond(loaded, content, waiting)
