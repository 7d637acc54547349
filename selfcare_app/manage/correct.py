"""The command `correct`: gives back what a month of a line's usage was charged and charges it anew."""

import argparse
import sys
from datetime import date, datetime

from selfcare_app import wiring
from selfcare_app.access import staff
from selfcare_app.kit import clock
from selfcare_app.kit.actor import System
from selfcare_app.usage.rating import amend
from selfcare_app.usage.rating.correct import Corrected
from selfcare_app.usage.selection import NoSuchLine

DONE, REFUSED = 0, 1
_ACTOR = System("correction")
_REFUSED = {
    amend.NoReason: f"say why, in at most {amend.LONGEST_REASON} characters (--reason)",
    amend.NotYet: "that month has not begun",
    staff.NoEmployee: "there is no such employee (--employee is a login of the desk)",
    NoSuchLine: "there is no such line",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose usage of which month, who wishes it and why."""
    parser.add_argument("line", metavar="LINE", help="its number, or its key in the operator's export")
    parser.add_argument("month", type=_month, metavar="YYYY-MM", help="the month whose records are priced anew")
    parser.add_argument("--reason", default="", help="why: it stands in the journal")
    parser.add_argument("--employee", default="", metavar="LOGIN", help="who wishes it: an employee of the desk")
    parser.add_argument("--look", action="store_true", help="say what it would come to and change nothing")


def run(arguments: argparse.Namespace) -> int:
    """Prints how many records were priced otherwise, and what the month cost before and costs now."""
    named = {"line": arguments.line, "month": arguments.month, "now": clock.now()}
    try:
        if arguments.look:
            return _say("would be", wiring.ask_now(amend.look, _ACTOR, **named))
        who = {"reason": arguments.reason, "employee": arguments.employee}
        return _say("were", wiring.do_now(amend.amend, _ACTOR, **named, **who))
    except tuple(_REFUSED) as refused:
        print(_REFUSED[type(refused)], file=sys.stderr)
        return REFUSED


def _say(were: str, done: Corrected) -> int:
    sums = f"{done.before.text} -> {done.after.text} {done.after.currency}"
    print(f"{done.records} records {were} priced otherwise, {sums}")
    return DONE


def _month(text: str) -> date:
    try:
        return datetime.strptime(f"{text}-01 +0000", "%Y-%m-%d %z").date()
    except ValueError as wrong:
        raise argparse.ArgumentTypeError("a month is YYYY-MM") from wrong
