"""The command `staff`: adds an employee of the desk, sets one up anew, unlocks one, takes one's access away."""

import argparse
import sys

from selfcare_app import wiring
from selfcare_app.access import staff
from selfcare_app.kit import clock
from selfcare_app.kit.actor import System
from selfcare_app.settings import read

_ACTOR = System("staff")
_BAD_LOGIN = "a login is 2 to 32 of a-z, 0-9, dot, dash and underscore, a letter first"
_NOBODY = "there is no such employee"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """ACTION (add, unlock or disable), LOGIN, and the duties that one is added with."""
    parser.add_argument(
        "action",
        choices=("add", "unlock", "disable"),
        help="add: a new employee, or one to be set up anew; unlock: after too many wrong tries",
    )
    parser.add_argument("login", help="2 to 32 of a-z, 0-9, dot, dash and underscore, a letter first")
    parser.add_argument(
        "--duty",
        action="append",
        choices=tuple(each.value for each in staff.Duty),
        help="with add: employees looks after the others, confirm is the second at acts that take two; may be repeated",
    )


def run(arguments: argparse.Namespace) -> int:
    """Prints the address where the employee chooses his password; it is good for a day and once."""
    settings = read()
    login, now = arguments.login, clock.now()
    if arguments.action == "disable":
        gone = wiring.do_now(staff.disable, _ACTOR, login=login, now=now)
        return _say("disabled" if gone else _NOBODY, 0 if gone else 1)
    try:
        if arguments.action == "unlock":
            wiring.do_now(staff.unlock, _ACTOR, login=login, now=now)
            return _say("unlocked", 0)
        code = wiring.do_now(staff.add, _ACTOR, login=login, duties=arguments.duty, now=now)
    except staff.BadLogin:
        return _say(_BAD_LOGIN, 1)
    except staff.NoEmployee:
        return _say(_NOBODY, 1)
    return _say(f"{settings.public_url}/desk/setup?code={code}", 0)


def _say(text: str, code: int) -> int:
    (sys.stdout if code == 0 else sys.stderr).write(f"{text}\n")
    return code
