"""The command that runs a worker in a process of its own, beside any number of web processes."""

import argparse
import signal
from types import FrameType

from selfcare_app import wiring
from selfcare_app.worker.jobs import JOBS
from selfcare_app.worker.loop import Worker


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`worker` has no arguments: the environment says the rest."""


def run(arguments: argparse.Namespace) -> int:
    """Works until SIGTERM or SIGINT; what is running is finished first."""
    # Reads the environment first: an unsafe one is refused before anything is begun.
    wiring.wired()
    worker = Worker(JOBS)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        worker.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    worker.forever()
    return 0
