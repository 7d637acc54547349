"""The command that serves the web application; on SQLite the worker lives in the same process."""

import argparse

from selfcare_app.operators import DEFAULT
from selfcare_app.settings import read


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`serve` has no arguments: the environment says the rest."""


def run(arguments: argparse.Namespace) -> int:
    """Builds the front end if it is not there, then serves until SIGTERM."""
    settings = read()
    # The web application is a second's import and a bundle: not for those who only asked for another command.
    from selfcare_app.manage.server import serve
    from selfcare_app.ui import bundle

    operator = settings.operator or DEFAULT
    serve(settings, bundle.ensure(operator), bundle.environment(operator))
    return 0
