"""The picture of digits at sign-in, with the digits in words for whoever does not see it (IH-007)."""

from typing import Any

import reflex as rx

from selfcare_app.ui.text import T


class _Check(rx.Component):
    library = "$/frame/check"
    tag = "Check"

    label: rx.Var[Any]
    hint: rx.Var[Any]
    alt: rx.Var[Any]
    another: rx.Var[Any]
    in_words: rx.Var[Any]
    as_picture: rx.Var[Any]
    failed: rx.Var[Any]
    on_demand: rx.Var[bool]


def picture(*, on_demand: bool = False) -> rx.Component:
    """The picture, the field for its digits, another picture, and the words; on demand once the server has asked."""
    return _Check.create(
        label=T("access.check.label"),
        hint=T("access.check.hint"),
        alt=T("access.check.alt"),
        another=T("access.check.another"),
        in_words=T("access.check.in_words"),
        as_picture=T("access.check.as_picture"),
        failed=T("access.check.failed"),
        on_demand=on_demand,
    )
