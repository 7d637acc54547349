"""Who may what, read from the code and printed as a table; the reviewed one is kept beside (`authorization.txt`)."""

import inspect
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any, get_type_hints
from uuid import UUID

from reflex_base.registry import RegistrationContext

import selfcare_app
from selfcare_app import selfcare_app as program
from selfcare_app.access import rights
from selfcare_app.kit.actor import Acting, Actor, Staff, Subscriber
from selfcare_app.ui.gate import policy

REVIEWED = Path(__file__).with_name("authorization.txt")
AREAS = (
    "access",
    "journal",
    "numbers",
    "orders",
    "payments",
    "subscribers",
    "usage",
    "messaging",
    "ledger",
    "catalogue",
)
_NOBODY = UUID(int=0)
ROLES = {
    "curator, views": Acting(_NOBODY, rights.CURATOR, rights.VIEW),
    "curator, views and call detail": Acting(_NOBODY, rights.CURATOR, rights.VIEW, sees_calls=True),
    "curator, changes": Acting(_NOBODY, rights.CURATOR, rights.MANAGE, sees_calls=True),
    "supervisor": Acting(_NOBODY, rights.SUPERVISOR, rights.MANAGE),
    "administrator": Acting(_NOBODY, rights.ADMINISTRATOR, rights.MANAGE),
    "another line of one's own": Acting(_NOBODY, rights.OWN, rights.MANAGE),
}
"""Everybody who works on a line that he did not sign in with."""


def use_cases() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Name and function of everything that an actor asks for, in the areas."""
    for area in AREAS:
        room = import_module(f"{selfcare_app.__name__}.{area}")
        for found in sorted(each.name for each in walk_packages(room.__path__, f"{room.__name__}.")):
            module = import_module(found)
            for name, function in sorted(inspect.getmembers(module, inspect.isfunction)):
                parameters = list(inspect.signature(function).parameters)[:2]
                if function.__module__ == found and parameters == ["session", "actor"] and name[0] != "_":
                    yield f"{found.removeprefix('selfcare_app.')}.{name}", function


def asks_as(function: Callable[..., Any], kind: type) -> bool:
    """Whether it is for actors of that kind, as it says of its actor; what is for any actor is asked by the program."""
    said = get_type_hints(function)["actor"]
    return said is kind or (said != Actor and kind in getattr(said, "__args__", ()))


def handlers() -> list[str]:
    """Each handler that a browser can name, and who may call it."""
    registered = RegistrationContext.get().event_handlers
    ours = [n for n in policy.ours() if registered[n].states[0].__module__.startswith("selfcare_app")]
    named = {name: name.rpartition("selfcare_app___ui___")[2].replace("____", ".").replace("___", ".") for name in ours}
    return sorted(f"{short:60} {policy.policy_of(name).caller}" for name, short in named.items())


def doors() -> list[str]:
    """Each address of an endpoint, with its methods."""
    return sorted(
        f"{route.path:60} {' '.join(sorted((route.methods or set()) - {'HEAD'}))}"  # type: ignore[attr-defined]
        for route in program.routes()
    )


def delegates() -> list[str]:
    """Each use case that a subscriber may ask for, and which delegates may on another's line."""
    lines = []
    for name, function in use_cases():
        rule = rights.rule_of(function)
        if rule or asks_as(function, Subscriber):
            may = [role for role, acting in ROLES.items() if rule and rule.right in rights.rights_of(acting)]
            lines.append(
                f"{name:60} {'; '.join(may) if len(may) < len(ROLES) else 'everybody who works there'}".rstrip()
            )
    return lines


def desk() -> list[str]:
    """What an employee may ask for."""
    return [name for name, function in use_cases() if asks_as(function, Staff)]


def table() -> str:
    """All of it."""
    parts = {
        "Handlers of pages, and who may call them": handlers(),
        "Doors": doors(),
        "Use cases of subscribers, and delegates who may ask for them (none: the line's own subscriber alone)": delegates(),
        "Use cases of the desk": desk(),
    }
    return "\n\n".join("\n".join([f"# {title}", *lines]) for title, lines in parts.items()) + "\n"


if __name__ == "__main__":
    sys.stdout.write(table())
