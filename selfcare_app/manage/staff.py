"""The command `staff`: adds an employee of the desk, sets one up anew, takes one's access away."""

import argparse
import sys

from selfcare_app import wiring
from selfcare_app.access import desk_sign_in
from selfcare_app.kit import clock
from selfcare_app.kit.actor import System
from selfcare_app.settings import read

_ACTOR = System("staff")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """ACTION (add or disable) and LOGIN."""
    parser.add_argument("action", choices=("add", "disable"), help="add: a new employee, or one to be set up anew")
    parser.add_argument("login", help="2 to 32 of a-z, 0-9, dot, dash and underscore, a letter first")


def run(arguments: argparse.Namespace) -> int:
    """Prints the address where the employee chooses his password; it is good for a day and once."""
    settings = read()
    if arguments.action == "disable":
        gone = wiring.do_now(desk_sign_in.disable, _ACTOR, login=arguments.login, now=clock.now())
        return _say("disabled" if gone else "there is no such employee", 0 if gone else 1)
    try:
        code = wiring.do_now(desk_sign_in.add, _ACTOR, login=arguments.login, now=clock.now())
    except desk_sign_in.BadLogin:
        return _say("a login is 2 to 32 of a-z, 0-9, dot, dash and underscore, a letter first", 1)
    return _say(f"{settings.public_url}/desk/setup?code={code}", 0)


def _say(text: str, code: int) -> int:
    (sys.stdout if code == 0 else sys.stderr).write(f"{text}\n")
    return code
