"""What a handler's annotations let through: the types themselves, nothing that could be turned into them."""

import inspect
from typing import Any
from uuid import UUID

import pytest

from selfcare_app.ui.gate import policy
from selfcare_app.ui.gate.payload import CannotCheck, check_of, checks_of, fits
from tests.gate.conftest import Purse

STATE = Purse.get_full_name()
WRONG = ["abc", 5.5, True, None, [1], {"a": 1}, 1e308, float("nan"), float("inf"), 2**53 + 1, "", "5"]


@pytest.mark.security("S-05")
@pytest.mark.parametrize("amount", WRONG, ids=repr)
def test_a_number_is_a_whole_number_and_nothing_else(amount: Any):
    assert not fits(f"{STATE}.spend", {"amount": amount, "to": "mum"})
    assert fits(f"{STATE}.spend", {"amount": -1, "to": "mum"})


@pytest.mark.security("S-05")
@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"amount": 1},
        {"amount": 1, "to": "mum", "extra": 1},
        {"amount": 1, "to": "mum", "self": 1},
        {"amount": 1, "to": ["mum"]},
        {"amount": 1, "to": "m" * 4001},
        {"amount": 1, "to": "a\0b"},
        [],
        "amount",
        None,
        1,
    ],
    ids=str,
)
def test_arguments_are_exactly_those_of_the_handler(payload: Any):
    assert not fits(f"{STATE}.spend", payload)


@pytest.mark.security("S-05")
@pytest.mark.parametrize(
    ("payload", "right"),
    [
        ({"kind": "gold", "names": ["a"], "note": "12345"}, True),
        ({"kind": "iron", "names": ["a"], "note": ""}, False),
        ({"kind": "gold", "names": "a", "note": ""}, False),
        ({"kind": "gold", "names": [1], "note": ""}, False),
        ({"kind": "gold", "names": ["a"] * 201, "note": ""}, False),
        ({"kind": "gold", "names": [], "note": "123456"}, False),
    ],
)
def test_literals_lists_and_bounded_text(payload: dict[str, Any], right: bool):
    assert fits(f"{STATE}.choose", payload) is right


@pytest.mark.parametrize(
    ("payload", "right"),
    [
        ({}, True),
        ({"amount": None, "agreed": True, "share": 1}, True),
        ({"amount": True}, False),
        ({"agreed": 1}, False),
        ({"agreed": "true"}, False),
        ({"share": "0.5"}, False),
    ],
)
def test_defaults_and_unions(payload: dict[str, Any], right: bool):
    assert fits(f"{STATE}.maybe", payload) is right


@pytest.mark.security("S-05", "S-07")
@pytest.mark.parametrize(
    ("form", "right"),
    [
        ({"mask": "%7"}, True),
        ({"mask": "%7", "agreed": "on"}, True),
        ({"__reflex_form_data__": [["mask", "%7"]]}, True),
        ({"__reflex_form_data__": [["mask", "%7"], ["mask", "%8"]]}, False),
        ({"__reflex_form_data__": [["mask", "%7"], ["is_admin", "1"]]}, False),
        ({"__reflex_form_data__": [["mask"]]}, False),
        ({"__reflex_form_data__": "mask"}, False),
        ({"mask": "%7", "is_admin": "1"}, False),
        ({"mask": "%7", "balance": "1000"}, False),
        ({"mask": 7}, False),
        ({}, False),
    ],
)
def test_a_form_has_exactly_its_fields(form: dict[str, Any], right: bool):
    assert fits(f"{STATE}.ask", {"form": form}) is right


@pytest.mark.parametrize(
    "annotation", [UUID, Any, object, bytes, set[str], dict[int, str], tuple[str, ...], inspect.Parameter]
)
def test_what_cant_be_held_to_its_type_stops_the_start(annotation: Any):
    with pytest.raises(CannotCheck):
        check_of(annotation)


@pytest.mark.security("S-05")
def test_every_handler_of_the_program_can_be_checked():
    import selfcare_app.selfcare_app  # noqa: F401

    assert len(policy.ours()) > 5
    assert [said for name in policy.ours() if (said := _said(name))] == []


def _said(name: str) -> str:
    try:
        checks_of(name)
    except CannotCheck as wrong:
        return str(wrong)
    return ""
