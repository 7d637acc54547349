"""The commands people run: serve, worker, migrate, import, check, correct, journal, staff, reseal, demo, run."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NamedTuple

from selfcare_app.settings import Misconfigured


class Command(NamedTuple):
    """Where a command lives: a module with `add_arguments(parser)` and `run(arguments) -> exit code`."""

    module: str
    help: str


COMMANDS = {
    "run": Command("selfcare_app.manage.run", "prepare a demonstration and serve it: migrate, import, build, serve"),
    "serve": Command("selfcare_app.manage.serve", "serve the web application (and the worker, on SQLite)"),
    "worker": Command("selfcare_app.worker.command", "carry out what is due, in a process of its own"),
    "migrate": Command("selfcare_app.manage.migrate", "bring the database's schema up to date"),
    "import": Command("selfcare_app.intake.command", "load an operator's export"),
    "check": Command("selfcare_app.manage.check", "ask whether all that must hold in the database does"),
    "correct": Command("selfcare_app.manage.correct", "charge a month of a line's usage anew, with a reason"),
    "journal": Command("selfcare_app.manage.journal", "check the journal of who looked at and changed what"),
    "staff": Command("selfcare_app.manage.staff", "add an employee of the desk, or take one's access away"),
    "reseal": Command("selfcare_app.manage.reseal", "seal everything anew under the first key of the secret key file"),
    "demo": Command("selfcare_app.demo.command", "write a plausible operator's export"),
    "acquirer": Command("selfcare_app.demo.acquirer", "play the bank of a demonstration, in a process of its own"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and gives its exit code; a wrong environment is one sentence and code 2."""
    chosen, rest = _parser().parse_known_args(arguments)
    command = COMMANDS[chosen.command]
    # Only the chosen command's module is loaded: the web application takes a second to import.
    module = import_module(command.module)
    parser = argparse.ArgumentParser(prog=f"python -m selfcare_app {chosen.command}", description=command.help)
    module.add_arguments(parser)
    try:
        return int(module.run(parser.parse_args(rest)))
    except Misconfigured as wrong:
        print(f"selfcare: {wrong}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    width = max(map(len, COMMANDS))
    listed = "\n".join(f"  {name:{width}}  {command.help}" for name, command in COMMANDS.items())
    top = argparse.ArgumentParser(
        prog="python -m selfcare_app",
        description=f"The self-care cabinet. Commands:\n{listed}",
        epilog="COMMAND --help says the rest.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
    )
    top.add_argument("command", choices=COMMANDS, metavar="COMMAND")
    if len(sys.argv) < 2 or sys.argv[1] in ("-h", "--help"):
        top.add_argument("-h", "--help", action="help")
    return top
