"""What the screens may hold and where they stand: no rows or decimals in a State, every page where its feature says."""

import dataclasses
import typing
from decimal import Decimal

import pytest
import reflex as rx
from sqlmodel import SQLModel

import selfcare_app.selfcare_app
from selfcare_app import operators
from selfcare_app.kit.money import Money
from selfcare_app.operators.schema import Feature
from selfcare_app.orders import change
from selfcare_app.ui import shell
from selfcare_app.ui.session import AppState
from selfcare_app.worker.orders import CARRIED_OUT_BY

assert selfcare_app.selfcare_app.app, "importing it registers every page and State"


def states(parent: type[rx.State] = rx.State) -> list[type[rx.State]]:
    return [child for each in parent.__subclasses__() for child in (each, *states(each))]


def ours() -> list[type[rx.State]]:
    return [state for state in states() if state.__module__.startswith("selfcare_app.")]


def parts(annotation: object) -> set[object]:
    """Every type that an annotation mentions."""
    inner = {part for argument in typing.get_args(annotation) for part in parts(argument)}
    return {annotation, typing.get_origin(annotation)} | inner


def may_not_be_sent(annotation: object) -> bool:
    return any(
        isinstance(part, type)
        and (issubclass(part, SQLModel | Decimal | Money | float) or dataclasses.is_dataclass(part))
        for part in parts(annotation)
    )


def sent(state: type[rx.State]) -> dict[str, object]:
    """The vars of the State itself that reach the browser, with their types."""
    own = {**state.base_vars, **state.computed_vars}
    return {name: var._var_type for name, var in own.items() if not name.startswith(("_", "rx_"))}


def test_every_state_of_ours_stands_on_the_session() -> None:
    assert [state.__name__ for state in ours() if not issubclass(state, AppState)] == []
    assert len(ours()) > 5


def test_no_var_holds_a_row_a_decimal_or_a_view() -> None:
    wrong = [
        f"{state.__name__}.{name}" for state in ours() for name, kind in sent(state).items() if may_not_be_sent(kind)
    ]
    assert wrong == []


@pytest.mark.parametrize("kind", [Decimal, list[Decimal], dict[str, Money], SQLModel | None, float])
def test_the_check_sees_a_planted_var(kind: object) -> None:
    assert may_not_be_sent(kind)


def test_every_page_stands_where_its_feature_says() -> None:
    assert shell.BUILT
    assert {feature: Feature(feature).path for feature in shell.BUILT} == dict(shell.BUILT)


def test_every_built_page_is_offered_by_some_operator() -> None:
    offered = {feature for key in operators.keys() for feature in operators.profile(key).features}
    assert {Feature(feature) for feature in shell.BUILT} - offered == set()


def test_every_kind_of_order_has_somebody_who_carries_it_out() -> None:
    assert set(CARRIED_OUT_BY) == {"number_change", *change.KINDS}
